import { describe, expect, test } from "vitest";
import { fromMedusa, toMedusa, type Address } from "./address";
import { formatOf } from "./formats";
import { addressLines } from "./lines";
import { normalisePostalCode } from "./postal-code";
import { provincesOf } from "./provinces";
import { checkAddress, checkEmail, readAddress } from "./validate";

const us: Address = {
  firstName: "Ada",
  lastName: "Byron",
  address1: "1 Market St",
  city: "San Francisco",
  province: "us-ca",
  postalCode: "94103",
  country: "US",
};
const de: Address = {
  firstName: "Ada",
  lastName: "Byron",
  address1: "Torstr. 1",
  city: "Berlin",
  postalCode: "10115",
  country: "DE",
};

describe("formats", () => {
  const countries = [
    "US",
    "CA",
    "AU",
    "NZ",
    "GB",
    "IE",
    "DE",
    "AT",
    "CH",
    "LI",
    "FR",
    "BE",
    "LU",
    "NL",
    "PT",
    "PL",
    "CZ",
    "SK",
    "SE",
    "DK",
    "NO",
    "FI",
    "HU",
    "ES",
    "IT",
    "IN",
    "BR",
    "MX",
    "JP",
  ];

  test.each(countries)("%s accepts its own example", (country) => {
    const { postal } = formatOf(country);
    expect(postal.example).toMatch(postal.pattern);
    expect(normalisePostalCode(country, postal.example.replace(/[ -]/g, "").toLowerCase())).toBe(postal.example);
  });

  test.each(countries)("%s asks for every field that it requires", (country) => {
    const { fields, required } = formatOf(country);
    expect(fields.map(({ name }) => name)).toEqual(expect.arrayContaining(required));
  });

  test("the order is the country's own", () => {
    const order = (country: string) =>
      formatOf(country)
        .fields.map(({ name }) => name)
        .filter((name) => ["city", "postalCode", "province"].includes(name));
    expect(order("US")).toEqual(["city", "province", "postalCode"]);
    expect(order("DE")).toEqual(["postalCode", "city"]);
  });

  test("an unknown country asks for no postal code", () => {
    expect(checkAddress({ ...de, country: "AE", postalCode: "" }, ["AE"])).toEqual({});
  });
});

test("the lists of provinces are whole", () => {
  expect(provincesOf("US")).toHaveLength(56);
  expect(provincesOf("US")).toContainEqual({ value: "us-wv", code: "WV", name: "West Virginia" });
  expect(provincesOf("CA")).toHaveLength(13);
  expect(provincesOf("AU")).toHaveLength(8);
  expect(provincesOf("DE")).toEqual([]);
});

describe("checks", () => {
  test("good addresses", () => {
    expect(checkAddress(us, ["US", "DE"])).toEqual({});
    expect(checkAddress(de, ["US", "DE"])).toEqual({});
  });

  test.each([
    [{ ...us, city: "" }, { city: "required" }],
    [{ ...us, postalCode: "9410" }, { postalCode: "postalCode" }],
    [{ ...us, province: "" }, { province: "required" }],
    [{ ...us, province: "California" }, { province: "choose" }],
    [{ ...us, address1: "x".repeat(101) }, { address1: "tooLong" }],
    [{ ...us, phone: "call me" }, { phone: "phone" }],
    [{ ...us, country: "FR" }, { country: "choose" }],
  ])("bad address %#", (address, problems) => {
    expect(checkAddress(address, ["US", "DE"])).toEqual(problems);
  });

  test.each([
    ["ada@example.com", undefined],
    ["", "required"],
    ["ada", "email"],
    ["ada@example", "email"],
    ["ada @example.com", "email"],
    [`${"a".repeat(250)}@b.co`, "tooLong"],
  ])("email %s", (email, problem) => {
    expect(checkEmail(email)).toBe(problem);
  });
});

test("a form is read by the format of its country", () => {
  const form = new FormData();
  form.set("shipping.country", "ca");
  form.set("shipping.firstName", "  Ada\tMaria ");
  form.set("shipping.postalCode", "k1a0b1");
  form.set("shipping.unknown", "x");
  expect(readAddress(form, "shipping.")).toEqual({
    firstName: "Ada Maria",
    lastName: "",
    address1: "",
    city: "",
    postalCode: "K1A 0B1",
    country: "CA",
  });
});

test("addresses are written as in their country", () => {
  expect(addressLines(us, "United States")).toEqual([
    "Ada Byron",
    "1 Market St",
    "San Francisco, CA 94103",
    "United States",
  ]);
  expect(addressLines({ ...de, company: "Analytik", address2: "Hof 2" }, "Deutschland")).toEqual([
    "Ada Byron",
    "Analytik",
    "Torstr. 1",
    "Hof 2",
    "10115 Berlin",
    "Deutschland",
  ]);
  const london = { ...de, city: "London", postalCode: "SW1A 1AA", country: "GB" };
  expect(addressLines(london, "").slice(2)).toEqual(["London", "SW1A 1AA"]);
  const madrid = { ...de, city: "Madrid", postalCode: "28001", country: "ES" };
  expect(addressLines(madrid, "").at(-1)).toBe("28001 Madrid");
});

test("an address survives the way to Medusa and back", () => {
  expect(fromMedusa(toMedusa(us))).toEqual(us);
  expect(fromMedusa({ country_code: "us", address_1: null })).toBeNull();
});
