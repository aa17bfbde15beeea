"use server";

import { setPassword } from "@/lib/backend/account";
import { getShop } from "@/lib/shop";
import { done, explain, failed } from "./outcome";
import type { ActionState } from "./state";

const shortest = 8;
const longest = 200;

export async function choosePassword(previous: ActionState, form: FormData): Promise<ActionState> {
  const { messages } = getShop();
  const [token, password] = [String(form.get("token")), String(form.get("password"))];
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return failed(previous, messages.passwordLinkExpired);
  if (password.length < shortest || password.length > longest) return failed(previous, messages.passwordLength);
  try {
    const outcome = await setPassword(token, password);
    if (outcome === "expired") return failed(previous, messages.passwordLinkExpired);
    return done(previous, messages.passwordChanged);
  } catch (error) {
    return failed(previous, explain(error));
  }
}
