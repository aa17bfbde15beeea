import "server-only";
import type { HttpTypes } from "@medusajs/types";
import { fromMedusa, type Address } from "@/lib/address/address";
import type { Line, Totals } from "@/lib/cart/cart";
import { totalsOf } from "@/lib/cart/totals";
import { toLine } from "./carts";
import { backend } from "./client";

export interface Order {
  number: string;
  placedAt: Date;
  currency: string;
  email: string | null;
  lines: Line[];
  totals: Totals;
  shippingAddress: Address | null;
  billingAddress: Address | null;
  delivery: string | null;
}

export async function getOrder(id: string): Promise<Order> {
  const { order } = await backend.get<{ order: HttpTypes.StoreOrder }>(`/store/orders/${id}`);
  return {
    number: String(order.display_id ?? order.id),
    placedAt: new Date(order.created_at),
    currency: order.currency_code.toUpperCase(),
    email: order.email,
    lines: (order.items ?? []).map(toLine),
    totals: totalsOf(order),
    shippingAddress: fromMedusa(order.shipping_address),
    billingAddress: fromMedusa(order.billing_address),
    delivery: order.shipping_methods?.[0]?.name ?? null,
  };
}
