import type { ReactNode } from "react";
import type { Address } from "@/lib/address/address";
import { addressLines } from "@/lib/address/lines";
import { getShop } from "@/lib/shop";
import { Link } from "./Link";

/** An address as written on a parcel. */
export function AddressLines({ address }: { address: Address }) {
  const { countryName } = getShop();
  return (
    <address>
      {addressLines(address, countryName(address.country)).map((line, index) => (
        <span key={index}>{line}</span>
      ))}
    </address>
  );
}

interface Props {
  title: string;
  change?: { href: string; label: string };
  children: ReactNode;
}

/** Something that was entered, to be read again, with the way back to change it. */
export function Review({ title, change, children }: Props) {
  const { messages } = getShop();
  return (
    <div className="review">
      <h2>{title}</h2>
      <div className="review__content">{children}</div>
      {change && (
        <Link href={change.href} aria-label={change.label}>
          {messages.change}
        </Link>
      )}
    </div>
  );
}
