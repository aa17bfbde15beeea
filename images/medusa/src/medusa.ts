import type { RequestListener } from "node:http"
import express from "express"
import type Redis from "ioredis"
import { MigrationScriptsMigrator } from "@medusajs/framework/migrations"
import { MedusaModule } from "@medusajs/framework/modules-sdk"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import load, { initializeContainer } from "@medusajs/medusa/loaders/index"
import { migrate } from "@medusajs/medusa/commands/db/migrate"
import path from "node:path"
import type { Check } from "./platform/readiness"

/** A running Medusa. */
export interface Application {
  handler: RequestListener
  checks: Record<string, Check>
  /** A key by which visitors may read the shop; none in a shop without. */
  publishableKey: () => Promise<string | undefined>
  shutdown: () => Promise<void>
}

/** Starts Medusa on a database that is set up, with a cache that answers. */
export async function startApplication(directory: string, cache: Redis): Promise<Application> {
  const app = express()
  app.disable("x-powered-by")
  const { container, shutdown } = await load({ directory, expressApp: app })
  const database = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  return {
    handler: app,
    // The database is asked through Medusa's own pool: a pool that hangs is as good as no database.
    checks: { database: () => database.raw("select 1"), cache: () => cache.ping() },
    publishableKey: async () => {
      const { rows } = await database.raw("select token from api_key where type = 'publishable' and revoked_at is null and deleted_at is null limit 1")
      return rows[0]?.token
    },
    shutdown: async () => {
      cache.disconnect()
      await shutdown()
    },
  }
}

/** Brings the schema to this build's state: tables and links. What removed links leave behind is kept: it is the shop's data. */
export async function migrateDatabase(directory: string): Promise<void> {
  const container = await initializeContainer(directory)
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  await migrate({ directory, skipLinks: false, skipScripts: true, executeAllLinks: false, executeSafeLinks: true, logger, container })
}

/** Medusa without its HTTP side, for the set-up. */
export async function loadForSetup(directory: string): Promise<{ container: MedusaContainer; shutdown: () => Promise<void> }> {
  // Migrating loads the modules without their services; they have to be loaded anew.
  MedusaModule.clearInstances()
  const { container, shutdown } = await load({ directory, expressApp: express(), skipLoadingEntryPoints: true })
  return { container, shutdown }
}

/** Medusa's migrations of data, each once. One that was cut short is recorded without its end: it runs again. */
export async function runMigrationScripts(container: MedusaContainer): Promise<void> {
  const migrator = new MigrationScriptsMigrator({ container })
  await migrator.ensureMigrationsTable()
  const database = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  await database.raw("delete from script_migrations where finished_at is null")
  await migrator.run([path.join(path.dirname(require.resolve("@medusajs/medusa")), "migration-scripts")])
}
