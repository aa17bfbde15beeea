/** Runs once, before the server takes requests. */
export async function register(): Promise<void> {
  // A module of its own: what it needs of Node is not to be had in the other runtime, for which this file is built too.
  if (process.env.NEXT_RUNTIME === "nodejs") (await import("./start")).start();
}
