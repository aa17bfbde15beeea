import type { Client } from "@medusajs/framework/pg"
import { SettingsError, StoreIdentity } from "../platform/settings"

/** Medusa's own error for these would name a database constraint. */
export async function refuseUnknown(database: Client, { country, currency }: StoreIdentity): Promise<void> {
  const known = async (sql: string, code: string) => (await database.query(sql, [code])).rowCount === 1
  if (!(await known("select from currency where code = $1", currency)))
    throw new SettingsError(`store.currency: Medusa does not know the currency '${currency}': choose one of ISO 4217 that is in use`)
  if (!(await known("select from region_country where iso_2 = $1", country)))
    throw new SettingsError(`store.country: Medusa does not know the country '${country}': choose one of ISO 3166-1`)
}
