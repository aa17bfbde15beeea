import type { Address } from "./address";
import { formatOf } from "./formats";
import { provincesOf } from "./provinces";

function provinceCode(address: Address): string {
  const listed = provincesOf(address.country).find(({ value }) => value === address.province);
  return listed?.code ?? address.province ?? "";
}

function fill(template: string, values: Record<string, string>): string {
  return template
    .replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "")
    .replace(/\(\s*\)/g, "")
    .replace(/\s+/g, " ")
    .replace(/^[\s,]+|[\s,]+$/g, "");
}

/** The address as it would stand on a parcel, in its country's order; the country's name comes last. */
export function addressLines(address: Address, countryName: string): string[] {
  const values = { city: address.city, postalCode: address.postalCode ?? "", province: provinceCode(address) };
  return [
    `${address.firstName} ${address.lastName}`,
    address.company ?? "",
    address.address1,
    address.address2 ?? "",
    ...formatOf(address.country).locality.map((line) => fill(line, values)),
    countryName,
  ].filter((line) => line.trim() !== "");
}
