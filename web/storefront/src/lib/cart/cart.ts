// What pages show of a cart or an order, made from Medusa's answers by backend/carts.ts and backend/orders.ts.

import type { Address } from "@/lib/address/address";

export interface Line {
  id: string;
  title: string;
  /** The chosen options, such as "M / Blue"; null if the product has nothing to choose. */
  variant: string | null;
  /** Null if the product has been removed since. */
  handle: string | null;
  image: string | null;
  quantity: number;
  unitPrice: number;
}

export interface Totals {
  /** Goods before discount, in the terms that prices are shown in: with tax if `taxIncluded`, else without. */
  goods: number;
  discount: number;
  /** Null until a delivery is chosen. */
  shipping: number | null;
  tax: number;
  taxIncluded: boolean;
  total: number;
}

export interface Cart {
  id: string;
  currency: string;
  lines: Line[];
  totals: Totals;
  email: string | null;
  shippingAddress: Address | null;
  billingAddress: Address | null;
  shippingOptionId: string | null;
}

export const maxQuantity = 99;

export function countOf(lines: Line[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** A quantity as a form sends it: a whole number from 0 to maxQuantity, or null if it is none. */
export function parseQuantity(value: unknown): number | null {
  if (typeof value !== "string" || !/^\d{1,3}$/.test(value.trim())) return null;
  const quantity = Number(value);
  return quantity <= maxQuantity ? quantity : null;
}

/** How far a customer has come: where to send one who asks for a later step. */
export function nextStep(cart: Cart): "cart" | "address" | "delivery" | "payment" {
  if (cart.lines.length === 0) return "cart";
  if (!cart.email || !cart.shippingAddress) return "address";
  return cart.shippingOptionId ? "payment" : "delivery";
}
