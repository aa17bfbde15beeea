import "server-only";
import type { HttpTypes } from "@medusajs/types";
import { cache } from "react";
import { fromMedusa, toMedusa, type Address } from "@/lib/address/address";
import type { Cart, Line } from "@/lib/cart/cart";
import { totalsOf } from "@/lib/cart/totals";
import { imagePath } from "@/lib/catalogue/image";
import { storeConfig } from "@/lib/config";
import { cartCookie } from "@/lib/session";
import { backend } from "./client";
import { BackendError } from "./errors";
import { getRegion } from "./region";

/** What the line items of carts and of orders have in common. */
interface LineSource {
  id: string;
  title: string;
  product_title?: string | null;
  variant_title?: string | null;
  product_handle?: string | null;
  thumbnail?: string | null;
  quantity: number;
  unit_price: number;
}

export function toLine(item: LineSource): Line {
  const title = item.product_title ?? item.title;
  // A product without choices has one variant, which Medusa or its owner calls by some such name.
  const variant = item.variant_title;
  return {
    id: item.id,
    title,
    variant:
      variant && variant !== title && !/^(default|default variant|one|one size)$/i.test(variant) ? variant : null,
    handle: item.product_handle ?? null,
    image: imagePath(item.thumbnail, storeConfig().backendUrl),
    quantity: item.quantity,
    unitPrice: item.unit_price,
  };
}

function toCart(cart: HttpTypes.StoreCart): Cart {
  const byAge = [...(cart.items ?? [])].sort((a, b) => String(a.created_at).localeCompare(String(b.created_at)));
  return {
    id: cart.id,
    currency: cart.currency_code.toUpperCase(),
    lines: byAge.map(toLine),
    totals: totalsOf(cart),
    email: cart.email ?? null,
    shippingAddress: fromMedusa(cart.shipping_address),
    billingAddress: fromMedusa(cart.billing_address),
    shippingOptionId: cart.shipping_methods?.at(-1)?.shipping_option_id ?? null,
  };
}

/**
 * The visitor's cart, or null if there is none, or it became an order, or it is of a region that is no longer sold in.
 */
export const getCart = cache(async (): Promise<Cart | null> => {
  const id = await cartCookie.read();
  if (!id) return null;
  try {
    const [{ cart }, region] = await Promise.all([
      backend.get<{ cart: HttpTypes.StoreCart }>(`/store/carts/${id}`),
      getRegion(),
    ]);
    const { completed_at } = cart as { completed_at?: string | null };
    return completed_at || cart.region_id !== region.id ? null : toCart(cart);
  } catch (error) {
    if (error instanceof BackendError && error.kind === "not_found") return null;
    throw error;
  }
});

export async function createCart(): Promise<string> {
  const region = await getRegion();
  const { cart } = await backend.post<{ cart: HttpTypes.StoreCart }>("/store/carts", { region_id: region.id });
  return cart.id;
}

export async function addLine(cartId: string, variantId: string, quantity: number): Promise<void> {
  await backend.post(`/store/carts/${cartId}/line-items`, { variant_id: variantId, quantity });
}

export async function setQuantity(cartId: string, lineId: string, quantity: number): Promise<void> {
  const path = `/store/carts/${cartId}/line-items/${lineId}`;
  await (quantity === 0 ? backend.delete(path) : backend.post(path, { quantity }));
}

export async function setAddresses(cartId: string, email: string, shipping: Address, billing: Address): Promise<void> {
  await backend.post(`/store/carts/${cartId}`, {
    email,
    shipping_address: toMedusa(shipping),
    billing_address: toMedusa(billing),
  });
}
