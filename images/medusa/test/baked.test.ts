import assert from "node:assert/strict"
import test from "node:test"
import { priceReplacements, textReplacements } from "../src/setup/baked"

const unique = (values: unknown[]) => new Set(values).size === values.length

test("a baked text stands for one text only", () => {
  for (const language of ["de", "es", "fr", "it", "nl"]) {
    const baked = textReplacements(language).map(([from]) => from)
    assert.ok(unique(baked), `${language}: ${baked}`)
  }
})

test("texts are replaced by those of the same place", () => {
  const german = new Map(textReplacements("de"))
  assert.equal(german.get("Main warehouse"), "Hauptlager")
  assert.equal(german.get("Blue"), "Blau")
  assert.equal(german.get("Scented candle"), "Duftkerze")
})

test("in the baked language nothing is replaced", () => assert.deepEqual(textReplacements("en"), []))

test("a baked price stands for one price only", () => {
  const baked = priceReplacements("jpy").map(([from]) => from)
  assert.ok(unique(baked), String(baked))
})

test("prices are replaced by those that the currency's seed has", () => {
  assert.equal(new Map(priceReplacements("jpy")).get(19.9), 3000)
  assert.equal(new Map(priceReplacements("jpy")).get(9), 1400)
})
