import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { sendFile } from "../../../modules/database-files/send"

/** A public upload. The samples that the image brings lie in static/ and are served before this is reached. */
export const GET = (request: MedusaRequest, response: MedusaResponse) =>
  sendFile(request, response, { public: true, cacheControl: "public, max-age=31536000, immutable" })
