import assert from "node:assert/strict"
import crypto, { randomBytes } from "node:crypto"
import test from "node:test"
import { supplySingleBytes } from "../src/platform/random-bytes"

test("single bytes are random, and never the supply's own memory", () => {
  const original = crypto.randomBytes
  supplySingleBytes()
  try {
    const counts = new Array<number>(256).fill(0)
    for (let i = 0; i < 256_000; i++) counts[crypto.randomBytes(1)[0]]++
    // A thousand of each is expected, with a deviation of 32: six of those are not left by chance.
    assert.ok(counts.every((count) => Math.abs(count - 1000) < 200), counts.join(" "))
    const one = crypto.randomBytes(1)
    assert.equal(one.length, 1)
    one[0] = 0
  } finally {
    Object.assign(crypto, { randomBytes: original })
  }
})

test("more bytes, and answers by callback, come from the system as ever", async () => {
  const original = crypto.randomBytes
  supplySingleBytes()
  try {
    assert.equal(crypto.randomBytes(32).length, 32)
    assert.equal((await new Promise<Buffer>((resolve) => crypto.randomBytes(1, (_, bytes) => resolve(bytes)))).length, 1)
    assert.throws(() => crypto.randomBytes(-1), /out of range/)
  } finally {
    Object.assign(crypto, { randomBytes: original })
  }
  assert.equal(crypto.randomBytes, randomBytes)
})
