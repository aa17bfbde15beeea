import "server-only";
import { backend } from "./client";
import { BackendError } from "./errors";

/** Gives a customer's account a new password. The token is that of the mailed link, which opens nothing else. */
export async function setPassword(token: string, password: string): Promise<"done" | "expired"> {
  try {
    await backend.post("/auth/customer/emailpass/update", { password }, { authorization: `Bearer ${token}` });
    return "done";
  } catch (error) {
    if (error instanceof BackendError && error.status === 401) return "expired";
    throw error;
  }
}
