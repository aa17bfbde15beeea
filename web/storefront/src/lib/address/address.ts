export interface Address {
  firstName: string;
  lastName: string;
  company?: string;
  address1: string;
  address2?: string;
  city: string;
  /** An ISO 3166-2 code in lower case (us-ca) where the country's provinces are listed, else as typed. */
  province?: string;
  postalCode?: string;
  /** ISO 3166-1 alpha-2, upper case. */
  country: string;
  phone?: string;
}

export type AddressField = Exclude<keyof Address, "country">;

interface MedusaAddress {
  first_name?: string | null | undefined;
  last_name?: string | null | undefined;
  company?: string | null | undefined;
  address_1?: string | null | undefined;
  address_2?: string | null | undefined;
  city?: string | null | undefined;
  province?: string | null | undefined;
  postal_code?: string | null | undefined;
  country_code?: string | null | undefined;
  phone?: string | null | undefined;
}

/** Null for an address without a street: Medusa keeps one with only a country while a cart is new. */
export function fromMedusa(address: MedusaAddress | null | undefined): Address | null {
  if (!address?.address_1 || !address.country_code) return null;
  const optional = {
    company: address.company,
    address2: address.address_2,
    province: address.province,
    postalCode: address.postal_code,
    phone: address.phone,
  };
  return {
    firstName: address.first_name ?? "",
    lastName: address.last_name ?? "",
    address1: address.address_1,
    city: address.city ?? "",
    country: address.country_code.toUpperCase(),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)),
  };
}

/** Every field is sent, so that one that was emptied is emptied there too. */
export function toMedusa(address: Address) {
  return {
    first_name: address.firstName,
    last_name: address.lastName,
    company: address.company ?? "",
    address_1: address.address1,
    address_2: address.address2 ?? "",
    city: address.city,
    province: address.province ?? "",
    postal_code: address.postalCode ?? "",
    country_code: address.country.toLowerCase(),
    phone: address.phone ?? "",
  };
}
