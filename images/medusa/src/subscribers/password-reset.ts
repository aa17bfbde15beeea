import { createHash } from "node:crypto"
import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { passwordReset } from "../mail/messages"
import { post } from "../mail/post"
import { storeIdentity } from "../platform/settings"

interface Reset {
  entity_id: string
  actor_type: string
  token: string
}

/** Where the one who asked chooses a new password. */
const pages: Record<string, string> = { user: "/app/reset-password", customer: "/account/reset-password" }

/** Sends whoever asked for a new password the link to choose it with. */
export default async function sendResetLink({ event, container }: SubscriberArgs<Reset>): Promise<void> {
  const { entity_id, actor_type, token } = event.data
  const page = pages[actor_type]
  if (!page) return
  const message = () => {
    const identity = storeIdentity()
    const link = new URL(page, identity.url)
    link.search = new URLSearchParams({ token, email: entity_id }).toString()
    return passwordReset(link.toString(), identity)
  }
  const digest = createHash("sha256").update(token).digest("hex").slice(0, 16)
  await post(container, { to: entity_id, template: "password-reset", key: `password-reset ${digest}`, message })
}

export const config: SubscriberConfig = { event: "auth.password_reset" }
