// Runs the server once while the image is built, and asks for every page: what V8 compiles meanwhile is what each store then starts with
// (images/node/compiled-code.cjs). Usage: node … visit.mjs /app/server.js
// There is no backend: a page that needs it says so (503), and takes the same code until then.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { pathToFileURL } from "node:url"

const server = path.resolve(process.argv[2] ?? "")
const patienceMs = 60_000
const folder = mkdtempSync(path.join(tmpdir(), "warm-"))

function settingFile(name, content) {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}

/** A port of this machine that nobody has: an image is built in its network. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

const port = await freePort()
Object.assign(process.env, {
  HOSTNAME: "127.0.0.1",
  PORT: String(port),
  BACKEND_URL: `http://127.0.0.1:${await freePort()}`,
  PUBLISHABLE_KEY_FILE: settingFile("publishable-key", "pk_none"),
  STORE_FILE: settingFile("store.json", JSON.stringify({ displayName: "None", country: "DE", currency: "EUR", language: "en" })),
})

/** Every page and route of the application, by what the build lists. A part in brackets stands for anything. */
function addresses() {
  const routes = JSON.parse(readFileSync(path.join(path.dirname(server), ".next/app-path-routes-manifest.json"), "utf8"))
  return Object.values(routes).filter((route) => !route.startsWith("/_")).map((route) => route.replace(/\[[^\]]*\]/g, "any"))
}

async function status(address) {
  const answer = await fetch(new URL(address, `http://127.0.0.1:${port}`), { redirect: "manual", signal: AbortSignal.timeout(patienceMs) })
  await answer.arrayBuffer()
  return answer.status
}

async function untilItListens() {
  const until = Date.now() + patienceMs
  for (;;) {
    try {
      await status("/healthz")
      return
    } catch (error) {
      if (Date.now() > until) throw error
      await delay(100)
    }
  }
}

await import(pathToFileURL(server).href)
await untilItListens()
for (const address of addresses()) {
  const answer = await status(address)
  console.log(`${answer} ${address}`)
  if (answer === 500 || (address === "/healthz" && answer !== 200)) throw new Error(`${address} answers ${answer}`)
}
process.exit(0)
