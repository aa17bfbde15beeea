import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { readConfig, storeConfig } from "./config";

const env = { BACKEND_URL: "http://backend:9000", PUBLISHABLE_KEY_FILE: "/run/secrets/key" };
const store = { displayName: " Schuhe ", country: "de", currency: "eur", language: "de-DE", hostnames: ["a.example"] };
const read = (changes: { env?: object; store?: object }) =>
  readConfig({ ...env, ...changes.env }, JSON.stringify({ ...store, ...changes.store }));

const folder = mkdtempSync(path.join(tmpdir(), "config-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("codes are normalised", () => {
  expect(read({})).toEqual({
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
])("%s = '%s' is refused, and the error names the variable", (key, value) => {
  expect(() => read({ env: { [key]: value } })).toThrow(new RegExp(`^${key} is .*: set it to `));
});

test.each([
  ["country", "Germany"],
  ["currency", "€"],
  ["language", "1"],
  ["displayName", "  "],
  ["displayName", 7],
])("%s = '%s' is refused, and the error names file and member", (key, value) => {
  expect(() => read({ store: { [key]: value } })).toThrow(new RegExp(`^STORE_FILE: ${key} is .*: set it to `));
});

test("a file that is no JSON is refused", () => {
  expect(() => readConfig(env, "{")).toThrow(/^STORE_FILE is no JSON/);
});

test("a changed file is taken over at the next use, a bad one is not", () => {
  const file = path.join(folder, "store.json");
  const write = (name: string) => writeFileSync(file, JSON.stringify({ ...store, displayName: name }));
  for (const [key, value] of Object.entries({ ...env, STORE_FILE: file })) vi.stubEnv(key, value);
  const errors = vi.spyOn(console, "error").mockReturnValue();
  write("Shoes");
  expect(storeConfig()).toBe(storeConfig());
  expect(storeConfig().name).toBe("Shoes");
  write("Boots");
  expect(storeConfig().name).toBe("Boots");
  write("");
  expect(storeConfig().name).toBe("Boots");
  rmSync(file);
  expect(storeConfig().name).toBe("Boots");
  expect(errors.mock.calls.flat().join()).toContain("STORE_FILE: displayName is not set");
  write("Sandals");
  expect(storeConfig().name).toBe("Sandals");
});
