import { randomBytes } from "node:crypto"
import { connectWhenUp, createPlatformTables } from "./platform/database"
import { databaseUrl, exportToMedusa } from "./platform/settings"
import { bakedIdentity } from "./setup/baked"

const databasePatienceSeconds = 60

/**
 * Fills an empty database with this build's tables and sample data, as part of the database's image: see images/medusa-database. What a
 * store trusts is not in it: there is no account, and the storefront's key is none.
 */
export async function bake(): Promise<void> {
  const secret = () => randomBytes(32).toString("hex")
  exportToMedusa({ DATABASE_URL: databaseUrl(), JWT_SECRET: secret(), COOKIE_SECRET: secret(), WORKER_MODE: "server" })
  const database = await connectWhenUp(databasePatienceSeconds)
  await createPlatformTables(database)
  const { bakeThroughMedusa } = await import("./setup/through-medusa.js")
  await bakeThroughMedusa(database, bakedIdentity)
  await database.query("update api_key set token = id, redacted = '', salt = ''")
  await database.end()
  process.exit(0)
}
