import type { Metadata } from "next";
import { changeQuantity } from "@/actions/cart";
import { CartEditor } from "@/components/CartEditor";
import type { EditableLine } from "@/components/CartLine";
import { Link } from "@/components/Link";
import { page } from "@/components/page";
import { Summary } from "@/components/Summary";
import { getCart } from "@/lib/backend/carts";
import type { Line } from "@/lib/cart/cart";
import { text } from "@/lib/messages";
import { getShop } from "@/lib/shop";

export function generateMetadata(): Metadata {
  return { title: getShop().messages.cart, robots: { index: false } };
}

function toEditable(line: Line, currency: string): EditableLine {
  const { messages, money } = getShop();
  const title = line.variant ? `${line.title}, ${line.variant}` : line.title;
  return {
    ...line,
    unitLabel: text(messages.each, { price: money(line.unitPrice, currency) }),
    totalLabel: money(line.unitPrice * line.quantity, currency),
    labels: {
      quantity: text(messages.quantityOf, { title }),
      increase: text(messages.increase, { title }),
      decrease: text(messages.decrease, { title }),
      remove: text(messages.removeItem, { title }),
    },
  };
}

function EmptyCart() {
  const { messages } = getShop();
  return (
    <div className="message message--inline">
      <h2>{messages.cartEmpty}</h2>
      <p>{messages.cartEmptyHint}</p>
      <p className="message__actions">
        <Link href="/products" className="button button--primary">
          {messages.continueShopping}
        </Link>
      </p>
    </div>
  );
}

export default page(async () => {
  const { messages } = getShop();
  const cart = await getCart();
  const filled = cart && cart.lines.length > 0 ? cart : null;
  return (
    <>
      <h1>{messages.cart}</h1>
      <div className={filled ? "columns" : undefined}>
        <CartEditor
          action={changeQuantity}
          lines={filled?.lines.map((line) => toEditable(line, filled.currency)) ?? []}
          messages={{ update: messages.update, remove: messages.remove }}
          empty={<EmptyCart />}
        />
        {filled && (
          <aside>
            <Summary totals={filled.totals} currency={filled.currency} />
            <Link href="/checkout" className="button button--primary button--wide">
              {messages.goToCheckout}
            </Link>
            <p className="center">
              <Link href="/products">{messages.continueShopping}</Link>
            </p>
          </aside>
        )}
      </div>
    </>
  );
});
