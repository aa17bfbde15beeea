"use client";

import { useActionState, useState, type ReactNode } from "react";
import { untried, type ActionState } from "@/actions/state";
import { canBuy, type ProductOption, type Variant } from "@/lib/catalogue/product";
import { findVariant, initialSelection, isAvailable, type Selection } from "@/lib/catalogue/variants";
import { Announcement } from "./Announcement";
import { Link } from "./Link";
import { OptionPicker } from "./OptionPicker";
import { SubmitButton } from "./SubmitButton";

export interface VariantChoice extends Variant {
  priceLabel: ReactNode;
  stockLabel: string;
}

interface Props {
  action: (previous: ActionState, form: FormData) => Promise<ActionState>;
  handle: string;
  options: ProductOption[];
  variants: VariantChoice[];
  /** What the price includes. */
  note: string;
  messages: Record<
    "addToCart" | "adding" | "quantity" | "soldOut" | "unavailable" | "unavailableChoice" | "viewCart",
    string
  >;
}

function Offer({
  variant,
  unavailable,
  note,
}: {
  variant: VariantChoice | undefined;
  unavailable: string;
  note: string;
}) {
  if (!variant) return <p className="offer">{unavailable}</p>;
  return (
    <div className="offer">
      <p className="offer__price">{variant.priceLabel}</p>
      {variant.price && <p className="offer__note">{note}</p>}
      <p className={`stock stock--${variant.stock.state}`}>{variant.stockLabel}</p>
    </div>
  );
}

/**
 * Options, price, stock and the button. Without script the form works all the same: the server finds the variant that
 * was chosen and says if it is not to be had.
 */
export function AddToCart({ action, handle, options, variants, note, messages }: Props) {
  const [selection, setSelection] = useState<Selection>(() => initialSelection(variants));
  const [state, submit] = useActionState(action, untried);
  const variant = findVariant(variants, selection) as VariantChoice | undefined;
  const buyable = variant !== undefined && canBuy(variant);
  const choices = variants.length > 1 ? options : [];
  const fixed = variants.length > 1 ? [] : options;
  return (
    <form action={submit} className="stack">
      <div aria-live="polite">
        <Offer
          variant={variant}
          unavailable={variants.length > 0 ? messages.unavailableChoice : messages.unavailable}
          note={note}
        />
      </div>
      <input type="hidden" name="product" value={handle} />
      {fixed.map(({ id }) => (
        <input key={id} type="hidden" name={`option.${id}`} value={selection[id] ?? ""} />
      ))}
      {choices.map((option) => (
        <OptionPicker
          key={option.id}
          option={option}
          selected={selection[option.id]}
          available={(value) => isAvailable(variants, selection, option.id, value)}
          unavailable={messages.unavailable}
          onSelect={(value) => setSelection({ ...selection, [option.id]: value })}
        />
      ))}
      <div className="field field--quantity">
        <label htmlFor="quantity">{messages.quantity}</label>
        <input
          id="quantity"
          name="quantity"
          type="number"
          inputMode="numeric"
          min={1}
          max={99}
          defaultValue={1}
          required
        />
      </div>
      <SubmitButton pendingLabel={messages.adding} disabled={!buyable}>
        {buyable ? messages.addToCart : variant ? messages.soldOut : messages.unavailable}
      </SubmitButton>
      <Announcement state={state}>
        <Link href="/cart">{messages.viewCart}</Link>
      </Announcement>
    </form>
  );
}
