// The store's settings, from the environment of the running server. Nothing of it is known when the image is built.

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

type Environment = Record<string, string | undefined>;

function setting(env: Environment, key: string, expected: string, valid: (value: string) => boolean): string {
  const value = env[key]?.trim() ?? "";
  if (!valid(value))
    throw new ConfigError(`${key} is ${value === "" ? "not set" : `'${value}'`}: set it to ${expected}`);
  return value;
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/** Throws ConfigError, naming the variable and what it has to be. */
export function readConfig(env: Environment): StoreConfig {
  return {
    backendUrl: setting(env, "BACKEND_URL", "the URL of the Medusa backend, such as http://backend:9000", isHttpUrl),
    publishableKeyFile: setting(env, "PUBLISHABLE_KEY_FILE", "the path of the file with the pk_ key", (v) => v !== ""),
    country: setting(env, "STORE_COUNTRY", "an ISO 3166 country code, such as US", (v) =>
      /^[a-z]{2}$/i.test(v),
    ).toUpperCase(),
    currency: setting(env, "STORE_CURRENCY", "an ISO 4217 currency code, such as USD", (v) =>
      /^[a-z]{3}$/i.test(v),
    ).toUpperCase(),
    language: setting(env, "STORE_LANGUAGE", "a language code, such as en", (v) =>
      /^[a-z]{2,3}([-_][a-z0-9]+)*$/i.test(v),
    )
      .split(/[-_]/)[0]!
      .toLowerCase(),
    name: setting(env, "STORE_NAME", "the name that the shop shows", (v) => v !== ""),
  };
}

let config: StoreConfig | undefined;

export function storeConfig(): StoreConfig {
  config ??= readConfig(process.env);
  return config;
}
