import "server-only";
import { BackendError } from "@/lib/backend/errors";
import type { Messages } from "@/lib/messages";
import { getShop } from "@/lib/shop";
import type { ActionState } from "./state";

export function done(previous: ActionState, message: string): ActionState {
  return { attempt: previous.attempt + 1, outcome: "done", message };
}

export function failed(previous: ActionState, message: string): ActionState {
  return { attempt: previous.attempt + 1, outcome: "failed", message };
}

/** What to tell a customer whose request the backend did not carry out. Any other error is a defect and goes on. */
export function explain(error: unknown, messages: Messages = getShop().messages): string {
  if (!(error instanceof BackendError)) throw error;
  switch (error.kind) {
    case "out_of_stock":
      return messages.errorStock;
    case "unavailable":
      return messages.errorUnavailable;
    case "not_found":
    case "rejected":
      console.warn(`backend: ${error.message}`);
      return messages.errorRejected;
  }
}
