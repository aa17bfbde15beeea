import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import test, { after } from "node:test"
import { databaseUrl, secretFrom, SettingsError, storeIdentity } from "../src/platform/settings"

const folder = mkdtempSync(path.join(tmpdir(), "settings-"))
after(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const full = path.join(folder, name)
  writeFileSync(full, content)
  return full
}

test("a secret is read without the newline at its end", () => {
  process.env.SECRET_FILE = file("secret", "a b \n")
  assert.equal(secretFrom("SECRET_FILE"), "a b ")
})

test("a secret that is not there names the variable and the file", () => {
  process.env.SECRET_FILE = path.join(folder, "missing")
  assert.throws(() => secretFrom("SECRET_FILE"), (e: Error) => e instanceof SettingsError && /SECRET_FILE: .*missing/.test(e.message))
})

test("an empty secret is refused", () => {
  process.env.SECRET_FILE = file("empty", "\n")
  assert.throws(() => secretFrom("SECRET_FILE"), /is empty/)
})

test("a variable that is not set is named", () => {
  delete process.env.SECRET_FILE
  assert.throws(() => secretFrom("SECRET_FILE"), /SECRET_FILE is not set/)
})

test("a password may hold what means something in an address", () => {
  process.env.DATABASE_HOST = "postgres"
  process.env.DATABASE_PASSWORD_FILE = file("password", "p@ss:/w?rd")
  assert.equal(databaseUrl(), "postgres://medusa:p%40ss%3A%2Fw%3Frd@postgres:5432/medusa")
})

test("a server that is reached by its socket needs no password", () => {
  process.env.DATABASE_HOST = "/run/postgresql"
  delete process.env.DATABASE_PASSWORD_FILE
  assert.equal(databaseUrl(), "postgres://medusa:@%2Frun%2Fpostgresql:5432/medusa")
})

const shoes = { displayName: "Shoes", adminEmail: "owner@example.com", url: "https://shoes.example", country: "DE", currency: "EUR", language: "de-AT", timezone: "Europe/Berlin" }

function identityOf(store: object): unknown {
  process.env.STORE_FILE = file("store.json", JSON.stringify(store))
  return storeIdentity()
}

test("the store's identity is brought into Medusa's spelling", () =>
  assert.deepEqual(identityOf(shoes), {
    displayName: "Shoes",
    adminEmail: "owner@example.com",
    country: "de",
    currency: "eur",
    language: "de",
    url: "https://shoes.example",
  }))

for (const [member, value] of [["displayName", ""], ["adminEmail", "nobody"], ["country", "DEU"], ["currency", "€"], ["language", ""]])
  test(`a wrong ${member} is named`, () => assert.throws(() => identityOf({ ...shoes, [member]: value }), new RegExp(`'${member}' is`)))
