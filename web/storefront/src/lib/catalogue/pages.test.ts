import { expect, test } from "vitest";
import { pageLinks, pageNumber } from "./pages";

test.each([
  [undefined, 1],
  ["3", 3],
  ["0", 1],
  ["-1", 1],
  ["1e9", 1],
  ["abc", 1],
])("page=%s is page %d", (value, expected) => {
  expect(pageNumber(value)).toBe(expected);
});

test("links skip the middle", () => {
  expect(pageLinks({ number: 1, count: 1 })).toEqual([1]);
  expect(pageLinks({ number: 2, count: 3 })).toEqual([1, 2, 3]);
  expect(pageLinks({ number: 5, count: 9 })).toEqual([1, null, 4, 5, 6, null, 9]);
});
