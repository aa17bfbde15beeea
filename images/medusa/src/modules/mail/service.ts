import { setTimeout as delay } from "node:timers/promises"
import type { NotificationTypes } from "@medusajs/framework/types"
import { AbstractNotificationProviderService } from "@medusajs/framework/utils"
import nodemailer from "nodemailer"
import { MailSettings, mailSettings } from "../../mail/settings"
import { log, messageOf } from "../../platform/log"
import { storeIdentity } from "../../platform/settings"

/** Pauses before another try: a mail server that restarts is back by then. */
const pausesMs = [1_000, 5_000, 20_000]
const timeoutMs = 15_000

/** Sends what it is given by SMTP, with the settings of the moment. */
export class MailService extends AbstractNotificationProviderService {
  static readonly identifier = "mail"

  async send({ to, content }: NotificationTypes.ProviderSendNotificationDTO): Promise<{ id?: string }> {
    const { subject, text, html } = content ?? {}
    for (const pauseMs of [...pausesMs, undefined]) {
      // Anew for each try: they may have been put right meanwhile.
      const settings = mailSettings()
      if (!settings) throw new Error("mail is off: give the store a mail server")
      const message = { from: sender(settings), to: { name: "", address: to }, subject, text, html }
      try {
        const { messageId } = await nodemailer.createTransport(transport(settings)).sendMail(message)
        return { id: messageId }
      } catch (error) {
        if (pauseMs === undefined || !isPassing(error)) throw error
        log.warn("a mail could not be sent and is tried again", { reason: messageOf(error), seconds: pauseMs / 1000 })
        await delay(pauseMs)
      }
    }
    return {}
  }
}

function sender({ from }: MailSettings) {
  return from.includes("<") ? from : { name: storeIdentity().displayName, address: from }
}

function transport({ host, port, security, credentials }: MailSettings) {
  return {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    auth: credentials,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** Whether trying again may help: the server is away, or says "later" (4xx). Its "no" (5xx) is final. */
function isPassing(error: unknown): boolean {
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  if (responseCode !== undefined) return responseCode < 500
  return ["ECONNECTION", "ESOCKET", "ETIMEDOUT", "EDNS", "ECONNREFUSED"].includes(code ?? "")
}
