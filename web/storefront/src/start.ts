import { ConfigError, storeConfig } from "./lib/config";
import { trackResponses } from "./lib/response-status";

/** Ends the process if a setting is missing: better than a shop whose every page fails. */
export function start(): void {
  trackResponses();
  try {
    storeConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`storefront: ${error.message}`);
    process.exit(1);
  }
}
