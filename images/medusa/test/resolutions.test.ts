import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
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

test("without a record everything is looked for", () => {
  takeResolutions("/nowhere/resolutions.json")
  assert.equal(require.resolve("../src/platform/resolutions"), path.resolve(__dirname, "../src/platform/resolutions.js"))
})
