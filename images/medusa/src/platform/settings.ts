import { readFileSync } from "node:fs"
import path from "node:path"

/** What this process was told to do it cannot do: the message names the setting and the remedy. */
export class SettingsError extends Error {}

/** Where the built application lies: medusa-config.js, static/, public/. */
export const applicationRoot = path.resolve(__dirname, "../..")

/** A setting from the environment; `otherwise` when it is absent. */
export function setting(name: string, otherwise?: string): string {
  const value = process.env[name] ?? otherwise
  if (!value) throw new SettingsError(`${name} is not set: give it in the container's environment`)
  return value
}

/** The content of the file that the variable names: secrets are mounted, they are never in the environment or arguments. */
export function secretFrom(variable: string): string {
  const file = setting(variable)
  const content = readTextFile(variable, file).replace(/\r?\n$/, "")
  if (!content) throw new SettingsError(`${variable}: ${file} is empty: put the secret into the file`)
  return content
}

function readTextFile(setting: string, file: string): string {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    throw new SettingsError(`${setting}: ${file} cannot be read (${(error as Error).message}): put it there`)
  }
}

/** What a shop starts with. */
export interface StoreIdentity {
  displayName: string
  adminEmail: string
  /** ISO 3166-1 alpha-2, lower case. */
  country: string
  /** ISO 4217, lower case, as Medusa keeps it. */
  currency: string
  /** The first part of a BCP 47 tag, lower case. */
  language: string
  /** Where customers reach the shop. */
  url: string
}

/** Reads the mounted JSON file that STORE_FILE names. */
export function storeIdentity(): StoreIdentity {
  const [file, store] = jsonFile("STORE_FILE")
  const member = (name: string, pattern: RegExp, example: string): string => {
    const value = store[name]
    if (typeof value === "string" && pattern.test(value)) return value
    throw new SettingsError(`${file}: '${name}' is ${JSON.stringify(value)}: give ${example}`)
  }
  return {
    displayName: member("displayName", /./, "the shop's name, such as \"Shoes\""),
    adminEmail: member("adminEmail", /^[^@\s]+@[^@\s]+$/, "the owner's mail address"),
    country: member("country", /^[A-Za-z]{2}$/, "a country code of two letters, such as \"US\"").toLowerCase(),
    currency: member("currency", /^[A-Za-z]{3}$/, "a currency code of three letters, such as \"USD\"").toLowerCase(),
    language: member("language", /^[A-Za-z][-A-Za-z0-9]*$/, "a language tag, such as \"en\"").split("-")[0].toLowerCase(),
    url: member("url", /^https?:\/\/[^/]+$/, "the shop's address, such as \"https://shoes.example\""),
  }
}

/** The name of the file that the variable holds, and the object in the file. */
export function jsonFile(variable: string): [string, Record<string, unknown>] {
  const file = setting(variable)
  const text = readTextFile(variable, file)
  try {
    return [file, JSON.parse(text)]
  } catch (error) {
    throw new SettingsError(`${file} is no JSON (${(error as Error).message}): write it as {"name": "value", …}`)
  }
}

/** The connection string of the store's database. A host that is a folder holds the server's socket: who may enter needs no password. */
export function databaseUrl(): string {
  const host = setting("DATABASE_HOST")
  const user = encodeURIComponent(setting("DATABASE_USER", "medusa"))
  const password = host.startsWith("/") ? "" : encodeURIComponent(secretFrom("DATABASE_PASSWORD_FILE"))
  const server = `${encodeURIComponent(host)}:${setting("DATABASE_PORT", "5432")}`
  return `postgres://${user}:${password}@${server}/${setting("DATABASE_NAME", "medusa")}`
}

/** The connection string of the store's cache server. */
export function cacheUrl(): string {
  const password = encodeURIComponent(secretFrom("CACHE_PASSWORD_FILE"))
  return `redis://:${password}@${setting("CACHE_HOST")}:${setting("CACHE_PORT", "6379")}`
}

/**
 * Hands Medusa its configuration. It reads the process's environment, so that is where the secrets go, inside the process only:
 * /proc shows the environment as the container's runtime gave it.
 */
export function exportToMedusa(values: Record<string, string>): void {
  Object.assign(process.env, { NODE_ENV: "production", MEDUSA_DISABLE_TELEMETRY: "true", ...values })
}

/** Which build of the image this is: the set-up records it, and servers wait for the set-up of their own build. */
export function buildId(): string {
  return readTextFile("build-id", path.join(applicationRoot, "build-id")).trim()
}
