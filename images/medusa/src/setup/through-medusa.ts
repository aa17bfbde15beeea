import type { Client } from "@medusajs/framework/pg"
import type { MedusaContainer } from "@medusajs/framework/types"
import { loadForSetup, migrateDatabase, runMigrationScripts } from "../medusa"
import { markDone, startFromEmpty, steps } from "../platform/database"
import { log } from "../platform/log"
import { applicationRoot, buildId, StoreIdentity } from "../platform/settings"
import type { Owner } from "../setup"
import { createAdmin } from "./admin"
import { seedCatalogue } from "./catalogue"
import { seedCommerce } from "./commerce"
import { recordIdentity } from "./identity"
import { refuseUnknown } from "./known"

/** The set-up by Medusa's own code: brings any database to this build's state, and fills one that is nobody's yet. */
export async function setUpThroughMedusa(database: Client, done: Set<string>, { identity, password }: Owner): Promise<void> {
  const first = !done.has(steps.seeded)
  if (first) await startFromEmpty(database, done)
  await withMedusa(async (container) => {
    if (first) {
      await seed(database, container, identity)
      await timed("creating the admin", () => createAdmin(container, { email: identity.adminEmail, password }))
      await recordIdentity(database, identity)
      await markDone(database, steps.seeded)
    }
    await markDone(database, steps.setup(buildId()))
  })
}

/** The same without an owner, while the database's image is built: see ../bake.ts. */
export async function bakeThroughMedusa(database: Client, identity: StoreIdentity): Promise<void> {
  await startFromEmpty(database, new Set())
  await withMedusa(async (container) => {
    await seed(database, container, identity)
    await markDone(database, steps.baked(buildId()))
  })
}

async function withMedusa(work: (container: MedusaContainer) => Promise<void>): Promise<void> {
  await timed("migrating the database", () => migrateDatabase(applicationRoot))
  const { container, shutdown } = await timed("loading the application", () => loadForSetup(applicationRoot))
  await timed("migrating data", () => runMigrationScripts(container))
  await work(container)
  await shutdown()
}

async function seed(database: Client, container: MedusaContainer, identity: StoreIdentity): Promise<void> {
  await refuseUnknown(database, identity)
  const commerce = await timed("seeding region, stock location and shipping", () => seedCommerce(container, identity))
  await timed("seeding the sample catalogue", () => seedCatalogue(container, identity, commerce))
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now()
  const result = await work()
  log.info(what, { seconds: (Date.now() - start) / 1000 })
  return result
}
