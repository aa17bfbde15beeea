import { expect, test } from "vitest";
import { orderValues } from "./option-values";

const values = (...list: string[]) => list.map((value) => ({ value, rank: null }));

test.each([
  [values("XL", "M", "s", "2XL"), ["s", "M", "XL", "2XL"]],
  [values("42", "9", "38.5"), ["9", "38.5", "42"]],
  [values("Sand", "Moss"), ["Moss", "Sand"]],
  [
    [
      { value: "Moss", rank: 2 },
      { value: "Sand", rank: 1 },
    ],
    ["Sand", "Moss"],
  ],
  [[], []],
])("order %#", (given, expected) => {
  expect(orderValues(given)).toEqual(expected);
});
