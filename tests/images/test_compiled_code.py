"""Node's compiled code in the images: of use only when V8 takes it, which it does for the version, flags and processor that made it."""

import json
import re

import pytest
from container import wait_until

TELLING = {"NODE_DEBUG_NATIVE": "COMPILE_CACHE"}
TAKEN, REFUSED = re.compile(r"cache for \S+ was accepted"), re.compile(r"cache for (\S+) was rejected")


def assert_used(output, least):
    assert REFUSED.findall(output) == []
    assert len(TAKEN.findall(output)) >= least, output[-2000:]


def test_medusas_code_is_loaded_from_what_was_compiled(start):
    # What the code was compiled by, with the entry point's own flags: it loads all of it.
    program = start("medusa", arguments=["warm"], env={**TELLING, "RESOLUTIONS_FILE": "/dev/null"})
    assert program.wait(60) == 0, program.output()[-2000:]
    assert_used(program.output(), 2000)


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
    assert_used(storefront.output(), 100)
