import { expect, test } from "vitest";
import { chooseRegion } from "./region";

const us = { currency: "USD", countries: ["US", "CA"] };
const euro = { currency: "EUR", countries: ["DE", "FR"] };
const dollarsInGermany = { currency: "USD", countries: ["DE"] };

test.each([
  ["country and currency", [dollarsInGermany, euro], "DE", "EUR", euro],
  ["country alone", [us, dollarsInGermany], "DE", "EUR", dollarsInGermany],
  ["currency alone", [us, euro], "AT", "EUR", euro],
  ["neither", [us, euro], "JP", "JPY", us],
])("by %s", (_, regions, country, currency, expected) => {
  expect(chooseRegion(regions, country, currency)).toBe(expected);
});

test("none", () => {
  expect(chooseRegion([], "US", "USD")).toBeUndefined();
});
