import { expect, test } from "vitest";
import { classify } from "./errors";

test.each([
  [404, "Product not found", "not_found"],
  [500, "An unknown error occurred.", "unavailable"],
  [503, "", "unavailable"],
  [401, "A valid publishable key is required", "unavailable"],
  [429, "Too many requests", "unavailable"],
  [400, "Some variant does not have the required inventory", "out_of_stock"],
  [400, "Country with code fr is not within region EU", "rejected"],
])("%d %s is %s", (status, message, kind) => {
  expect(classify(status, message)).toBe(kind);
});
