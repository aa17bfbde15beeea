import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { readFile } from "./table"

interface Policy {
  /** Only files with this access are served. */
  public: boolean
  cacheControl: string
}

/**
 * Answers with a stored file. Uploads come from people and share their origin with the admin: nothing in them may run, so types are
 * not guessed, scripts are forbidden, and what is no image, sound or film is downloaded instead of shown.
 */
export async function sendFile(request: MedusaRequest, response: MedusaResponse, policy: Policy): Promise<void> {
  const file = await readFile(request.scope.resolve(ContainerRegistrationKeys.PG_CONNECTION), request.params.key)
  if (!file || file.public !== policy.public) {
    response.status(404).json({ type: "not_found", message: "There is no such file" })
    return
  }
  const isMedia = /^(image|audio|video)\//.test(file.mime_type)
  response
    .set({
      "Cache-Control": policy.cacheControl,
      "Content-Type": file.mime_type,
      "Content-Disposition": isMedia ? "inline" : "attachment",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      "X-Content-Type-Options": "nosniff",
    })
    .send(file.content)
}
