import { Client } from "@medusajs/framework/pg"
import { until } from "./deadline"
import { databaseUrl, SettingsError } from "./settings"

/** Any number will do, as long as it is the same in every process of a store's set-up. */
const setupLock = 7_365_127_401

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl(), connectionTimeoutMillis: 1000 })
  // Without a listener a lost connection would end the process with a stack trace; the next query reports it properly.
  client.on("error", () => undefined)
  await client.connect()
  return client
}

/** A connection of its own to the store's database, as soon as that answers. */
export function connectWhenUp(seconds: number): Promise<Client> {
  return until({ what: "the database answers", seconds }, connect)
}

/**
 * Runs `work` while no other process does, in the whole store. The lock goes with the connection: a killed process leaves none
 * behind, and a lost connection ends this process before another can take the lock unnoticed.
 */
export async function exclusively<T>(client: Client, seconds: number, work: () => Promise<T>): Promise<T> {
  await client.query(`set lock_timeout = '${Math.ceil(seconds)}s'`)
  await client.query("select pg_advisory_lock($1)", [setupLock])
  const lost = () => {
    process.stderr.write("the connection that holds the set-up lock was lost: ending, to be run again\n")
    process.exit(1)
  }
  client.on("end", lost)
  try {
    return await work()
  } finally {
    client.off("end", lost)
    await client.query("select pg_advisory_unlock($1)", [setupLock])
  }
}

const begun = "begun"
/** From here on the database holds a shop: it is migrated and never made anew. */
export const seeded = "seeded"

/**
 * Creates what the platform keeps beside Medusa's own tables, and removes what a first set-up that was cut short has left: Medusa's
 * workflows write in many transactions, so half a product cannot be told from a whole one. Until the first set-up is through no server
 * has served from this database, so there is nothing of anybody's in it.
 */
export async function prepareFirstSetup(client: Client): Promise<void> {
  await createPlatformTables(client)
  if (await isDone(client, seeded)) return
  if (await isDone(client, begun)) await client.query("drop schema public cascade; create schema public")
  else await refuseForeignTables(client)
  await markDone(client, begun)
}

/** In a schema of its own, so that Medusa's migrations never meet it. */
async function createPlatformTables(client: Client): Promise<void> {
  await client.query(`
    create schema if not exists storewright;
    create table if not exists storewright.step (
      name text primary key,
      done_at timestamptz not null default now()
    );
    create table if not exists storewright.file (
      key text primary key,
      public boolean not null,
      mime_type text not null,
      content bytea not null,
      created_at timestamptz not null default now()
    );`)
}

async function refuseForeignTables(client: Client): Promise<void> {
  const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public' limit 1")
  if (rows.length > 0)
    throw new SettingsError(
      `the database holds tables (${rows[0].tablename}) but no record of a set-up: restore a backup together with its schema` +
        " 'storewright', or empty the database",
    )
}

export async function isDone(client: Client, step: string): Promise<boolean> {
  const { rows } = await client.query("select to_regclass('storewright.step') is not null as known")
  if (!rows[0].known) return false
  const { rowCount } = await client.query("select from storewright.step where name = $1", [step])
  return rowCount === 1
}

export async function markDone(client: Client, step: string): Promise<void> {
  await client.query("insert into storewright.step (name) values ($1) on conflict do nothing", [step])
}

/** Waits until the set-up of this build has finished in the store's database. */
export async function waitForSetup(build: string, seconds: number): Promise<void> {
  let client: Client | undefined
  try {
    await until({ what: `the set-up of build ${build} is finished: see the store's job 'setup'`, seconds }, async () => {
      client ??= await connect()
      try {
        return (await isDone(client, setupStep(build))) || undefined
      } catch (error) {
        await client.end().catch(() => undefined)
        client = undefined
        throw error
      }
    })
  } finally {
    await client?.end()
  }
}

export const setupStep = (build: string): string => `setup ${build}`
