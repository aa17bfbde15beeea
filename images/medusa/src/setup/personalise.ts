import type { Client } from "@medusajs/framework/pg"
import { ulid } from "ulid"
import { markDone, steps, transaction } from "../platform/database"
import type { Owner } from "../setup"
import { bakedIdentity, priceReplacements, Replacement, textReplacements } from "./baked"
import { countryName } from "./country-name"
import { recordIdentity } from "./identity"
import { refuseUnknown } from "./known"
import { hashPassword } from "./password"

/** The columns that hold words of the sample data. */
const textColumns = [
  ["inventory_item", "title"],
  ["inventory_item", "description"],
  ["product", "title"],
  ["product", "description"],
  ["product_category", "name"],
  ["product_collection", "title"],
  ["product_option", "title"],
  ["product_option_value", "value"],
  ["product_variant", "title"],
  ["shipping_option", "name"],
  ["shipping_option_type", "label"],
  ["shipping_option_type", "description"],
  ["stock_location", "name"],
]

/** The statements that put one value in the place of the baked one, which they are given as $1 and $2. */
const currencyStatements = [
  "update region set currency_code = $2 where currency_code = $1",
  "update store_currency set currency_code = $2 where currency_code = $1",
  "update price set currency_code = $2 where currency_code = $1",
  // Medusa makes one of these for the euro in every shop.
  `update price_preference set value = $2 where attribute = 'currency_code' and value = $1
   and not exists (select from price_preference where attribute = 'currency_code' and value = $2)`,
  "delete from price_preference where attribute = 'currency_code' and value = $1 and $1 <> $2",
]
const countryStatements = [
  "update region_country set region_id = case when iso_2 = $2 then (select id from region) end where iso_2 in ($1, $2)",
  "update tax_region set country_code = $2 where country_code = $1",
  "update geo_zone set country_code = $2 where country_code = $1",
  "update stock_location_address set country_code = upper($2) where country_code = upper($1)",
]

/**
 * Makes the shop that the database's image brings this store's own, all or nothing. It is the same shop that seeding makes for the same
 * identity: tests/images/test_medusa_database.py holds every table to that.
 */
export async function personalise(database: Client, owner: Owner, build: string): Promise<void> {
  const { identity } = owner
  const password = hashPassword(owner.password)
  // Its failure is told where it is awaited.
  password.catch(() => undefined)
  await transaction(database, async () => {
    await refuseUnknown(database, identity)
    await database.query(datesFromNow)
    await replaceTexts(database, textReplacements(identity.language))
    await replacePrices(database, priceReplacements(identity.currency))
    for (const sql of currencyStatements) await database.query(sql, [bakedIdentity.currency, identity.currency])
    for (const sql of countryStatements) await database.query(sql, [bakedIdentity.country, identity.country])
    await database.query("update region set name = $1", [countryName(identity)])
    await database.query("update store set name = $1", [identity.displayName])
    await createAdmin(database, identity.adminEmail, await password)
    await recordIdentity(database, identity)
    await markDone(database, steps.seeded)
    await markDone(database, steps.setup(build))
  })
}

/** The shop begins now, not when its image was built; what was made one after the other stays so. */
const datesFromNow = `
  do $$
  declare
    age interval := now() - (select done_at from storewright.step where name like 'baked %');
    dated text;
  begin
    for dated in select table_name from information_schema.columns where table_schema = 'public' and column_name = 'updated_at' loop
      execute format('update public.%I set created_at = created_at + $1, updated_at = updated_at + $1', dated) using age;
    end loop;
  end $$`

async function replaceTexts(database: Client, texts: Replacement<string>[]): Promise<void> {
  const [baked, wanted] = [texts.map(([from]) => from), texts.map(([, to]) => to)]
  for (const [table, column] of textColumns)
    await database.query(
      `update ${table} set ${column} = r.wanted from unnest($1::text[], $2::text[]) r (baked, wanted) where ${column} = r.baked`,
      [baked, wanted],
    )
}

/** Medusa keeps an amount twice: as a number, and as the text it was given. */
async function replacePrices(database: Client, prices: Replacement<number>[]): Promise<void> {
  await database.query(
    `update price set amount = r.wanted, raw_amount = jsonb_set(raw_amount, '{value}', to_jsonb(r.wanted::text))
     from unnest($1::numeric[], $2::numeric[]) r (baked, wanted) where amount = r.baked`,
    [prices.map(([from]) => from), prices.map(([, to]) => to)],
  )
}

async function createAdmin(database: Client, email: string, password: string): Promise<void> {
  const [user, identity] = [`user_${ulid()}`, `authid_${ulid()}`]
  await database.query(`insert into "user" (id, email) values ($1, $2)`, [user, email])
  await database.query("insert into auth_identity (id, app_metadata) values ($1, $2)", [identity, { user_id: user }])
  await database.query(
    `insert into provider_identity (id, entity_id, provider, auth_identity_id, provider_metadata)
     values ($1, $2, 'emailpass', $3, $4)`,
    [ulid(), email, identity, { password }],
  )
}
