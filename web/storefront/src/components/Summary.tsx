import type { ReactNode } from "react";
import type { Totals } from "@/lib/cart/cart";
import { text } from "@/lib/messages";
import { getShop } from "@/lib/shop";

function Row({ label, children, strong = false }: { label: string; children: ReactNode; strong?: boolean }) {
  return (
    <div className={strong ? "totals__row totals__row--total" : "totals__row"}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function shippingText(shipping: number | null, currency: string): string {
  const { messages, money } = getShop();
  if (shipping === null) return messages.shippingLater;
  return shipping === 0 ? messages.free : money(shipping, currency);
}

export function TotalsList({ totals, currency }: { totals: Totals; currency: string }) {
  const { messages, money } = getShop();
  return (
    <dl className="totals">
      <Row label={messages.subtotal}>{money(totals.goods, currency)}</Row>
      {totals.discount > 0 && <Row label={messages.discount}>{money(-totals.discount, currency)}</Row>}
      <Row label={messages.shipping}>{shippingText(totals.shipping, currency)}</Row>
      {!totals.taxIncluded && totals.tax > 0 && <Row label={messages.tax}>{money(totals.tax, currency)}</Row>}
      <Row label={messages.total} strong>
        {money(totals.total, currency)}
      </Row>
      {totals.taxIncluded && totals.tax > 0 && (
        <p className="totals__note">{text(messages.taxIncluded, { amount: money(totals.tax, currency) })}</p>
      )}
    </dl>
  );
}

/** The box beside cart and checkout. */
export function Summary({ totals, currency, children }: { totals: Totals; currency: string; children?: ReactNode }) {
  const { messages } = getShop();
  return (
    <section aria-labelledby="summary" className="summary">
      <h2 id="summary">{messages.orderSummary}</h2>
      {children}
      <TotalsList totals={totals} currency={currency} />
    </section>
  );
}
