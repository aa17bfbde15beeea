import type { Client } from "@medusajs/framework/pg"
import { transaction } from "../platform/database"
import { log } from "../platform/log"
import type { StoreIdentity } from "../platform/settings"

type Field = "displayName" | "adminEmail"
/** Brings the shop to the value; returns why that could not be, for the owner. */
type Change = (database: Client, wanted: string) => Promise<string[]>

/** What of a store's identity lives in its database. */
const changes: Record<Field, Change> = { displayName: renameShop, adminEmail: moveAdmin }
const fields = Object.keys(changes) as Field[]
/** The account that the platform made, whatever its address is by now. */
const account = "adminAccount"

/** Notes what the platform has set, to tell its changes from the owner's. */
export async function recordIdentity(database: Client, identity: StoreIdentity): Promise<void> {
  for (const field of fields) await record(database, field, identity[field])
  const { rows } = await database.query(`select id from "user" where email = $1 and deleted_at is null`, [identity.adminEmail])
  if (rows.length > 0) await record(database, account, rows[0].id)
}

/**
 * Takes over what was changed in the store's settings since the platform last set it. All else is left as it is: the owner may have
 * changed it in the admin.
 */
export function followIdentity(database: Client, identity: StoreIdentity): Promise<string[]> {
  return transaction(database, async () => {
    const last = await recorded(database)
    // A shop from before this was recorded: what it has is what it was given.
    if (last.size === 0) await recordIdentity(database, identity)
    const told = await missRegion(database, identity)
    for (const field of fields.filter((name) => last.has(name) && last.get(name) !== identity[name])) {
      const refused = await changes[field](database, identity[field])
      told.push(...refused)
      // Not recorded: the next set-up tries it again.
      if (refused.length > 0) continue
      await record(database, field, identity[field])
      log.info("the store's identity is taken over", { field })
    }
    return told
  })
}

async function recorded(database: Client): Promise<Map<string, string>> {
  const { rows } = await database.query("select field, value from storewright.identity")
  return new Map(rows.map(({ field, value }) => [field, value]))
}

async function record(database: Client, field: string, value: string): Promise<void> {
  await database.query(
    `insert into storewright.identity (field, value) values ($1, $2)
     on conflict (field) do update set value = excluded.value, set_at = now()`,
    [field, value],
  )
}

async function renameShop(database: Client, name: string): Promise<string[]> {
  await database.query("update store set name = $1, updated_at = now() where deleted_at is null", [name])
  return []
}

/** The account keeps its password and gets the new address, which it also logs in with. */
async function moveAdmin(database: Client, address: string): Promise<string[]> {
  const user = (await recorded(database)).get(account)
  const others = `select from "user" where email = $1 and id <> $2 and deleted_at is null
    union all select from provider_identity p join auth_identity a on a.id = p.auth_identity_id
    where p.entity_id = $1 and p.provider = 'emailpass' and p.deleted_at is null and a.app_metadata ->> 'user_id' is distinct from $2`
  if ((await database.query(others, [address, user])).rowCount)
    return [`the admin's address was not changed: another account already has ${address}`]
  const moved = await database.query(`update "user" set email = $1, updated_at = now() where id = $2 and deleted_at is null`, [address, user])
  if (!moved.rowCount) return ["the admin's address was not changed: the account that came with the store was removed"]
  await database.query(
    `update provider_identity p set entity_id = $1, updated_at = now() from auth_identity a
     where a.id = p.auth_identity_id and p.provider = 'emailpass' and p.deleted_at is null and a.app_metadata ->> 'user_id' = $2`,
    [address, user],
  )
  return []
}

/** The storefront sells in the region of the store's country and currency. Regions, with prices and shipping, are the owner's to make. */
async function missRegion(database: Client, { country, currency }: StoreIdentity): Promise<string[]> {
  const { rowCount } = await database.query(
    `select from region r join region_country c on c.region_id = r.id
     where c.iso_2 = $1 and r.currency_code = $2 and r.deleted_at is null and c.deleted_at is null`,
    [country, currency],
  )
  const wanted = `${country.toUpperCase()} in ${currency.toUpperCase()}`
  return rowCount ? [] : [`the shop has no region for ${wanted} and sells in another of its regions: add one in the admin, with prices and shipping`]
}
