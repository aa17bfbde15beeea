import type { Line } from "@/lib/cart/cart";
import { getShop } from "@/lib/shop";
import { ProductImage } from "./ProductImage";

/** Lines to read, not to change: in checkout and on the order's page. */
export function LineList({ lines, currency }: { lines: Line[]; currency: string }) {
  const { money } = getShop();
  return (
    <ul className="lines">
      {lines.map((line) => (
        <li key={line.id} className="line">
          <ProductImage src={line.image} title={line.title} />
          <div className="line__text">
            <span className="line__title">{line.title}</span>
            {line.variant && <span className="muted">{line.variant}</span>}
            <span className="muted">
              {line.quantity} × {money(line.unitPrice, currency)}
            </span>
          </div>
          <span className="line__total">{money(line.unitPrice * line.quantity, currency)}</span>
        </li>
      ))}
    </ul>
  );
}
