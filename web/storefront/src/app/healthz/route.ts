export const dynamic = "force-dynamic";

/** The server runs. Says nothing of the backend: a storefront without it still serves a page that says so. */
export function GET(): Response {
  return new Response("ok\n", {
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
  });
}
