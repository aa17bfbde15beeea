import { expect, test } from "vitest";
import { catalogueHref, readCatalogueQuery, readHandle } from "./query";

test("an address and its query are each other's inverse", () => {
  const query = { search: "red & blue", category: "mugs", sort: "name", page: 3 } as const;
  const params = Object.fromEntries(new URL(catalogueHref(query), "http://shop").searchParams);
  expect(readCatalogueQuery(params)).toEqual(query);
});

test("defaults stay out of the address", () => {
  expect(catalogueHref(readCatalogueQuery({}))).toBe("/products");
});

test("nonsense is read as the default", () => {
  expect(readCatalogueQuery({ q: ["  mug ", "cup"], sort: "price", page: "-3" })).toEqual({
    search: "mug",
    category: "",
    sort: "newest",
    page: 1,
  });
  expect(readCatalogueQuery({ q: "mug\0" }).search).toBe("mug");
  expect(readCatalogueQuery({ q: "x".repeat(500) }).search).toHaveLength(100);
});

test.each([
  ["mug", "mug"],
  ["caf%C3%A9", "café"],
  ["%00", null],
  ["%E0%A4%A", null],
  ["", null],
  ["x".repeat(256), null],
])("the handle in %j is %j", (segment, expected) => {
  expect(readHandle(segment)).toBe(expected);
});
