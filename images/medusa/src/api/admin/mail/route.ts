import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { mailSettings } from "../../../mail/settings"
import { log, messageOf } from "../../../platform/log"

/** Whether the shop sends mail: for the notice in the admin. */
export const GET = (_request: MedusaRequest, response: MedusaResponse) => {
  response.json({ mail: { enabled: isOn() } })
}

function isOn(): boolean {
  try {
    return mailSettings() !== undefined
  } catch (error) {
    log.error("mail cannot be sent", { reason: messageOf(error) })
    return false
  }
}
