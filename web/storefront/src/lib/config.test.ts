import { expect, test } from "vitest";
import { readConfig } from "./config";

const env = {
  BACKEND_URL: "http://backend:9000",
  PUBLISHABLE_KEY_FILE: "/run/secrets/key",
  STORE_COUNTRY: "de",
  STORE_CURRENCY: "eur",
  STORE_LANGUAGE: "de-DE",
  STORE_NAME: " Schuhe ",
};

test("codes are normalised", () => {
  expect(readConfig(env)).toEqual({
    backendUrl: "http://backend:9000",
    publishableKeyFile: "/run/secrets/key",
    country: "DE",
    currency: "EUR",
    language: "de",
    name: "Schuhe",
  });
});

test.each([
  ["BACKEND_URL", "backend:9000"],
  ["BACKEND_URL", "file:///etc"],
  ["PUBLISHABLE_KEY_FILE", ""],
  ["STORE_COUNTRY", "Germany"],
  ["STORE_CURRENCY", "€"],
  ["STORE_LANGUAGE", "1"],
  ["STORE_NAME", "  "],
])("%s = '%s' is refused, and the error names the variable", (key, value) => {
  expect(() => readConfig({ ...env, [key]: value })).toThrow(new RegExp(`^${key} is .*: set it to `));
});
