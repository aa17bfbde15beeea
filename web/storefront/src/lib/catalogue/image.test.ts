import { expect, test } from "vitest";
import { imagePath } from "./image";

test.each([
  ["/static/mug.png", "/static/mug.png"],
  ["http://backend:9000/static/mug.png?v=2", "/static/mug.png?v=2"],
  ["http://localhost:9000/static/mug.png", "/static/mug.png"],
  ["https://elsewhere.example/static/mug.png", null],
  ["//elsewhere.example/mug.png", null],
  ["not a url", null],
  ["", null],
  [null, null],
])("%s is shown as %s", (url, expected) => {
  expect(imagePath(url, "http://backend:9000")).toBe(expected);
});
