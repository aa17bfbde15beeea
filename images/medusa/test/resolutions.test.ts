import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import path from "node:path"
import test from "node:test"
import { recordResolutions, takeResolutions } from "../src/platform/resolutions"

test("what was resolved when it was recorded is not looked for again, and what was not is", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "resolutions-"))
  try {
    mkdirSync(path.join(folder, "near"))
    for (const name of ["near/known.js", "near/other.js"]) writeFileSync(path.join(folder, name), "")
    writeFileSync(path.join(folder, "from.js"), "module.exports = (request) => require.resolve(request)")
    const from: (request: string) => string = createRequire(__filename)(path.join(folder, "from.js"))

    const write = recordResolutions()
    from("./near/known")
    write(path.join(folder, "resolutions.json"))
    takeResolutions(path.join(folder, "resolutions.json"))

    renameSync(path.join(folder, "near/known.js"), path.join(folder, "gone.js"))
    assert.equal(from("./near/known"), path.join(folder, "near/known.js"))
    assert.equal(from("./near/other"), path.join(folder, "near/other.js"))
    assert.throws(() => from("constructor"), /Cannot find module 'constructor'/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("files of both kinds are loaded as what they were when it was recorded", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "kinds-"))
  const file = path.join(folder, "resolutions.json")
  try {
    mkdirSync(path.join(folder, "module"))
    writeFileSync(path.join(folder, "module/package.json"), JSON.stringify({ type: "module" }))
    writeFileSync(path.join(folder, "module/index.js"), "export const kind = 'module'")
    writeFileSync(path.join(folder, "plain.js"), "exports.kind = 'commonjs'")
    writeFileSync(path.join(folder, "data.json"), JSON.stringify({ kind: "json" }))
    writeFileSync(path.join(folder, "from.js"), "module.exports = (request) => require(request)")
    const from: (request: string) => { kind: string } = createRequire(__filename)(path.join(folder, "from.js"))
    const kinds = () => ["./module/index.js", "./plain", "./data.json"].map((request) => from(request).kind)

    const write = recordResolutions()
    assert.deepEqual(kinds(), ["module", "commonjs", "json"])
    write(file)
    const { files, commonJs } = JSON.parse(readFileSync(file, "utf8"))
    assert.deepEqual(commonJs.map((index: number) => files[index]), [path.join(folder, "plain.js")])

    takeResolutions(file)
    for (const name of files) delete require.cache[name]
    assert.deepEqual(kinds(), ["module", "commonjs", "json"])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("without a record everything is looked for", () => {
  takeResolutions("/nowhere/resolutions.json")
  assert.equal(require.resolve("../src/platform/resolutions"), path.resolve(__dirname, "../src/platform/resolutions.js"))
})
