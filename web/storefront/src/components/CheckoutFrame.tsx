import type { ReactNode } from "react";
import type { Cart } from "@/lib/cart/cart";
import { getShop } from "@/lib/shop";
import { LineList } from "./LineList";
import { Link } from "./Link";
import { Summary } from "./Summary";

type Step = "address" | "delivery" | "payment";
const steps: Step[] = ["address", "delivery", "payment"];
const hrefs: Record<Step, string> = {
  address: "/checkout",
  delivery: "/checkout/delivery",
  payment: "/checkout/payment",
};

function Steps({ current }: { current: Step }) {
  const { messages } = getShop();
  const labels = { address: messages.stepAddress, delivery: messages.stepDelivery, payment: messages.stepPayment };
  const position = steps.indexOf(current);
  return (
    <nav aria-label={messages.checkoutSteps}>
      <ol className="steps">
        {steps.map((step, index) => (
          <li
            key={step}
            aria-current={step === current ? "step" : undefined}
            className={index < position ? "steps__done" : undefined}
          >
            {index < position ? <Link href={hrefs[step]}>{labels[step]}</Link> : labels[step]}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** What the steps of the checkout have in common: where one is, and what one is buying. */
export function CheckoutFrame({ cart, step, children }: { cart: Cart; step: Step; children: ReactNode }) {
  const { messages } = getShop();
  return (
    <>
      <h1>{messages.checkout}</h1>
      <Steps current={step} />
      <div className={step === "payment" ? "columns columns--summary-first" : "columns"}>
        <div>{children}</div>
        <aside>
          <Summary totals={cart.totals} currency={cart.currency}>
            <LineList lines={cart.lines} currency={cart.currency} />
            <p className="summary__edit">
              <Link href="/cart">{messages.editCart}</Link>
            </p>
          </Summary>
        </aside>
      </div>
    </>
  );
}
