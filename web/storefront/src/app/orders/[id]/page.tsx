import type { Metadata } from "next";
import { Icon } from "@/components/Icon";
import { LineList } from "@/components/LineList";
import { Link } from "@/components/Link";
import { page } from "@/components/page";
import { AddressLines, Review } from "@/components/Review";
import { TotalsList } from "@/components/Summary";
import { BackendError } from "@/lib/backend/errors";
import { getOrder, type Order } from "@/lib/backend/orders";
import { text } from "@/lib/messages";
import { orderCookie } from "@/lib/session";
import { getShop } from "@/lib/shop";

interface Props {
  params: Promise<{ id: string }>;
}

export function generateMetadata(): Metadata {
  return { title: getShop().messages.thanks, robots: { index: false }, referrer: "no-referrer" };
}

function Confirmation({ order }: { order: Order }) {
  const { messages, date } = getShop();
  return (
    <section className="confirmation">
      <span className="confirmation__mark">
        <Icon name="check" />
      </span>
      <h1>{messages.thanks}</h1>
      <p>{messages.orderConfirmed}</p>
      {order.email && <p>{text(messages.orderContact, { email: order.email })}</p>}
      <dl className="confirmation__facts">
        <div>
          <dt>{messages.orderNumber}</dt>
          <dd data-testid="order-number">{order.number}</dd>
        </div>
        <div>
          <dt>{messages.orderDate}</dt>
          <dd>{date(order.placedAt)}</dd>
        </div>
      </dl>
    </section>
  );
}

export default page(async ({ params }: Props) => {
  const { messages } = getShop();
  const { id } = await params;
  if (!(await orderCookie.read()).includes(id))
    throw new BackendError("not_found", "this browser placed no such order");
  const order = await getOrder(id);
  return (
    <div className="order">
      <Confirmation order={order} />
      <section aria-labelledby="items" className="summary">
        <h2 id="items">{messages.items}</h2>
        <LineList lines={order.lines} currency={order.currency} />
        <TotalsList totals={order.totals} currency={order.currency} />
      </section>
      <section className="order__details">
        {order.shippingAddress && (
          <Review title={messages.shippingAddress}>
            <AddressLines address={order.shippingAddress} />
          </Review>
        )}
        {order.billingAddress && (
          <Review title={messages.billingAddress}>
            <AddressLines address={order.billingAddress} />
          </Review>
        )}
        {order.delivery && <Review title={messages.deliveryMethod}>{order.delivery}</Review>}
        <Review title={messages.payment}>{messages.manualPayment}</Review>
      </section>
      <p className="center">
        <Link href="/products" className="button">
          {messages.continueShopping}
        </Link>
      </p>
    </div>
  );
});
