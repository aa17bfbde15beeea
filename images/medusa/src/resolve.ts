import { recordResolutions } from "./platform/resolutions"
import { applicationRoot, exportToMedusa, setting } from "./platform/settings"

/**
 * Loads all code once, while the image is built, and writes where each file was found into the file that RESOLUTIONS_FILE names. A store's
 * backend and set-up start from that.
 */
export async function resolve(): Promise<void> {
  // Modules are only loaded, not started: the addresses are never used.
  exportToMedusa({ DATABASE_URL: "postgres://nowhere", REDIS_URL: "redis://nowhere", JWT_SECRET: "none", COOKIE_SECRET: "none" })
  // Before anything of Medusa is loaded.
  const writeResolutions = recordResolutions()
  await Promise.all([import("./medusa.js"), import("./server.js"), import("./setup.js"), import("./setup/through-medusa.js")])
  const { preload } = await import("./preload.js")
  await preload(applicationRoot)
  writeResolutions(setting("RESOLUTIONS_FILE"))
  process.exit(0)
}
