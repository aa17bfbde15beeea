import type { ReactNode } from "react";
import type { ActionState } from "@/actions/state";

/** Says what came of an action, to the eye and to screen readers. Always in the page, so that changes are announced. */
export function Announcement({ state, children }: { state: ActionState; children?: ReactNode }) {
  return (
    <div className="announcement">
      <div role="status" aria-live="polite">
        {state.outcome === "done" && (
          <p key={state.attempt} className="notice notice--done">
            {state.message} {children}
          </p>
        )}
      </div>
      <div role="alert">
        {state.outcome === "failed" && (
          <p key={state.attempt} className="notice notice--failed">
            {state.message}
          </p>
        )}
      </div>
    </div>
  );
}
