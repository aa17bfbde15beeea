import "server-only";
import { storeConfig } from "./config";
import { catalogueOf, plural, type Messages } from "./messages";
import type { PluralText } from "./messages/text";
import { formatMoney, localeOf } from "./money";

/** The store's own words and ways of writing: what every page and action speaks with. */
export interface Shop {
  name: string;
  country: string;
  language: string;
  messages: Messages;
  money: (amount: number, currency?: string) => string;
  count: (forms: PluralText, count: number) => string;
  date: (date: Date) => string;
  countryName: (code: string) => string;
}

let shop: Shop | undefined;

export function getShop(): Shop {
  shop ??= createShop();
  return shop;
}

function createShop(): Shop {
  const config = storeConfig();
  const { language, messages } = catalogueOf(config.language);
  // Numbers and dates follow the language of the page around them.
  const locale = localeOf(language, config.country);
  const countries = new Intl.DisplayNames(locale, { type: "region" });
  return {
    name: config.name,
    country: config.country,
    language,
    messages,
    money: (amount, currency = config.currency) => formatMoney(amount, currency, locale),
    count: (forms, count) => plural(forms, count, locale),
    date: (date) => new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(date),
    countryName: (code) => countries.of(code) ?? code,
  };
}
