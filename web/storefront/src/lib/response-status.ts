import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";

// A page of Next's App Router cannot set the status of its response: it can only throw, and what is then sent without
// JavaScript is an empty page (vercel/next.js#62228). Our pages render what is wrong themselves, in full, and state the
// status here. Node announces each request on a diagnostics channel, in the context that the page is later rendered in.

const slot = Symbol.for("storefront.response");
// The instrumentation hook and the pages are bundled apart: what they share hangs on the global object.
const shared = globalThis as { [slot]?: AsyncLocalStorage<ServerResponse> };

/** Called once, when the server starts. */
export function trackResponses(): void {
  if (shared[slot]) return;
  const responses = new AsyncLocalStorage<ServerResponse>();
  shared[slot] = responses;
  subscribe("http.server.request.start", (message) => {
    responses.enterWith((message as { response: ServerResponse }).response);
  });
}

/**
 * States the status of the response that is being rendered. Call before the first byte is sent: from a page, not below
 * it.
 */
export function respondWith(status: number, headers: Record<string, string> = {}): void {
  const response = shared[slot]?.getStore();
  if (!response || response.headersSent) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}
