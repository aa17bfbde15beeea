import type { StoreIdentity } from "../platform/settings"

/** The country's name in the shop's language: what its region is called. */
export function countryName({ country, language }: Pick<StoreIdentity, "country" | "language">): string {
  const code = country.toUpperCase()
  return new Intl.DisplayNames([knownLocale(language), "en"], { type: "region" }).of(code) ?? code
}

/** Of a language that no Intl knows, English. Tags that are not even well-formed throw. */
function knownLocale(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0]
  } catch {
    return "en"
  }
}
