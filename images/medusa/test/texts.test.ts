import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import path from "node:path"
import test from "node:test"
import { sampleProducts } from "../src/setup/sample-products"
import { textsIn } from "../src/setup/texts"

const languages = ["de", "en", "es", "fr", "it", "nl"]

test("a language that is not spoken here falls back to English", () => assert.equal(textsIn("xx"), textsIn("en")))

for (const language of languages)
  test(`${language}: the values of an option stay different from each other`, () => {
    const { values } = textsIn(language)
    for (const product of sampleProducts) {
      const labels = product.values.map((value) => values[value] ?? value)
      assert.equal(new Set(labels).size, product.values.length, product.handle)
    }
  })

for (const language of languages)
  test(`${language}: every value that is a word is translated`, () => {
    const words = sampleProducts.flatMap((product) => product.values).filter((value) => /^[a-z]/.test(value))
    assert.deepEqual(words.filter((word) => !textsIn(language).values[word]), [])
  })

for (const { handle } of sampleProducts)
  test(`${handle} has its picture`, () => {
    assert.ok(existsSync(path.resolve("static/samples", `${handle}.svg`)))
  })
