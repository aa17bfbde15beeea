import "server-only";
import { storeConfig, type StoreConfig } from "./config";
import { catalogueOf, plural, type Messages } from "./messages";
import type { PluralText } from "./messages/text";
import { formatMoney, localeOf } from "./money";

/** The store's own words and ways of writing: what every page and action speaks with. */
export interface Shop {
  name: string;
  country: string;
  language: string;
  messages: Messages;
  money: (amount: number, currency: string) => string;
  count: (forms: PluralText, count: number) => string;
  date: (date: Date) => string;
  countryName: (code: string) => string;
}

let made: { config: StoreConfig; shop: Shop } | undefined;

/** Made once for each state of the store's settings: the objects that format numbers and dates are costly. */
export function getShop(): Shop {
  const config = storeConfig();
  if (made?.config !== config) made = { config, shop: createShop(config) };
  return made.shop;
}

function createShop(config: StoreConfig): Shop {
  const { language, messages } = catalogueOf(config.language);
  // Numbers and dates follow the language of the page around them.
  const locale = localeOf(language, config.country);
  const countries = new Intl.DisplayNames(locale, { type: "region" });
  return {
    name: config.name,
    country: config.country,
    language,
    messages,
    money: (amount, currency) => formatMoney(amount, currency, locale),
    count: (forms, count) => plural(forms, count, locale),
    date: (date) => new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(date),
    countryName: (code) => countries.of(code) ?? code,
  };
}
