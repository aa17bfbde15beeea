import { readdir } from "node:fs/promises"
import path from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { initializeContainer } from "@medusajs/medusa/loaders/index"
import { log, messageOf } from "./platform/log"

/**
 * Loads the code that Medusa would load at its start (modules and routes, some two thousand files) while the server has nothing
 * better to do than to wait for the set-up. Only for speed: what is not loaded here is loaded then.
 */
export async function preload(directory: string): Promise<void> {
  const container = await initializeContainer(directory, { skipDbConnection: true })
  const { modules } = container.resolve(ContainerRegistrationKeys.CONFIG_MODULE)
  const names = Object.values(modules ?? {}).flatMap((module) =>
    typeof module === "object" && "resolve" in module && typeof module.resolve === "string" ? [module.resolve] : [],
  )
  for (const file of [...names, ...(await routesOfMedusa())]) {
    try {
      require(require.resolve(file, { paths: [directory] }))
    } catch (error) {
      log.warn("a file could not be loaded ahead", { file, reason: messageOf(error) })
    }
    // Loading blocks: probes are answered in between.
    await turn()
  }
}

async function routesOfMedusa(): Promise<string[]> {
  const api = path.join(path.dirname(require.resolve("@medusajs/medusa")), "api")
  const files = await readdir(api, { recursive: true })
  return files.filter((file) => /(^|\/)(route|middlewares)\.js$/.test(file)).map((file) => path.join(api, file))
}
