import type { AddressField } from "./address";

export type PostalLabel = "postalCode" | "zipCode" | "postcode" | "eircode" | "pinCode";
export type ProvinceLabel = "state" | "province" | "county" | "prefecture";
/** Share of a row that a field takes in a wide form. */
export type Width = "full" | "half" | "third" | "twoThirds";

export interface AddressFormat {
  fields: { name: AddressField; width: Width }[];
  required: AddressField[];
  postal: { label: PostalLabel; pattern: RegExp; example: string };
  province: ProvinceLabel;
  /** The lines below the street, as carriers of the country write them. */
  locality: string[];
}

type LocalityFields = { name: AddressField; width: Width }[];

const nameFields: LocalityFields = [
  { name: "firstName", width: "half" },
  { name: "lastName", width: "half" },
  { name: "company", width: "full" },
  { name: "address1", width: "full" },
  { name: "address2", width: "full" },
];
const phoneField: LocalityFields = [{ name: "phone", width: "full" }];
const alwaysRequired: AddressField[] = ["firstName", "lastName", "address1", "city"];

// How city, province and postal code stand in form and address.
const shapes = {
  postalCity: {
    fields: [
      { name: "postalCode", width: "third" },
      { name: "city", width: "twoThirds" },
    ] as LocalityFields,
    locality: ["{postalCode} {city}"],
  },
  postalCityProvince: {
    fields: [
      { name: "postalCode", width: "third" },
      { name: "city", width: "third" },
      { name: "province", width: "third" },
    ] as LocalityFields,
    locality: ["{postalCode} {city} ({province})"],
  },
  cityProvincePostal: {
    fields: [
      { name: "city", width: "third" },
      { name: "province", width: "third" },
      { name: "postalCode", width: "third" },
    ] as LocalityFields,
    locality: ["{city} {province} {postalCode}"],
  },
  cityPostal: {
    fields: [
      { name: "city", width: "twoThirds" },
      { name: "postalCode", width: "third" },
    ] as LocalityFields,
    locality: ["{city} {postalCode}"],
  },
  cityThenPostal: {
    fields: [
      { name: "city", width: "third" },
      { name: "province", width: "third" },
      { name: "postalCode", width: "third" },
    ] as LocalityFields,
    locality: ["{city}", "{province}", "{postalCode}"],
  },
};

interface Rule {
  shape: keyof typeof shapes;
  pattern: RegExp;
  example: string;
  label?: PostalLabel;
  province?: ProvinceLabel;
  required?: AddressField[];
  locality?: string[];
}

function format({ shape, pattern, example, label, province, required, locality }: Rule): AddressFormat {
  return {
    fields: [...nameFields, ...shapes[shape].fields, ...phoneField],
    required: [...alwaysRequired, ...(required ?? ["postalCode"])],
    postal: { label: label ?? "postalCode", pattern, example },
    province: province ?? "province",
    locality: locality ?? shapes[shape].locality,
  };
}

const europe = (pattern: RegExp, example: string) => format({ shape: "postalCity", pattern, example });
const digits = (count: number) => new RegExp(`^\\d{${count}}$`);
const withProvince: AddressField[] = ["postalCode", "province"];

const formats: Record<string, AddressFormat> = {
  US: format({
    shape: "cityProvincePostal",
    pattern: /^\d{5}(-\d{4})?$/,
    example: "94103",
    label: "zipCode",
    province: "state",
    required: withProvince,
    locality: ["{city}, {province} {postalCode}"],
  }),
  CA: format({
    shape: "cityProvincePostal",
    pattern: /^[A-Z]\d[A-Z] \d[A-Z]\d$/,
    example: "K1A 0B1",
    required: withProvince,
  }),
  AU: format({
    shape: "cityProvincePostal",
    pattern: digits(4),
    example: "2000",
    label: "postcode",
    province: "state",
    required: withProvince,
  }),
  NZ: format({ shape: "cityPostal", pattern: digits(4), example: "6011", label: "postcode" }),
  GB: format({
    shape: "cityThenPostal",
    pattern: /^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/,
    example: "SW1A 1AA",
    label: "postcode",
    province: "county",
  }),
  IE: format({
    shape: "cityThenPostal",
    pattern: /^[A-Z]\d[\dW] [A-Z\d]{4}$/,
    example: "D02 X285",
    label: "eircode",
    province: "county",
  }),
  DE: europe(digits(5), "10115"),
  AT: europe(digits(4), "1010"),
  CH: europe(digits(4), "8001"),
  LI: europe(digits(4), "9490"),
  FR: europe(digits(5), "75001"),
  BE: europe(digits(4), "1000"),
  LU: europe(digits(4), "1111"),
  NL: europe(/^\d{4} [A-Z]{2}$/, "1012 AB"),
  PT: europe(/^\d{4}-\d{3}$/, "1100-148"),
  PL: europe(/^\d{2}-\d{3}$/, "00-001"),
  CZ: europe(/^\d{3} \d{2}$/, "110 00"),
  SK: europe(/^\d{3} \d{2}$/, "811 01"),
  SE: europe(/^\d{3} \d{2}$/, "111 22"),
  DK: europe(digits(4), "1050"),
  NO: europe(digits(4), "0150"),
  FI: europe(digits(5), "00100"),
  HU: europe(digits(4), "1051"),
  ES: format({ shape: "postalCityProvince", pattern: digits(5), example: "28001" }),
  IT: format({
    shape: "postalCityProvince",
    pattern: digits(5),
    example: "00118",
    required: withProvince,
    locality: ["{postalCode} {city} {province}"],
  }),
  IN: format({
    shape: "cityProvincePostal",
    pattern: digits(6),
    example: "110001",
    label: "pinCode",
    province: "state",
    required: withProvince,
  }),
  BR: format({
    shape: "cityProvincePostal",
    pattern: /^\d{5}-\d{3}$/,
    example: "01310-100",
    province: "state",
    required: withProvince,
  }),
  MX: format({
    shape: "postalCityProvince",
    pattern: digits(5),
    example: "06000",
    province: "state",
    required: withProvince,
  }),
  JP: format({
    shape: "postalCityProvince",
    pattern: /^\d{3}-\d{4}$/,
    example: "100-0001",
    province: "prefecture",
    required: withProvince,
    locality: ["{city}, {province} {postalCode}"],
  }),
};

const anywhere = format({ shape: "cityProvincePostal", pattern: /^.{0,16}$/, example: "", required: [] });

export function formatOf(country: string): AddressFormat {
  return formats[country] ?? anywhere;
}
