import { connectWhenUp, exclusively, isDone, markDone, prepareFirstSetup, seeded, setupStep } from "./platform/database"
import { log } from "./platform/log"
import { applicationRoot, buildId, databaseUrl, exportToMedusa, secretFrom, storeIdentity } from "./platform/settings"
import { createAdmin } from "./setup/admin"
import { seedCatalogue } from "./setup/catalogue"
import { seedCommerce } from "./setup/commerce"
import { ensurePublishableKey } from "./setup/publishable-key"

const databasePatienceSeconds = 180
/** How long another set-up of the same store may take before this one gives up waiting for it. */
const lockPatienceSeconds = 300

/**
 * Makes the database of a store ready for this build. It can be cut short anywhere and run again, and two may run at once. What the
 * owner can change afterwards (sample data, the first admin) is made only once in a store's life, so an upgrade never brings back
 * what was deleted.
 */
export async function setUp(): Promise<void> {
  const identity = storeIdentity()
  const admin = { email: secretFrom("ADMIN_EMAIL_FILE"), password: secretFrom("ADMIN_PASSWORD_FILE") }
  const publishableKey = secretFrom("PUBLISHABLE_KEY_FILE")
  exportToMedusa({
    DATABASE_URL: databaseUrl(),
    JWT_SECRET: secretFrom("JWT_SECRET_FILE"),
    COOKIE_SECRET: secretFrom("COOKIE_SECRET_FILE"),
    WORKER_MODE: "server",
  })

  // The code loads while the database starts.
  const code = import("./medusa.js")
  const database = await connectWhenUp(databasePatienceSeconds)
  await exclusively(database, lockPatienceSeconds, async () => {
    await prepareFirstSetup(database)
    const medusa = await code
    await timed("migrating the database", () => medusa.migrateDatabase(applicationRoot))
    const { container, shutdown } = await timed("loading the application", () => medusa.loadForSetup(applicationRoot))
    await timed("migrating data", () => medusa.runMigrationScripts(container))
    if (!(await isDone(database, seeded))) {
      const commerce = await timed("seeding region, stock location and shipping", () => seedCommerce(container, identity))
      await timed("seeding the sample catalogue", () => seedCatalogue(container, identity, commerce))
      await timed("creating the admin", () => createAdmin(container, admin))
      await markDone(database, seeded)
    }
    await timed("setting the publishable key", () => ensurePublishableKey(container, publishableKey))
    await markDone(database, setupStep(buildId()))
    await shutdown()
  })
  await database.end()
  log.info("the set-up is finished", { build: buildId(), seconds: Math.round(process.uptime() * 10) / 10 })
  process.exit(0)
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now()
  const result = await work()
  log.info(what, { seconds: (Date.now() - start) / 1000 })
  return result
}
