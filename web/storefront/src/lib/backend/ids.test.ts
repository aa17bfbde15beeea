import { expect, test } from "vitest";
import { isId } from "./ids";

test("an id is a prefix and letters and digits", () => {
  expect(isId("cart", "cart_01JABCDEFGHJKMNPQRSTVWXYZ0")).toBe(true);
});

test.each([
  undefined,
  "",
  "cart_",
  "order_01JABCDEFGHJKMNPQRSTVWXYZ0",
  "cart_01JABCDEFG/../../admin",
  "cart_01JABCDEFG?x=1",
  "cart_01JABCDEFG\n",
])("%j is no cart id", (value) => {
  expect(isId("cart", value)).toBe(false);
});
