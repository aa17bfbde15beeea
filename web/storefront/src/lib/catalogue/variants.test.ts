import { describe, expect, test } from "vitest";
import { lowestPrice, stockOf, type Stock, type Variant } from "./product";
import { findVariant, initialSelection, isAvailable } from "./variants";

const price = (amount: number) => ({ amount, currency: "EUR", original: null, taxIncluded: false });
const variant = (
  id: string,
  size: string,
  colour: string,
  state: Stock["state"] = "in_stock",
  amount = 10,
): Variant => ({
  id,
  options: { size, colour },
  price: price(amount),
  stock: state === "few" ? { state, left: 1 } : { state },
});
const variants = [variant("1", "S", "red", "sold_out"), variant("2", "S", "blue"), variant("3", "M", "red", "few", 8)];

describe("variants", () => {
  test("a full selection finds its variant", () => {
    expect(findVariant(variants, { size: "M", colour: "red" })?.id).toBe("3");
    expect(findVariant(variants, { size: "M", colour: "blue" })).toBeUndefined();
    expect(findVariant(variants, { size: "M" })).toBeUndefined();
  });

  test("a value is available if something that has it can be bought", () => {
    expect(isAvailable(variants, { size: "S", colour: "blue" }, "colour", "red")).toBe(false);
    expect(isAvailable(variants, { size: "S", colour: "blue" }, "colour", "blue")).toBe(true);
    expect(isAvailable(variants, { size: "S", colour: "red" }, "size", "M")).toBe(true);
  });

  test("the page starts with what can be bought", () => {
    expect(initialSelection(variants)).toEqual({ size: "S", colour: "blue" });
    expect(initialSelection([])).toEqual({});
  });
});

test("the lowest price, and whether there are others", () => {
  expect(lowestPrice(variants)).toEqual({ ...price(8), from: true });
  expect(lowestPrice(variants.slice(0, 2))).toEqual({ ...price(10), from: false });
  expect(lowestPrice([{ ...variants[0]!, price: null }])).toBeNull();
});

test.each([
  [false, false, 0, { state: "in_stock" }],
  [true, false, 6, { state: "in_stock" }],
  [true, false, 5, { state: "few", left: 5 }],
  [true, true, 0, { state: "backorder" }],
  [true, false, 0, { state: "sold_out" }],
  [true, false, -2, { state: "sold_out" }],
])("stock: managed %s, backorder %s, %d", (managed, backorder, quantity, expected) => {
  expect(stockOf(managed, backorder, quantity)).toEqual(expected);
});
