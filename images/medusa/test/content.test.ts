import assert from "node:assert/strict"
import test from "node:test"
import { decodeContent } from "../src/modules/database-files/content"

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0xfe])

test("base64", () => assert.deepEqual(decodeContent(png.toString("base64"), "image/png"), png))
test("a binary string", () => assert.deepEqual(decodeContent(png.toString("latin1"), "image/png"), png))
test("text", () => assert.equal(decodeContent("Größe;10 €", "text/csv").toString("utf8"), "Größe;10 €"))
