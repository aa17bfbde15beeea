import type { StoreIdentity } from "../platform/settings"
import { localPrice, shippingPrices } from "./prices"
import { sampleProducts } from "./sample-products"
import { Texts, textsIn } from "./texts"

/** The shop in the database's image: nobody's. Personalising replaces every member. */
export const bakedIdentity: StoreIdentity = {
  displayName: "Baked shop",
  adminEmail: "nobody@storewright.invalid",
  country: "us",
  currency: "usd",
  language: "en",
  url: "http://storewright.invalid",
}

/** One value of the baked shop, and what it is in the store's. */
export type Replacement<T> = [baked: T, wanted: T]

/** Every word of the sample data that reads differently in the language. */
export function textReplacements(language: string): Replacement<string>[] {
  const [baked, wanted] = [words(textsIn(bakedIdentity.language)), words(textsIn(language))]
  return baked.map((text, i): Replacement<string> => [text, wanted[i]]).filter(([from, to]) => from !== to)
}

/** Every price of the sample data. */
export function priceReplacements(currency: string): Replacement<number>[] {
  const bases = new Set([...Object.values(shippingPrices), ...sampleProducts.map(({ price }) => price)])
  return [...bases].map((base) => [localPrice(base, bakedIdentity.currency), localPrice(base, currency)])
}

/** The texts in the order of their keys, which is the same in every language: English has them all. */
function words(texts: Texts): string[] {
  const english = textsIn("en")
  const inOrder = (node: unknown, own: unknown): string[] =>
    typeof node === "string"
      ? [(own ?? node) as string]
      : Object.keys(node as object).flatMap((key) =>
          inOrder((node as Record<string, unknown>)[key], (own as Record<string, unknown> | undefined)?.[key]),
        )
  return inOrder(english, texts)
}
