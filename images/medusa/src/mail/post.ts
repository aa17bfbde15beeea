import type { MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { log, messageOf } from "../platform/log"
import type { Message } from "./messages"
import { mailSettings } from "./settings"

export interface Letter {
  to: string
  /** What kind of mail it is: Medusa lists sent mails by it. */
  template: string
  message: () => Promise<Message> | Message
  /** Two letters of the same key are one: events can come twice. */
  key: string
}

/** Sends a letter, or does nothing while mail is off. The content is kept nowhere: it may hold a link that opens an account. */
export async function post(container: MedusaContainer, { to, template, message, key }: Letter): Promise<void> {
  try {
    if (!mailSettings()) return
    const notifications = container.resolve(Modules.NOTIFICATION)
    await notifications.createNotifications({ to, template, channel: "email", content: await message(), idempotency_key: key })
    log.info("mail sent", { template })
  } catch (error) {
    log.error("a mail was not sent", { template, reason: messageOf(error) })
  }
}
