import type { ReactNode } from "react";
import { BackendError } from "@/lib/backend/errors";
import { respondWith } from "@/lib/response-status";
import { NotFound } from "./NotFound";
import { Unavailable } from "./Unavailable";

/**
 * Wraps a page that reads from the backend: what it cannot have becomes a whole page that says so, with its HTTP
 * status. All reading is done in `render` itself, not in components below it, which are rendered later.
 */
export function page<Props>(render: (props: Props) => Promise<ReactNode>): (props: Props) => Promise<ReactNode> {
  return async function Page(props) {
    try {
      return await render(props);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (error.kind === "not_found") {
        respondWith(404);
        return <NotFound />;
      }
      respondWith(503, { "Retry-After": "10" });
      return <Unavailable />;
    }
  };
}
