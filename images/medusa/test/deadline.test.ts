import assert from "node:assert/strict"
import test from "node:test"
import { until, within } from "../src/platform/deadline"

test("within passes a result on", async () => assert.equal(await within(1000, "late", Promise.resolve(7)), 7))

test("within fails with its message", () => assert.rejects(within(10, "late", new Promise(() => undefined)), /^Error: late$/))

test("until tries until there is a result", async () => {
  let tries = 0
  const result = await until({ what: "the third try", seconds: 5, pauseMs: 1 }, async () => (++tries === 3 ? tries : undefined))
  assert.equal(result, 3)
})

test("until names what it waited for and the last failure", () =>
  assert.rejects(
    until({ what: "the database answers", seconds: 0, pauseMs: 1 }, () => Promise.reject(new Error("refused"))),
    /the database answers: not within 0 s \(refused\)/,
  ))
