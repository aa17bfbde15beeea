import type { Price as PriceValue } from "@/lib/catalogue/product";
import { text } from "@/lib/messages";
import { getShop } from "@/lib/shop";

export function Price({ price }: { price: PriceValue & { from?: boolean } }) {
  const { messages, money } = getShop();
  const amount = money(price.amount, price.currency);
  if (price.original === null)
    return <span className="price">{price.from ? text(messages.priceFrom, { price: amount }) : amount}</span>;
  return (
    <span className="price">
      <span className="visually-hidden">{messages.priceNow} </span>
      <ins className="price__now">{price.from ? text(messages.priceFrom, { price: amount }) : amount}</ins>{" "}
      <span className="visually-hidden">{messages.priceBefore} </span>
      <del className="price__before">{money(price.original, price.currency)}</del>
    </span>
  );
}
