import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { sendFile } from "../../../../modules/database-files/send"

/** A private file, such as an export. Below /admin Medusa lets only its logged-in users in. */
export const GET = (request: MedusaRequest, response: MedusaResponse) =>
  sendFile(request, response, { public: false, cacheControl: "private, no-store" })
