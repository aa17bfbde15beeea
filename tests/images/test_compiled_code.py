"""Node's compiled code in the images: of use only when V8 takes it, which it does for the version, flags and processor that made it."""

import json
import re

import pytest
from container import wait_until

TELLING = {"NODE_DEBUG": "compiled-code"}
COUNTS = re.compile(r"(\d+) taken, (\d+) refused, (\d+) changed, (\d+) unknown")


def counts(output):
    found = COUNTS.search(output)
    assert found, output[-2000:]
    return dict(zip(("taken", "refused", "changed", "unknown"), map(int, found.groups()), strict=True))


def test_medusas_code_is_loaded_from_what_was_compiled(start):
    # With the entry point's own flags: all that the set-up and the server load.
    program = start("medusa", arguments=["resolve"], env={**TELLING, "RESOLUTIONS_FILE": "/dev/null"})
    assert program.wait(60) == 0, program.output()[-2000:]
    found = counts(program.output())
    assert found["taken"] > 5000 and found["unknown"] < 20
    assert found["refused"] == found["changed"] == 0


def test_medusas_code_holds_what_ran_when_the_image_was_built(image):
    """Words of functions that only the set-up calls, or only the server: a function that has not been compiled has none."""
    names, _, code = (image("medusa").root / "app/compiled-code").read_bytes().partition(b"\n")
    assert b"/app/src/setup.js" in names
    for word in (b"pg_advisory_lock", b"ending: open requests are finished first"):
        assert word in code, word


COMPARE = """
const { readFileSync, existsSync } = require("node:fs"), { createRequire } = require("node:module"), { dirname } = require("node:path")
const { files, folders, commonJs } = JSON.parse(readFileSync("/app/resolutions.json", "utf8"))
let right = 0
for (const [folder, requests] of Object.entries(folders))
  for (const [request, index] of Object.entries(requests)) {
    const found = createRequire(folder + "/any.js").resolve(request)
    if (found === files[index]) right++
    else console.log(`wrong: ${request} from ${folder} is ${found}, not ${files[index]}`)
  }
console.log(`right: ${right}`)
const type = (folder) =>
  existsSync(folder + "/package.json") ? require(folder + "/package.json").type : folder === "/" ? undefined : type(dirname(folder))
const modules = commonJs.map((index) => files[index]).filter((file) => !file.endsWith(".cjs") && type(dirname(file)) === "module")
for (const file of modules) console.log(`wrong: ${file} is an ES module`)
console.log(`CommonJS: ${commonJs.length}`)
"""


def test_medusas_files_lie_where_the_image_says_and_are_what_it_says(start):
    program = start("medusa", command=["/usr/local/bin/node", "-e", COMPARE])
    assert program.wait(60) == 0, program.output()[-2000:]
    assert "wrong" not in program.output()
    assert int(re.search(r"right: (\d+)", program.output())[1]) > 8000
    assert int(re.search(r"CommonJS: (\d+)", program.output())[1]) > 5000


@pytest.fixture
def storefront(start, folder):
    settings = folder("settings")
    (settings / "key").write_text("pk_none")
    (settings / "store.json").write_text(json.dumps({"displayName": "Shoes", "country": "DE", "currency": "EUR", "language": "de"}))
    env = {"BACKEND_URL": "http://127.0.0.1:9", "PUBLISHABLE_KEY_FILE": "/settings/key", "STORE_FILE": "/settings/store.json"}
    return start("storefront", env={**env, **TELLING}, mounts={"/settings": (settings, "ro")})


def test_the_storefronts_code_is_loaded_from_what_was_compiled(storefront):
    wait_until(lambda: "Ready in" in storefront.output(), 30, "the storefront listens")
    asked = storefront.exec("/usr/local/bin/node", "-e", "fetch('http://127.0.0.1:8000/').then(({ status }) => console.log(status))")
    assert asked.stdout == "503\n", asked.stderr
    storefront.stop()
    found = counts(storefront.output())
    # The pages' own code too.
    assert found["taken"] > 400 and found["unknown"] == 0
    assert found["refused"] == found["changed"] == 0


MAIN = """#!/usr/bin/env node
const path = require("node:path")
const { twice } = require("./lib.js")
require("./lazy.js").load()
console.log(JSON.stringify({
  main: require.main === module, id: module.id, name: path.basename(__filename), here: path.basename(__dirname),
  resolved: path.basename(require.resolve("./lib.js")), cached: Object.keys(require.cache).map((file) => path.basename(file)), twice: twice(21),
}))
"""
LIB = """exports.fail = () => { throw new Error("it failed") }; exports.twice = (n) => {
  const word = "said by twice"
  return word && 2 * n
}
"""
LAZY = "exports.load = () => import('./module.mjs').then(({ said }) => console.log(said))\n"
FAIL = "require('./lib.js').fail()\n"
FILES = {"main.js": MAIN, "lib.js": LIB, "lazy.js": LAZY, "module.mjs": "export const said = 'imported'\n", "fail.js": FAIL}
LOADER = "/usr/local/lib/compiled-code.cjs"


@pytest.fixture
def program(start, folder):
    """A function that runs a file of a small program, and returns its output."""
    work = folder("work")
    for name, text in FILES.items():
        (work / name).write_text(text)

    def run(name="main.js", *flags, loader=True, record=False, expected=0):
        settings = ["COMPILED_CODE=/program/code", *(["COMPILED_CODE_RECORD=/program/code"] if record else [])]
        loading = ["--disable-warning=ExperimentalWarning", f"--require={LOADER}"] if loader else []
        command = ["/usr/bin/env", *settings, "/usr/local/bin/node", *loading, *flags, f"/program/{name}"]
        ran = start("storefront", command=command, env=TELLING, mounts={"/program": (work, "rw")})
        assert ran.wait(30) == expected, ran.output()
        return ran.output()

    run.folder = work
    return run


def said(output):
    return json.loads(next(line for line in output.splitlines() if line.startswith("{")))


def test_a_program_is_with_the_loader_what_it_is_without(program):
    plain = program(loader=False)
    recorded, loaded = program(record=True), program()
    for output in (recorded, loaded):
        with_loader = said(output)
        assert with_loader["cached"].pop(0) == "compiled-code.cjs"
        assert with_loader == said(plain)
        assert "imported" in output and "Warning" not in output
    assert counts(recorded) == {"taken": 0, "refused": 0, "changed": 0, "unknown": 3}
    assert counts(loaded) == {"taken": 3, "refused": 0, "changed": 0, "unknown": 0}


def test_code_of_a_file_that_has_changed_is_not_taken(program):
    program(record=True)
    # As long as before: V8 itself would take it.
    (program.folder / "lib.js").write_text(LIB.replace("2 * n", "3 * n"))
    output = program()
    assert said(output)["twice"] == 63
    assert counts(output) == {"taken": 2, "refused": 0, "changed": 1, "unknown": 0}


def test_what_v8_refuses_is_compiled(program):
    program(record=True)
    output = program("main.js", "--no-opt")
    assert said(output)["twice"] == 42
    assert counts(output) == {"taken": 0, "refused": 3, "changed": 0, "unknown": 0}


def test_a_recording_is_added_to(program):
    program(record=True)
    output = program("fail.js", record=True, expected=1)
    assert counts(output) == {"taken": 1, "refused": 0, "changed": 0, "unknown": 1}
    # The column of a first line counts from the file's own beginning.
    assert f"/program/lib.js:1:{LIB.index('new Error') + 1}" in output
    code = (program.folder / "code").read_bytes()
    assert b"it failed" in code and b"said by twice" in code
    for name, taken, status in (("main.js", 3, 0), ("fail.js", 2, 1)):
        assert counts(program(name, expected=status)) == {"taken": taken, "refused": 0, "changed": 0, "unknown": 0}
