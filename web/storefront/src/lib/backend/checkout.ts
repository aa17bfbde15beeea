import "server-only";
import type { HttpTypes } from "@medusajs/types";
import { backend } from "./client";
import { BackendError, classify } from "./errors";
import { getRegion } from "./region";

/** Medusa's own provider of payments that are settled outside the shop. */
const manualProvider = "pp_system_default";

export interface ShippingOption {
  id: string;
  name: string;
  description: string | null;
  amount: number;
}

async function amountOf(option: HttpTypes.StoreCartShippingOption, cartId: string): Promise<number> {
  if (option.price_type !== "calculated") return option.amount;
  const { shipping_option } = await backend.post<HttpTypes.StoreShippingOptionResponse>(
    `/store/shipping-options/${option.id}/calculate`,
    {
      cart_id: cartId,
    },
  );
  return shipping_option.amount;
}

/** How the cart can be delivered to its address, cheapest first. */
export async function listShippingOptions(cartId: string): Promise<ShippingOption[]> {
  const { shipping_options } = await backend.get<HttpTypes.StoreShippingOptionListResponse>("/store/shipping-options", {
    cart_id: cartId,
  });
  const usable = shipping_options.filter((option) => !option.insufficient_inventory);
  const options = await Promise.all(
    usable.map(async (option) => ({
      id: option.id,
      name: option.name,
      description: option.type?.description || null,
      amount: await amountOf(option, cartId),
    })),
  );
  return options.sort((a, b) => a.amount - b.amount);
}

export async function setShippingOption(cartId: string, optionId: string): Promise<void> {
  await backend.post(`/store/carts/${cartId}/shipping-methods`, { option_id: optionId });
}

/** Whether the region takes payments that are settled outside the shop: the only kind that this storefront offers. */
export async function offersManualPayment(): Promise<boolean> {
  const region = await getRegion();
  const { payment_providers } = await backend.get<HttpTypes.StorePaymentProviderListResponse>(
    "/store/payment-providers",
    {
      region_id: region.id,
    },
  );
  return payment_providers.some(({ id }) => id === manualProvider);
}

async function preparePayment(cart: HttpTypes.StoreCart): Promise<void> {
  let collection = cart.payment_collection;
  if (!collection) {
    const created = await backend.post<{ payment_collection: HttpTypes.StorePaymentCollection }>(
      "/store/payment-collections",
      {
        cart_id: cart.id,
      },
    );
    collection = created.payment_collection;
  }
  await backend.post(`/store/payment-collections/${collection.id}/payment-sessions`, { provider_id: manualProvider });
}

/**
 * Makes the cart an order and gives the order's id. Safe to repeat: a cart that became an order gives that order
 * again, so a customer whose first attempt got no answer in time does not buy twice.
 */
export async function completeCart(cartId: string): Promise<string> {
  const { cart } = await backend.get<{ cart: HttpTypes.StoreCart }>(`/store/carts/${cartId}`);
  const { completed_at } = cart as { completed_at?: string | null };
  if (!completed_at) await preparePayment(cart);
  const result = await backend.post<HttpTypes.StoreCompleteCartResponse>(`/store/carts/${cartId}/complete`, {});
  if (result.type === "order") return result.order.id;
  throw new BackendError(
    classify(400, result.error.message),
    `cart ${cartId} was not completed: ${result.error.message}`,
  );
}
