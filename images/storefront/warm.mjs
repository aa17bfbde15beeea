// Runs the server once while the image is built, and asks for every page: with NODE_COMPILE_CACHE set, Node leaves there what it has
// compiled. Usage: node warm.mjs /app/server.js
// There is no backend: pages answer that the shop is away, which takes the same code until the backend is asked.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
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

Object.assign(process.env, {
  HOSTNAME: "127.0.0.1",
  PORT: "8000",
  BACKEND_URL: "http://127.0.0.1:9",
  PUBLISHABLE_KEY_FILE: settingFile("publishable-key", "pk_none"),
  STORE_FILE: settingFile("store.json", JSON.stringify({ displayName: "None", country: "DE", currency: "EUR", language: "en" })),
})

/** Every page and route of the application, by what the build lists. A part in brackets stands for anything. */
function addresses() {
  const routes = JSON.parse(readFileSync(path.join(path.dirname(server), ".next/app-path-routes-manifest.json"), "utf8"))
  return Object.values(routes).filter((route) => !route.startsWith("/_")).map((route) => route.replace(/\[[^\]]*\]/g, "any"))
}

async function status(address) {
  const answer = await fetch(new URL(address, "http://127.0.0.1:8000"), { redirect: "manual", signal: AbortSignal.timeout(patienceMs) })
  await answer.arrayBuffer()
  return answer.status
}

async function untilItListens() {
  const until = Date.now() + patienceMs
  for (;;) {
    try {
      return await status("/healthz")
    } catch (error) {
      if (Date.now() > until) throw error
      await delay(100)
    }
  }
}

await import(pathToFileURL(server).href)
await untilItListens()
for (const address of addresses()) console.log(`${await status(address)} ${address}`)
process.exit(0)
