import { expect, test } from "vitest";
import { formatMoney, localeOf } from "./money";

// Intl separates number and sign with (narrow) no-break spaces.
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test.each([
  [19.99, "USD", "en-US", "$19.99"],
  [1234.5, "EUR", "de-DE", "1.234,50 €"],
  [1234.5, "EUR", "fr-FR", "1 234,50 €"],
  [1234.5, "EUR", "en-IE", "€1,234.50"],
  [1500, "JPY", "ja-JP", "￥1,500"],
  [0, "CHF", "de-CH", "CHF 0.00"],
])("%d %s in %s is %s", (amount, currency, locale, expected) => {
  expect(plain(formatMoney(amount, currency, locale))).toBe(expected);
});

test("the locale is language and country", () => {
  expect(localeOf("de", "AT")).toBe("de-AT");
  expect(localeOf("en", "DE")).toBe("en-DE");
});
