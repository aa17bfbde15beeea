import type { Client } from "@medusajs/framework/pg"
import { connectWhenUp, createPlatformTables, doneSteps, exclusively, reasonForEmpty, steps } from "./platform/database"
import { log } from "./platform/log"
import { buildId, databaseUrl, exportToMedusa, secretFrom, StoreIdentity, storeIdentity } from "./platform/settings"
import { tellOwner } from "./platform/tell"
import { followIdentity } from "./setup/identity"
import { personalise } from "./setup/personalise"
import { giveToken, publishableKey } from "./setup/publishable-key"

const databasePatienceSeconds = 180
/** How long another set-up of the same store may take before this one gives up waiting for it. */
const lockPatienceSeconds = 300

/** What makes a database this store's own. */
export interface Owner {
  identity: StoreIdentity
  password: string
  publishableKey: string
}

/**
 * Makes the database of a store ready for this build. It can be cut short anywhere and run again, and two may run at once. What the
 * owner can change afterwards (sample data, the first admin) is made only once in a store's life, so an upgrade never brings back
 * what was deleted.
 *
 * Medusa's code is loaded only when there is something to migrate: a new store's database comes with all of that done, and then this
 * takes a fraction of a second, which a customer's first page waits for.
 */
export async function setUp(): Promise<void> {
  const owner = {
    identity: storeIdentity(),
    password: secretFrom("ADMIN_PASSWORD_FILE"),
    publishableKey: publishableKey("PUBLISHABLE_KEY_FILE"),
  }
  const database = await connectWhenUp(databasePatienceSeconds)
  const told = await exclusively(database, lockPatienceSeconds, async () => {
    await createPlatformTables(database)
    const said = await prepare(database, owner)
    await giveToken(database, owner.publishableKey)
    return [...said, ...(await followIdentity(database, owner.identity))]
  })
  await database.end()
  tellOwner(told)
  log.info("the set-up is finished", { build: buildId(), seconds: Math.round(process.uptime() * 100) / 100 })
  process.exit(0)
}

/** Does what this build needs and the database lacks; returns what the owner is to be told of it. */
async function prepare(database: Client, owner: Owner): Promise<string[]> {
  const build = buildId()
  const done = await doneSteps(database)
  if (done.has(steps.setup(build))) return []
  if (done.has(steps.baked(build)) && !done.has(steps.seeded)) {
    await personalise(database, owner, build)
    return []
  }
  exportToMedusa({
    DATABASE_URL: databaseUrl(),
    JWT_SECRET: secretFrom("JWT_SECRET_FILE"),
    COOKIE_SECRET: secretFrom("COOKIE_SECRET_FILE"),
    WORKER_MODE: "server",
  })
  const { setUpThroughMedusa } = await import("./setup/through-medusa.js")
  await setUpThroughMedusa(database, done, owner)
  return done.has(steps.seeded) ? [] : [await reasonForEmpty(database, done, build)]
}
