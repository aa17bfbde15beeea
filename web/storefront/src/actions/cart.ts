"use server";

import { refresh } from "next/cache";
import { addLine, createCart, getCart, setQuantity } from "@/lib/backend/carts";
import { isId } from "@/lib/backend/ids";
import { getProduct } from "@/lib/backend/products";
import { maxQuantity, parseQuantity } from "@/lib/cart/cart";
import { canBuy } from "@/lib/catalogue/product";
import { findVariant } from "@/lib/catalogue/variants";
import { text } from "@/lib/messages";
import { cartCookie } from "@/lib/session";
import { getShop } from "@/lib/shop";
import { done, explain, failed } from "./outcome";
import type { ActionState } from "./state";

function selectionOf(form: FormData): Record<string, string> {
  const prefix = "option.";
  const chosen = [...form].filter(([name, value]) => name.startsWith(prefix) && typeof value === "string");
  return Object.fromEntries(chosen.map(([name, value]) => [name.slice(prefix.length), String(value)]));
}

async function cartToFill(): Promise<string> {
  const cart = await getCart();
  if (cart) return cart.id;
  const id = await createCart();
  await cartCookie.write(id);
  return id;
}

export async function addToCart(previous: ActionState, form: FormData): Promise<ActionState> {
  const { messages } = getShop();
  const quantity = parseQuantity(form.get("quantity") ?? "1");
  if (!quantity) return failed(previous, text(messages.errorQuantity, { max: maxQuantity }));
  try {
    const product = await getProduct(String(form.get("product")));
    const variant = findVariant(product.variants, selectionOf(form));
    if (!variant || !canBuy(variant)) return failed(previous, messages.errorChoice);
    await addLine(await cartToFill(), variant.id, quantity);
    refresh();
    return done(previous, text(messages.added, { title: product.title }));
  } catch (error) {
    return failed(previous, explain(error));
  }
}

export async function changeQuantity(previous: ActionState, form: FormData): Promise<ActionState> {
  const { messages } = getShop();
  // A button's own quantity (one more, one less, none) comes after the field's and wins.
  const quantity = parseQuantity(form.getAll("quantity").at(-1));
  const lineId = form.get("line");
  if (quantity === null) return failed(previous, text(messages.errorQuantity, { max: maxQuantity }));
  try {
    const cart = await getCart();
    const line = cart?.lines.find(({ id }) => id === lineId);
    if (!cart || !line || !isId("cali", line.id)) return failed(previous, messages.errorCartGone);
    await setQuantity(cart.id, line.id, quantity);
    refresh();
    const message = quantity === 0 ? messages.cartRemoved : messages.cartUpdated;
    return done(previous, text(message, { title: line.title, quantity }));
  } catch (error) {
    return failed(previous, explain(error));
  }
}
