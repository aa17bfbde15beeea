import type { Metadata } from "next";
import { saveAddress } from "@/actions/checkout";
import { AddressForm } from "@/components/AddressForm";
import { CheckoutFrame } from "@/components/CheckoutFrame";
import { page } from "@/components/page";
import type { Address } from "@/lib/address/address";
import { addressFormTexts, countryForms } from "@/lib/address/form";
import { getRegion } from "@/lib/backend/region";
import { cartForStep } from "@/lib/checkout-step";
import { getShop } from "@/lib/shop";

export function generateMetadata(): Metadata {
  return { title: getShop().messages.checkout, robots: { index: false } };
}

const same = (a: Address | null, b: Address | null) => JSON.stringify(a) === JSON.stringify(b);

export default page(async () => {
  const shop = getShop();
  const [cart, region] = await Promise.all([cartForStep("address"), getRegion()]);
  const home = region.countries.includes(shop.country) ? shop.country : (region.countries[0] ?? shop.country);
  const blank: Address = { firstName: "", lastName: "", address1: "", city: "", country: home };
  return (
    <CheckoutFrame cart={cart} step="address">
      <AddressForm
        action={saveAddress}
        initial={{
          email: cart.email ?? "",
          shipping: cart.shippingAddress ?? blank,
          billing: cart.billingAddress ?? blank,
          billingSame: !cart.billingAddress || same(cart.shippingAddress, cart.billingAddress),
        }}
        countries={countryForms(region.countries, shop)}
        texts={addressFormTexts(shop.messages)}
      />
    </CheckoutFrame>
  );
});
