import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import test, { after } from "node:test"
import { Order, orderPlaced, passwordReset } from "../src/mail/messages"
import { mailSettings } from "../src/mail/settings"
import { fill } from "../src/mail/texts"

const folder = mkdtempSync(path.join(tmpdir(), "mail-"))
after(() => rmSync(folder, { recursive: true }))

const settings = { enabled: true, host: "smtp.example", port: 587, security: "starttls", username: "", from: "shop@example.com" }

function settingsFrom(mail: object) {
  process.env.MAIL_FILE = path.join(folder, "mail.json")
  process.env.MAIL_PASSWORD_FILE = path.join(folder, "password")
  writeFileSync(process.env.MAIL_FILE, JSON.stringify(mail))
  return mailSettings()
}

test("mail that is off has no settings", () => assert.equal(settingsFrom({ ...settings, enabled: false, host: "", security: "" }), undefined))

test("without a user name no password is looked for", () =>
  assert.deepEqual(settingsFrom(settings), {
    host: "smtp.example",
    port: 587,
    security: "starttls",
    from: "shop@example.com",
    credentials: undefined,
  }))

test("the password is read anew each time", () => {
  assert.throws(() => settingsFrom({ ...settings, username: "shop" }), /password is not there: .*the key 'password' of its Secret/)
  for (const pass of ["one", "two"]) {
    writeFileSync(path.join(folder, "password"), `${pass}\n`)
    assert.deepEqual(settingsFrom({ ...settings, username: "shop" })?.credentials, { user: "shop", pass })
  }
})

for (const [member, value] of [["host", ""], ["port", 0], ["security", "ssl"], ["from", ""]])
  test(`a wrong ${member} is named`, () => assert.throws(() => settingsFrom({ ...settings, [member]: value }), new RegExp(`'${member}' is`)))

const identity = {
  displayName: "Söhne & <b>Co</b>",
  adminEmail: "owner@example.com",
  country: "de",
  currency: "eur",
  language: "de",
  url: "https://shoes.example",
}
const order: Order = {
  display_id: 12,
  currency_code: "eur",
  shipping_total: 5,
  tax_total: 0,
  total: 44.8,
  items: [{ title: "S", product_title: "T-Shirt <script>", variant_title: "S", quantity: 2, total: 39.8 }],
  shipping_address: { first_name: "Ada", last_name: "O'Neil", address_1: "Weg 1", postal_code: "10115", city: "Berlin", country_code: "de" },
}

test("an order is told in the shop's language and way of writing amounts", () => {
  const { subject, text } = orderPlaced(order, identity)
  assert.equal(subject, "Ihre Bestellung 12 bei Söhne & <b>Co</b>")
  assert.match(text, /2 × T-Shirt <script> \(S\): 39,80\s€/)
  assert.match(text, /Summe: 44,80\s€/)
  assert.match(text, /Lieferung an:\n\nAda O'Neil\nWeg 1\n10115 Berlin\nDE\n/)
})

test("whatever people wrote is text in the HTML", () => {
  const { html } = orderPlaced(order, identity)
  assert.ok(html.includes("T-Shirt &lt;script&gt; (S)") && html.includes("Ada O&#39;Neil") && html.includes("&lt;b&gt;Co"))
  assert.ok(!/<script|<b>/.test(html))
})

test("the link to a new password is in both forms", () => {
  const link = "https://shoes.example/app/reset-password?token=a.b&email=a%40b.example"
  const { text, html } = passwordReset(link, identity)
  assert.ok(text.includes(link))
  assert.ok(html.includes(`href="${link.replace("&", "&amp;")}"`))
})

test("a language that is not spoken here falls back to English", () =>
  assert.match(orderPlaced(order, { ...identity, language: "xx" }).subject, /^Your order 12 at /))

test("a value that holds braces is not filled again", () => assert.equal(fill("{a} {b}", { a: "{b}", b: 1 }), "{b} 1"))
