import { existsSync, readFileSync } from "node:fs"
import { jsonFile, setting, SettingsError } from "../platform/settings"

/** How the shop sends mail. */
export interface MailSettings {
  host: string
  port: number
  security: "none" | "starttls" | "tls"
  from: string
  credentials?: { user: string; pass: string }
}

/** Read at each use: mail can be set up, changed and taken away while the shop runs. Nothing when mail is off. */
export function mailSettings(): MailSettings | undefined {
  const [file, mail] = jsonFile("MAIL_FILE")
  if (mail.enabled !== true) return undefined
  const { host, port, security, username, from } = mail
  if (typeof host !== "string" || !host) throw new SettingsError(`${file}: 'host' is missing: give the mail server's name`)
  if (typeof port !== "number" || port < 1) throw new SettingsError(`${file}: 'port' is ${port}: give the mail server's port`)
  if (security !== "none" && security !== "starttls" && security !== "tls")
    throw new SettingsError(`${file}: 'security' is ${JSON.stringify(security)}: give none, starttls or tls`)
  if (typeof from !== "string" || !from) throw new SettingsError(`${file}: 'from' is missing: give the address that the shop writes from`)
  return { host, port, security, from, credentials: credentialsOf(username) }
}

function credentialsOf(user: unknown): MailSettings["credentials"] {
  if (typeof user !== "string" || !user) return undefined
  const file = setting("MAIL_PASSWORD_FILE")
  if (!existsSync(file)) throw new SettingsError(`${file} is not there: mail has a user name, so give the key 'password' of its Secret`)
  return { user, pass: readFileSync(file, "utf8").replace(/\r?\n$/, "") }
}
