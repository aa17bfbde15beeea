// The store's settings: where things are, from the environment of the running server; who the store is, from a mounted
// file that can change under it. Nothing of it is known when the image is built.

import { readFileSync } from "node:fs";

export interface StoreConfig {
  /** Origin of the Medusa backend inside the cluster. */
  backendUrl: string;
  /** File that holds the publishable API key; read again at every use, as it can change under a running pod. */
  publishableKeyFile: string;
  /** ISO 3166-1 alpha-2, upper case. */
  country: string;
  /** ISO 4217, upper case. */
  currency: string;
  /** ISO 639 language, lower case. */
  language: string;
  name: string;
}

export class ConfigError extends Error {
  override name = "ConfigError";
}

type Source = Record<string, unknown>;

/** A member of the source as text; where it comes from is told before its name when it is not valid. */
function settingOf(source: Source, where: string) {
  return (key: string, expected: string, valid: (value: string) => boolean): string => {
    const value = typeof source[key] === "string" ? source[key].trim() : "";
    if (!valid(value))
      throw new ConfigError(`${where}${key} is ${value === "" ? "not set" : `'${value}'`}: set it to ${expected}`);
    return value;
  };
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/** Throws ConfigError, naming the setting and what it has to be. */
export function readConfig(env: Record<string, string | undefined>, storeText: string): StoreConfig {
  const setting = settingOf(env, "");
  const store = settingOf(parseStore(storeText), "STORE_FILE: ");
  return {
    backendUrl: setting("BACKEND_URL", "the URL of the Medusa backend, such as http://backend:9000", isHttpUrl),
    publishableKeyFile: setting("PUBLISHABLE_KEY_FILE", "the path of the file with the pk_ key", (v) => v !== ""),
    country: store("country", "an ISO 3166 country code, such as US", (v) => /^[a-z]{2}$/i.test(v)).toUpperCase(),
    currency: store("currency", "an ISO 4217 currency code, such as USD", (v) => /^[a-z]{3}$/i.test(v)).toUpperCase(),
    language: store("language", "a language code, such as en", (v) => /^[a-z]{2,3}([-_][a-z0-9]+)*$/i.test(v))
      .split(/[-_]/)[0]!
      .toLowerCase(),
    name: store("displayName", "the name that the shop shows", (v) => v !== ""),
  };
}

function parseStore(text: string): Source {
  try {
    return JSON.parse(text) as Source;
  } catch (error) {
    throw new ConfigError(`STORE_FILE is no JSON (${(error as Error).message}): write it as {"displayName": …}`);
  }
}

function storeText(file: string | undefined): string {
  if (!file) throw new ConfigError("STORE_FILE is not set: set it to the path of the file with the store's identity");
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`STORE_FILE: ${file} cannot be read (${(error as Error).message}): mount it there`);
  }
}

let known: { text: string; config: StoreConfig } | undefined;

/** The same object until the file changes. A file that has become bad changes nothing: the shop goes on as it was. */
export function storeConfig(): StoreConfig {
  try {
    const text = storeText(process.env.STORE_FILE);
    if (known?.text !== text) known = { text, config: readConfig(process.env, text) };
  } catch (error) {
    if (!known) throw error;
    report(error);
  }
  return known.config;
}

let reported = "";

function report(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (message !== reported) console.error(`storefront: ${message}`);
  reported = message;
}
