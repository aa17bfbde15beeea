import type { Cart } from "@/lib/cart/cart";
import { getShop } from "@/lib/shop";
import { AddressLines, Review } from "./Review";

/** Contact and addresses, as the later steps of the checkout show them. */
export function EnteredAddress({ cart }: { cart: Cart }) {
  const { messages } = getShop();
  const { email, shippingAddress, billingAddress } = cart;
  const differs = billingAddress && JSON.stringify(billingAddress) !== JSON.stringify(shippingAddress);
  return (
    <>
      <Review title={messages.contact} change={{ href: "/checkout", label: messages.changeContact }}>
        {email}
      </Review>
      <Review title={messages.shippingAddress} change={{ href: "/checkout", label: messages.changeShippingAddress }}>
        {shippingAddress && <AddressLines address={shippingAddress} />}
      </Review>
      {differs && (
        <Review title={messages.billingAddress}>
          <AddressLines address={billingAddress} />
        </Review>
      )}
    </>
  );
}
