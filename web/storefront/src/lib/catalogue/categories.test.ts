import { expect, test } from "vitest";
import { childrenOf, topLevel, trail, withDescendants, type Category } from "./categories";

const category = (id: string, parentId: string | null): Category => ({ id, name: id, handle: id, parentId });
const categories = [
  category("shoes", null),
  category("boots", "shoes"),
  category("winter", "boots"),
  category("mugs", null),
];
const ids = (list: Category[]) => list.map(({ id }) => id);

test("the tree", () => {
  expect(ids(topLevel(categories))).toEqual(["shoes", "mugs"]);
  expect(ids(childrenOf(categories, "shoes"))).toEqual(["boots"]);
  expect(withDescendants(categories, "shoes")).toEqual(["shoes", "boots", "winter"]);
  expect(ids(trail(categories, "winter"))).toEqual(["shoes", "boots", "winter"]);
});

test("a category whose parent is hidden stands at the top", () => {
  expect(ids(topLevel([category("winter", "hidden")]))).toEqual(["winter"]);
});

test("a cycle ends", () => {
  const cycle = [category("a", "b"), category("b", "a")];
  expect(withDescendants(cycle, "a")).toEqual(["a", "b"]);
  expect(ids(trail(cycle, "a"))).toEqual(["b", "a"]);
});
