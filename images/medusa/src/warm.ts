import { preload } from "./preload"
import { applicationRoot, exportToMedusa } from "./platform/settings"

/**
 * Loads all code once, while the image is built: with NODE_COMPILE_CACHE set, Node leaves there what it has compiled, and a store's
 * backend and set-up start from that.
 */
export async function warm(): Promise<void> {
  // Modules are only loaded, not started: the addresses are never used.
  exportToMedusa({ DATABASE_URL: "postgres://nowhere", REDIS_URL: "redis://nowhere", JWT_SECRET: "none", COOKIE_SECRET: "none" })
  await Promise.all([import("./medusa.js"), import("./server.js"), import("./setup.js"), import("./setup/through-medusa.js")])
  await preload(applicationRoot)
  process.exit(0)
}
