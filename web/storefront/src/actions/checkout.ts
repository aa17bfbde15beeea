"use server";

import { redirect } from "next/navigation";
import type { Address } from "@/lib/address/address";
import { checkAddress, checkEmail, readAddress, readEmail, type Problem } from "@/lib/address/validate";
import { getCart, setAddresses } from "@/lib/backend/carts";
import { completeCart, setShippingOption } from "@/lib/backend/checkout";
import { isId } from "@/lib/backend/ids";
import { getRegion } from "@/lib/backend/region";
import { cartCookie, orderCookie } from "@/lib/session";
import { getShop } from "@/lib/shop";
import { explain, failed } from "./outcome";
import type { ActionState } from "./state";

export interface AddressEntries {
  email: string;
  shipping: Address;
  billing: Address;
  billingSame: boolean;
}

export interface AddressState extends ActionState {
  /** What was entered, so that nothing has to be typed twice; null before the first attempt. */
  entries: AddressEntries | null;
  /** By form field: email, shipping.city, billing.postalCode. */
  problems: Record<string, Problem>;
}

function readEntries(form: FormData): AddressEntries {
  const billingSame = form.get("billingSame") === "on";
  const shipping = readAddress(form, "shipping.");
  return {
    email: readEmail(form),
    shipping,
    billing: billingSame ? shipping : readAddress(form, "billing."),
    billingSame,
  };
}

function check(
  { email, shipping, billing, billingSame }: AddressEntries,
  countries: string[],
): Record<string, Problem> {
  const prefixed = (prefix: string, address: Address) =>
    Object.entries(checkAddress(address, countries)).map(([field, problem]) => [`${prefix}${field}`, problem] as const);
  const emailProblem = checkEmail(email);
  return Object.fromEntries([
    ...(emailProblem ? [["email", emailProblem] as const] : []),
    ...prefixed("shipping.", shipping),
    ...(billingSame ? [] : prefixed("billing.", billing)),
  ]);
}

export async function saveAddress(previous: AddressState, form: FormData): Promise<AddressState> {
  const entries = readEntries(form);
  try {
    const [cart, region] = await Promise.all([getCart(), getRegion()]);
    if (!cart) return { ...failed(previous, getShop().messages.errorCartGone), entries, problems: {} };
    const problems = check(entries, region.countries);
    if (Object.keys(problems).length > 0)
      return { ...failed(previous, getShop().messages.problemsTitle), entries, problems };
    await setAddresses(cart.id, entries.email, entries.shipping, entries.billing);
  } catch (error) {
    return { ...failed(previous, explain(error)), entries, problems: {} };
  }
  redirect("/checkout/delivery");
}

export async function chooseDelivery(previous: ActionState, form: FormData): Promise<ActionState> {
  const option = form.get("option");
  try {
    const cart = await getCart();
    if (!cart) return failed(previous, getShop().messages.errorCartGone);
    if (!isId("so", option)) return failed(previous, getShop().messages.errorChoice);
    await setShippingOption(cart.id, option);
  } catch (error) {
    return failed(previous, explain(error));
  }
  redirect("/checkout/payment");
}

export async function placeOrder(previous: ActionState): Promise<ActionState> {
  let orderId: string;
  try {
    // By the cookie, not by getCart: a cart that has become an order meanwhile has to lead to that order.
    const cartId = await cartCookie.read();
    if (!cartId) return failed(previous, getShop().messages.errorCartGone);
    orderId = await completeCart(cartId);
    await orderCookie.add(orderId);
    await cartCookie.clear();
  } catch (error) {
    return failed(previous, explain(error));
  }
  redirect(`/orders/${orderId}`);
}
