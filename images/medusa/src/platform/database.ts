import { Client } from "@medusajs/framework/pg"
import { until } from "./deadline"
import { databaseUrl, SettingsError } from "./settings"

/** Any number will do, as long as it is the same in every process of a store's set-up. */
const setupLock = 7_365_127_401

/**
 * Connects, with more patience each time. A new pod's first packets may be lost, as what enforces network policies has not heard of
 * it yet, and the kernel repeats them only after a second: trying anew is sooner.
 */
function connecting(): () => Promise<Client> {
  let patienceMs = 250
  return () => {
    const attempt = connect(patienceMs)
    patienceMs = Math.min(patienceMs * 1.5, 5000)
    return attempt
  }
}

async function connect(timeoutMs: number): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl(), connectionTimeoutMillis: timeoutMs })
  // Without a listener a lost connection would end the process with a stack trace; the next query reports it properly.
  client.on("error", () => undefined)
  await client.connect()
  return client
}

/** A connection of its own to the store's database, as soon as that answers. */
export function connectWhenUp(seconds: number): Promise<Client> {
  return until({ what: "the database answers", seconds, pauseMs: 100 }, connecting())
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

/** What has been done to a store's database, in storewright.step. */
export const steps = {
  /** From here on Medusa's tables may be half made. */
  begun: "begun",
  /** The tables and sample data of a build are there, and are nobody's yet: the image of the database brings them. */
  baked: (build: string) => `baked ${build}`,
  /** From here on the database holds a shop: it is migrated and never made anew. */
  seeded: "seeded",
  setup: (build: string) => `setup ${build}`,
}

/** What the platform keeps beside Medusa's own tables, in a schema of its own, so that Medusa's migrations never meet it. */
export async function createPlatformTables(client: Client): Promise<void> {
  await client.query(`
    create schema if not exists storewright;
    create table if not exists storewright.step (
      name text primary key,
      done_at timestamptz not null default now()
    );
    create table if not exists storewright.identity (
      field text primary key,
      value text not null,
      set_at timestamptz not null default now()
    );
    create table if not exists storewright.file (
      key text primary key,
      public boolean not null,
      mime_type text not null,
      content bytea not null,
      created_at timestamptz not null default now()
    );`)
}

/**
 * Removes what a first set-up that was cut short has left, or what was baked for another build: Medusa's workflows write in many
 * transactions, so half a product cannot be told from a whole one. Until the first set-up is through no server has served from this
 * database, so there is nothing of anybody's in it.
 */
export async function startFromEmpty(client: Client, done: Set<string>): Promise<void> {
  if (done.size > 0)
    await transaction(client, async () => {
      await client.query("drop schema public cascade; create schema public")
      await client.query("delete from storewright.step where name not like '%baked %'")
      await client.query("update storewright.step set name = 'discarded ' || name where name like 'baked %'")
    })
  else await refuseForeignTables(client)
  await markDone(client, steps.begun)
}

/** Why a new store's database was not a baked one: what was baked is for another build, or what the database's entry point says. */
export async function reasonForEmpty(client: Client, done: Set<string>, build: string): Promise<string> {
  const other = [...done].map((step) => /^(?:discarded )?baked (.+)$/.exec(step)?.[1]).find((name) => name)
  if (other) return `set up from an empty database: baked data is for ${other}, this store wants ${build}`
  const { rows } = await client.query("select shobj_description(oid, 'pg_database') as said from pg_database where datname = current_database()")
  return `set up from an empty database: ${rows[0].said ?? "the database's image brings no baked data"}`
}

async function refuseForeignTables(client: Client): Promise<void> {
  const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public' limit 1")
  if (rows.length > 0)
    throw new SettingsError(
      `the database holds tables (${rows[0].tablename}) but no record of a set-up: restore a backup together with its schema` +
        " 'storewright', or empty the database",
    )
}

/** The steps that are done; none in a database that nobody has set up. */
export async function doneSteps(client: Client): Promise<Set<string>> {
  const { rows } = await client.query("select to_regclass('storewright.step') is not null as known")
  if (!rows[0].known) return new Set()
  const { rows: names } = await client.query("select name from storewright.step")
  return new Set(names.map(({ name }) => name))
}

export async function markDone(client: Client, step: string): Promise<void> {
  await client.query("insert into storewright.step (name) values ($1) on conflict do nothing", [step])
}

export async function transaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("begin")
  try {
    const result = await work()
    await client.query("commit")
    return result
  } catch (error) {
    await client.query("rollback")
    throw error
  }
}

/** Waits until the set-up of this build has finished in the store's database. */
export async function waitForSetup(build: string, seconds: number): Promise<void> {
  let client: Client | undefined
  const anew = connecting()
  try {
    await until({ what: `the set-up of build ${build} is finished: see the store's job 'setup'`, seconds }, async () => {
      client ??= await anew()
      try {
        return (await doneSteps(client)).has(steps.setup(build)) || undefined
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
