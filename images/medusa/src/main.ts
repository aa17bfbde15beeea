import path from "node:path"
import { log, messageOf } from "./platform/log"
import { supplySingleBytes } from "./platform/random-bytes"
import { takeResolutions } from "./platform/resolutions"
import { applicationRoot, SettingsError } from "./platform/settings"

const commands: Record<string, () => Promise<void>> = {
  serve: async () => (await import("./server.js")).serve(),
  setup: async () => (await import("./setup.js")).setUp(),
  bake: async () => (await import("./bake.js")).bake(),
  resolve: async () => (await import("./resolve.js")).resolve(),
  verify: async () => (await import("./verify.js")).verify(),
}

async function main(): Promise<void> {
  const command = commands[process.argv[2] ?? ""]
  // As a container's first process Node would otherwise ignore the request to end. The server replaces this by an orderly end.
  process.once("SIGTERM", () => process.exit(143))
  supplySingleBytes()
  takeResolutions(path.join(applicationRoot, "resolutions.json"))
  if (!command) throw new SettingsError(`usage: main.js ${Object.keys(commands).join("|")}`)
  await command()
}

main().catch((error) => {
  // The stack of a wrong setting says nothing that the message does not.
  log.error(messageOf(error), error instanceof SettingsError ? {} : { stack: error?.stack })
  process.exit(error instanceof SettingsError ? 2 : 1)
})
