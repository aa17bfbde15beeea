import type { Messages } from "@/lib/messages";
import type { Shop } from "@/lib/shop";
import type { AddressField } from "./address";
import { formatOf, type AddressFormat, type Width } from "./formats";
import { provincesOf } from "./provinces";

/** One field of a country's address form, in the shop's words. */
export interface FieldForm {
  name: AddressField;
  label: string;
  width: Width;
  required: boolean;
  autoComplete: string;
  example: string;
  /** Empty for a field that is typed. */
  choices: { value: string; label: string }[];
}

export interface CountryForm {
  code: string;
  name: string;
  fields: FieldForm[];
}

export interface AddressFormTexts {
  contact: string;
  email: string;
  emailHint: string;
  shippingAddress: string;
  billingAddress: string;
  billingSame: string;
  country: string;
  optional: string;
  choose: string;
  submit: string;
  submitting: string;
  problems: Record<"required" | "tooLong" | "postalCode" | "choose" | "email" | "phone", string>;
}

const autoComplete: Record<AddressField, string> = {
  firstName: "given-name",
  lastName: "family-name",
  company: "organization",
  address1: "address-line1",
  address2: "address-line2",
  city: "address-level2",
  province: "address-level1",
  postalCode: "postal-code",
  phone: "tel",
};

function labelOf(name: AddressField, format: AddressFormat, messages: Messages): string {
  if (name === "postalCode") return messages[format.postal.label];
  if (name === "province") return messages[format.province];
  return messages[name];
}

function fieldsOf(country: string, messages: Messages): FieldForm[] {
  const format = formatOf(country);
  return format.fields.map(({ name, width }) => ({
    name,
    width,
    label: labelOf(name, format, messages),
    required: format.required.includes(name),
    autoComplete: autoComplete[name],
    example: name === "postalCode" ? format.postal.example : "",
    choices:
      name === "province"
        ? provincesOf(country).map((province) => ({ value: province.value, label: province.name }))
        : [],
  }));
}

/** The forms of the countries that the shop delivers to, by the countries' names. */
export function countryForms(countries: string[], { messages, countryName, language }: Shop): CountryForm[] {
  return countries
    .map((code) => ({ code, name: countryName(code), fields: fieldsOf(code, messages) }))
    .sort((a, b) => a.name.localeCompare(b.name, language));
}

export function addressFormTexts(messages: Messages): AddressFormTexts {
  return {
    contact: messages.contact,
    email: messages.email,
    emailHint: messages.emailHint,
    shippingAddress: messages.shippingAddress,
    billingAddress: messages.billingAddress,
    billingSame: messages.billingSame,
    country: messages.country,
    optional: messages.optional,
    choose: messages.choose,
    submit: messages.continueToDelivery,
    submitting: messages.saving,
    problems: {
      required: messages.problemRequired,
      tooLong: messages.problemTooLong,
      postalCode: messages.problemPostalCode,
      choose: messages.problemChoose,
      email: messages.problemEmail,
      phone: messages.problemPhone,
    },
  };
}
