export const categoryHandles = ["clothing", "home", "desk"] as const
export const featuredHandle = "favourites"

export type Category = (typeof categoryHandles)[number]
export type OptionName = "size" | "colour" | "edition"
export type ProductHandle = "t-shirt" | "hoodie" | "tote-bag" | "mug" | "candle" | "notebook"

/** What does not depend on the shop's language; the words are in texts/. */
export interface SampleProduct {
  handle: ProductHandle
  category: Category
  featured: boolean
  option: OptionName
  values: string[]
  /** About euro or dollar size: see prices.ts. */
  price: number
  grams: number
}

export const sampleProducts: SampleProduct[] = [
  { handle: "t-shirt", category: "clothing", featured: true, option: "size", values: ["S", "M", "L", "XL"], price: 20, grams: 180 },
  { handle: "hoodie", category: "clothing", featured: false, option: "size", values: ["S", "M", "L", "XL"], price: 50, grams: 520 },
  { handle: "tote-bag", category: "clothing", featured: true, option: "colour", values: ["natural", "black"], price: 15, grams: 140 },
  { handle: "mug", category: "home", featured: true, option: "colour", values: ["white", "blue"], price: 12, grams: 340 },
  { handle: "candle", category: "home", featured: false, option: "edition", values: ["standard"], price: 18, grams: 260 },
  { handle: "notebook", category: "desk", featured: true, option: "edition", values: ["lined", "plain"], price: 9, grams: 210 },
]
