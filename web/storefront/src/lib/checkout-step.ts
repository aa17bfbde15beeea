import "server-only";
import { redirect } from "next/navigation";
import { getCart } from "@/lib/backend/carts";
import { nextStep, type Cart } from "@/lib/cart/cart";

const order = ["cart", "address", "delivery", "payment"] as const;
const hrefs = { cart: "/cart", address: "/checkout", delivery: "/checkout/delivery", payment: "/checkout/payment" };

/** The cart, for a step of the checkout; who has not come that far is led to the step that is next. */
export async function cartForStep(step: "address" | "delivery" | "payment"): Promise<Cart> {
  const cart = await getCart();
  if (!cart) redirect("/cart");
  const next = nextStep(cart);
  if (order.indexOf(next) < order.indexOf(step)) redirect(hrefs[next]);
  return cart;
}
