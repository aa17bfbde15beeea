import "server-only";
import { readFile } from "node:fs/promises";
import Medusa, { FetchError } from "@medusajs/js-sdk";
import { storeConfig } from "@/lib/config";
import { localeOf } from "@/lib/money";
import { BackendError, classify } from "./errors";

// A shop page that takes longer is worse than one that says so and offers to try again.
const readTimeoutMs = 6_000;
const writeTimeoutMs = 10_000;

interface Call {
  query?: Record<string, unknown>;
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
}

let client: { key: string; sdk: Medusa } | undefined;

async function medusa(): Promise<Medusa> {
  const config = storeConfig();
  const key = (await readFile(config.publishableKeyFile, "utf8")).trim();
  if (client?.key !== key) {
    client = {
      key,
      sdk: new Medusa({
        baseUrl: config.backendUrl,
        publishableKey: key,
        globalHeaders: { "x-medusa-locale": localeOf(config.language, config.country) },
      }),
    };
  }
  return client.sdk;
}

function asBackendError(error: unknown, what: string): BackendError {
  if (error instanceof FetchError && error.status !== undefined) {
    const kind = classify(error.status, error.message);
    return new BackendError(kind, `${what}: ${error.status} ${error.message}`, error.status);
  }
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  const reason = error instanceof Error ? error.message : String(error);
  return new BackendError("unavailable", `${what}: ${reason}${cause}`);
}

async function call<T>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  timeoutMs: number,
  { query, body, headers }: Call,
): Promise<T> {
  try {
    const sdk = await medusa();
    return await sdk.client.fetch<T>(path, {
      method,
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
      ...(query && { query }),
      ...(body && { body }),
      ...(headers && { headers }),
    });
  } catch (error) {
    const failure = asBackendError(error, `${method} ${path}`);
    if (failure.kind === "unavailable") console.error(`backend: ${failure.message}`);
    throw failure;
  }
}

/** Every call has a deadline and fails with BackendError alone. Paths are built from checked ids only: see ids.ts. */
export const backend = {
  get: <T>(path: string, query?: Record<string, unknown>) =>
    call<T>("GET", path, readTimeoutMs, query ? { query } : {}),
  post: <T>(path: string, body: Record<string, unknown>, headers?: Record<string, string>) =>
    call<T>("POST", path, writeTimeoutMs, { body, ...(headers && { headers }) }),
  delete: <T>(path: string) => call<T>("DELETE", path, writeTimeoutMs, {}),
};
