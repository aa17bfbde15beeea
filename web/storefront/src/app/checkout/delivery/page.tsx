import type { Metadata } from "next";
import { chooseDelivery } from "@/actions/checkout";
import { ActionForm } from "@/components/ActionForm";
import { CheckoutFrame } from "@/components/CheckoutFrame";
import { EnteredAddress } from "@/components/EnteredAddress";
import { Link } from "@/components/Link";
import { page } from "@/components/page";
import { listShippingOptions, type ShippingOption } from "@/lib/backend/checkout";
import { cartForStep } from "@/lib/checkout-step";
import { getShop } from "@/lib/shop";

export function generateMetadata(): Metadata {
  return { title: getShop().messages.stepDelivery, robots: { index: false } };
}

function NoDelivery() {
  const { messages } = getShop();
  return (
    <div className="notice notice--failed" role="alert">
      <p>
        <strong>{messages.noDelivery}</strong>
      </p>
      <p>{messages.noDeliveryHint}</p>
      <p>
        <Link href="/checkout">{messages.changeAddress}</Link>
      </p>
    </div>
  );
}

function DeliveryForm({
  options,
  selected,
  currency,
}: {
  options: ShippingOption[];
  selected: string | null;
  currency: string;
}) {
  const { messages, money } = getShop();
  const checked = options.find(({ id }) => id === selected)?.id ?? options[0]?.id;
  return (
    <ActionForm action={chooseDelivery} label={messages.continueToPayment} pendingLabel={messages.saving}>
      <fieldset className="choices">
        <legend className="section-title">{messages.deliveryMethod}</legend>
        {options.map((option) => (
          <label key={option.id} className="choice">
            <input type="radio" name="option" value={option.id} defaultChecked={option.id === checked} required />
            <span className="choice__text">
              <span>{option.name}</span>
              {option.description && <span className="muted">{option.description}</span>}
            </span>
            <span>{option.amount === 0 ? messages.free : money(option.amount, currency)}</span>
          </label>
        ))}
      </fieldset>
    </ActionForm>
  );
}

export default page(async () => {
  const cart = await cartForStep("delivery");
  const options = await listShippingOptions(cart.id);
  return (
    <CheckoutFrame cart={cart} step="delivery">
      <EnteredAddress cart={cart} />
      {options.length > 0 ? (
        <DeliveryForm options={options} selected={cart.shippingOptionId} currency={cart.currency} />
      ) : (
        <NoDelivery />
      )}
    </CheckoutFrame>
  );
});
