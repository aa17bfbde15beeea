import type { Metadata } from "next";
import { placeOrder } from "@/actions/checkout";
import { ActionForm } from "@/components/ActionForm";
import { CheckoutFrame } from "@/components/CheckoutFrame";
import { EnteredAddress } from "@/components/EnteredAddress";
import { page } from "@/components/page";
import { Review } from "@/components/Review";
import { listShippingOptions, offersManualPayment } from "@/lib/backend/checkout";
import { cartForStep } from "@/lib/checkout-step";
import { getShop } from "@/lib/shop";

export function generateMetadata(): Metadata {
  return { title: getShop().messages.stepPayment, robots: { index: false } };
}

function NoPayment() {
  const { messages } = getShop();
  return (
    <div className="notice notice--failed" role="alert">
      <p>
        <strong>{messages.noPayment}</strong>
      </p>
      <p>{messages.noPaymentHint}</p>
    </div>
  );
}

function PaymentForm() {
  const { messages } = getShop();
  return (
    <ActionForm action={placeOrder} label={messages.placeOrder} pendingLabel={messages.placingOrder}>
      <fieldset className="choices">
        <legend className="section-title">{messages.payment}</legend>
        <label className="choice">
          <input type="radio" name="payment" value="manual" defaultChecked required />
          <span className="choice__text">
            <span>{messages.manualPayment}</span>
            <span className="muted">{messages.manualPaymentHint}</span>
          </span>
        </label>
      </fieldset>
    </ActionForm>
  );
}

export default page(async () => {
  const { messages } = getShop();
  const cart = await cartForStep("payment");
  const [options, manual] = await Promise.all([listShippingOptions(cart.id), offersManualPayment()]);
  const delivery = options.find(({ id }) => id === cart.shippingOptionId);
  return (
    <CheckoutFrame cart={cart} step="payment">
      <h2 className="section-title">{messages.reviewOrder}</h2>
      <EnteredAddress cart={cart} />
      <Review title={messages.deliveryMethod} change={{ href: "/checkout/delivery", label: messages.changeDelivery }}>
        {delivery?.name}
      </Review>
      {manual ? <PaymentForm /> : <NoPayment />}
    </CheckoutFrame>
  );
});
