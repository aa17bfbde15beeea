import type { Address, AddressField } from "./address";
import { formatOf } from "./formats";
import { normalisePostalCode } from "./postal-code";
import { provincesOf } from "./provinces";

export type Problem = "required" | "tooLong" | "postalCode" | "choose" | "email" | "phone";
export type Problems<Field extends string> = Partial<Record<Field, Problem>>;

const maxLength = 100;

// One line of text: no control characters, runs of white space are one space.
function clean(value: FormDataEntryValue | null): string {
  return typeof value === "string" ? value.replace(/[\s\p{Cc}]+/gu, " ").trim() : "";
}

/**
 * What the browser sent for an address, under names that begin with `prefix`; only the fields of the country's format.
 */
export function readAddress(form: FormData, prefix: string): Address {
  const country = clean(form.get(`${prefix}country`)).toUpperCase();
  const address: Address = { firstName: "", lastName: "", address1: "", city: "", country };
  for (const { name } of formatOf(country).fields) {
    const value = clean(form.get(prefix + name));
    if (value !== "") address[name] = name === "postalCode" ? normalisePostalCode(country, value) : value;
  }
  return address;
}

function problemOf(address: Address, field: AddressField): Problem | undefined {
  const value = address[field] ?? "";
  const format = formatOf(address.country);
  if (value === "") return format.required.includes(field) ? "required" : undefined;
  if (value.length > maxLength) return "tooLong";
  if (field === "postalCode" && !format.postal.pattern.test(value)) return "postalCode";
  if (field === "phone" && !/^\+?[\d\s()/.-]{5,30}$/.test(value)) return "phone";
  const provinces = provincesOf(address.country);
  if (field === "province" && provinces.length > 0 && !provinces.some((province) => province.value === value))
    return "choose";
  return undefined;
}

/** What is wrong with the address, by field; empty if nothing. `countries` are those that the shop delivers to. */
export function checkAddress(address: Address, countries: string[]): Problems<keyof Address> {
  if (!countries.includes(address.country)) return { country: "choose" };
  const problems: Problems<keyof Address> = {};
  for (const { name } of formatOf(address.country).fields) {
    const problem = problemOf(address, name);
    if (problem) problems[name] = problem;
  }
  return problems;
}

export function readEmail(form: FormData): string {
  return clean(form.get("email"));
}

/** Only what is surely no address is refused: whether mail arrives, no pattern can tell. */
export function checkEmail(email: string): Problem | undefined {
  if (email === "") return "required";
  if (email.length > 254) return "tooLong";
  return /^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+\.[^\s@.<>(),;:"]{2,}$/.test(email) ? undefined : "email";
}
