import assert from "node:assert/strict"
import test from "node:test"
import { localPrice } from "../src/setup/prices"

const cases: [number, string, number][] = [
  [20, "eur", 19.9],
  [9, "eur", 9],
  [5, "USD", 5],
  [20, "jpy", 3000],
  [9, "jpy", 1400],
  [50, "pln", 200],
  [20, "idr", 320000],
  // Unknown to the table: as if it were euro.
  [12, "xcd", 11.9],
  // Without minor units there is no ,90.
  [12, "xpf", 12],
]

for (const [base, currency, expected] of cases)
  test(`${base} is ${expected} in ${currency}`, () => assert.equal(localPrice(base, currency), expected))
