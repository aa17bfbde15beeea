import { describe, expect, test } from "vitest";
import { countOf, nextStep, parseQuantity, type Cart, type Line } from "./cart";
import { totalsOf } from "./totals";

const line = (quantity: number): Line => ({
  id: "1",
  title: "Mug",
  variant: null,
  handle: "mug",
  image: null,
  quantity,
  unitPrice: 5,
});
const empty: Cart = {
  id: "cart_1",
  currency: "USD",
  lines: [],
  totals: totalsOf({}),
  email: null,
  shippingAddress: null,
  billingAddress: null,
  shippingOptionId: null,
};
const address = { firstName: "A", lastName: "B", address1: "C", city: "D", country: "US" };

test("the count is of pieces", () => {
  expect(countOf([line(2), line(3)])).toBe(5);
});

test.each([
  ["0", 0],
  [" 7 ", 7],
  ["99", 99],
  ["100", null],
  ["-1", null],
  ["1.5", null],
  ["1e1", null],
  ["", null],
  [undefined, null],
])("quantity %j is %j", (value, expected) => {
  expect(parseQuantity(value)).toBe(expected);
});

test("the next step is the first that is not done", () => {
  expect(nextStep(empty)).toBe("cart");
  const filled = { ...empty, lines: [line(1)] };
  expect(nextStep(filled)).toBe("address");
  const addressed = { ...filled, email: "a@b.example", shippingAddress: address };
  expect(nextStep(addressed)).toBe("delivery");
  expect(nextStep({ ...addressed, shippingOptionId: "so_1" })).toBe("payment");
});

describe("totals add up", () => {
  const sum = ({ goods, discount, shipping, tax, taxIncluded }: ReturnType<typeof totalsOf>) =>
    goods - discount + (shipping ?? 0) + (taxIncluded ? 0 : tax);

  test("without tax in prices", () => {
    const totals = totalsOf({
      total: 99,
      tax_total: 9,
      item_subtotal: 100,
      original_item_total: 110,
      discount_total: 22,
      discount_subtotal: 20,
      shipping_subtotal: 10,
      original_shipping_total: 11,
      items: [{ is_tax_inclusive: false }],
      shipping_methods: [{}],
    });
    expect(totals).toMatchObject({ goods: 100, discount: 20, shipping: 10, tax: 9, taxIncluded: false });
    expect(sum(totals)).toBe(totals.total);
  });

  test("with tax in prices", () => {
    const totals = totalsOf({
      total: 99,
      tax_total: 9,
      item_subtotal: 100,
      original_item_total: 110,
      discount_total: 22,
      discount_subtotal: 20,
      shipping_subtotal: 10,
      original_shipping_total: 11,
      items: [{ is_tax_inclusive: true }],
      shipping_methods: [{}],
    });
    expect(totals).toMatchObject({ goods: 110, discount: 22, shipping: 11, tax: 9, taxIncluded: true });
    expect(sum(totals)).toBe(totals.total);
  });

  test("delivery is unknown until it is chosen", () => {
    expect(totalsOf({ shipping_subtotal: 0, shipping_methods: [] }).shipping).toBeNull();
  });
});
