"use client";

import { useRef } from "react";
import { maxQuantity } from "@/lib/cart/cart";
import { Link } from "./Link";
import { ProductImage } from "./ProductImage";

export interface EditableLine {
  id: string;
  title: string;
  variant: string | null;
  handle: string | null;
  image: string | null;
  quantity: number;
  unitLabel: string;
  totalLabel: string;
  labels: { quantity: string; increase: string; decrease: string; remove: string };
}

interface Props {
  line: EditableLine;
  action: (form: FormData) => void;
  messages: { update: string; remove: string };
}

// The buttons carry the quantity that they stand for, so they work without script; the field then has a button of its
// own.
function QuantityForm({ line, action, messages }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const { quantity, labels } = line;
  return (
    <form ref={form} action={action} className="quantity">
      <input type="hidden" name="line" value={line.id} />
      <div className="stepper">
        {/* First in the form: the Enter key in the field presses it, and the field's own quantity counts. */}
        <button type="submit" className="visually-hidden" tabIndex={-1} aria-hidden="true" />
        <button
          type="submit"
          name="quantity"
          value={quantity - 1}
          aria-label={labels.decrease}
          disabled={quantity <= 1}
        >
          −
        </button>
        <input
          key={quantity}
          name="quantity"
          type="number"
          inputMode="numeric"
          min={1}
          max={maxQuantity}
          required
          defaultValue={quantity}
          aria-label={labels.quantity}
          onBlur={({ target }) => {
            if (target.value !== String(quantity)) form.current?.requestSubmit();
          }}
        />
        <button
          type="submit"
          name="quantity"
          value={quantity + 1}
          aria-label={labels.increase}
          disabled={quantity >= maxQuantity}
        >
          +
        </button>
      </div>
      <noscript>
        <button type="submit" className="button button--small">
          {messages.update}
        </button>
      </noscript>
    </form>
  );
}

function RemoveForm({ line, action, messages }: Props) {
  return (
    <form action={action}>
      <input type="hidden" name="line" value={line.id} />
      <button type="submit" name="quantity" value={0} className="link-button" aria-label={line.labels.remove}>
        {messages.remove}
      </button>
    </form>
  );
}

export function CartLine(props: Props) {
  const { line } = props;
  return (
    <li className="line">
      <ProductImage src={line.image} title={line.title} />
      <div className="line__text">
        {line.handle ? (
          <Link href={`/products/${encodeURIComponent(line.handle)}`} className="line__title">
            {line.title}
          </Link>
        ) : (
          <span className="line__title">{line.title}</span>
        )}
        {line.variant && <span className="muted">{line.variant}</span>}
        <span className="muted">{line.unitLabel}</span>
        <div className="line__actions">
          <QuantityForm {...props} />
          <RemoveForm {...props} />
        </div>
      </div>
      <span className="line__total">{line.totalLabel}</span>
    </li>
  );
}
