import assert from "node:assert/strict"
import test from "node:test"
import { Readiness } from "../src/platform/readiness"

const never = () => new Promise(() => undefined)

test("ready when every check passes", async () => {
  const readiness = new Readiness({ database: async () => 1, cache: async () => "PONG" })
  assert.deepEqual(await readiness.report(), { ready: true, checks: { database: "ok", cache: "ok" } })
})

test("a failing check makes it not ready and does not tell its cause to the world", async () => {
  const readiness = new Readiness({ database: () => Promise.reject(new Error("password of medusa is wrong")), cache: async () => 1 })
  assert.deepEqual(await readiness.report(), { ready: false, checks: { database: "fails", cache: "ok" } })
})

test("a check that hangs is reported at the deadline, and is not started again meanwhile", async () => {
  let started = 0
  const readiness = new Readiness({ database: () => (started++, never()) }, 30)
  for (let round = 0; round < 3; round++) {
    const begin = Date.now()
    const report = await readiness.report()
    assert.equal(report.ready, false)
    assert.match(report.checks.database, /no answer within/)
    assert.ok(Date.now() - begin < 500)
  }
  assert.equal(started, 1)
})

test("callers at the same time share one round", async () => {
  let started = 0
  const readiness = new Readiness({ database: async () => started++ })
  await Promise.all([readiness.report(), readiness.report(), readiness.report()])
  assert.equal(started, 1)
})

test("it recovers when the check does", async () => {
  let up = false
  const readiness = new Readiness({ database: () => (up ? Promise.resolve() : Promise.reject(new Error("away"))) })
  assert.equal((await readiness.report()).ready, false)
  up = true
  assert.equal((await readiness.report()).ready, true)
})
