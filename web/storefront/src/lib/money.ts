/** The locale that prices, dates and names are written in: the shop's language as used in its country. */
export function localeOf(language: string, country: string): string {
  return Intl.getCanonicalLocales(`${language}-${country}`)[0]!;
}

/** Amounts are in major units, as Medusa has them: 19.99, not 1999. */
export function formatMoney(amount: number, currency: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
}
