import type { Client } from "@medusajs/framework/pg"
import { secretFrom, SettingsError } from "../platform/settings"

/** The storefront's key is the platform's generated one, so that the storefront is configured without asking the database. */
export function publishableKey(variable: string): string {
  const token = secretFrom(variable)
  if (!/^pk_[A-Za-z0-9]{16,}$/.test(token))
    throw new SettingsError(`${variable}: the key does not read pk_ and at least 16 letters and digits: generate it so`)
  return token
}

/**
 * Medusa keeps tokens of publishable keys in clear text and makes them up itself: the key that it creates at its first start is given
 * ours.
 */
export async function giveToken(database: Client, token: string): Promise<void> {
  const redacted = `${token.slice(0, 6)}***${token.slice(-3)}`
  const { rowCount } = await database.query(
    `update api_key set token = $1, redacted = $2, title = 'Storefront', revoked_at = null, revoked_by = null
     where token <> $1 and id = (
       select id from api_key where type = 'publishable' and deleted_at is null order by (token = $1) desc, created_at limit 1)`,
    [token, redacted],
  )
  if (rowCount === 1) return
  const { rowCount: known } = await database.query("select from api_key where token = $1 and deleted_at is null", [token])
  if (known === 0) throw new Error("Medusa has no publishable key, though it creates one at its first start")
}
