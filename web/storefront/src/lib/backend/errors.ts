/**
 * Why a call to the backend failed:
 * unavailable: it did not answer, answered with a server error, or refused our key (nothing that a visitor can mend);
 * not_found: there is no such object; out_of_stock: it cannot be bought in that number; rejected: it refused what was
 * sent.
 */
export type FailureKind = "unavailable" | "not_found" | "out_of_stock" | "rejected";

export class BackendError extends Error {
  override name = "BackendError";
  readonly kind: FailureKind;
  /** HTTP status of the answer, if there was one. */
  readonly status: number | undefined;

  constructor(kind: FailureKind, message: string, status?: number) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/** Medusa answers lack of stock as a plain 400: only the message tells it from other refusals. */
export function classify(status: number, message: string): FailureKind {
  if (status === 404) return "not_found";
  if (status >= 500 || status === 401 || status === 403 || status === 429) return "unavailable";
  return /inventory/i.test(message) ? "out_of_stock" : "rejected";
}
