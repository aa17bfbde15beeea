import type { Category, OptionName, ProductHandle } from "./sample-products"
import { de } from "./texts/de"
import { en } from "./texts/en"
import { es } from "./texts/es"
import { fr } from "./texts/fr"
import { it } from "./texts/it"
import { nl } from "./texts/nl"

/** Every word of the sample data in one language. */
export interface Texts {
  stockLocation: string
  standardShipping: { name: string; description: string }
  expressShipping: { name: string; description: string }
  categories: Record<Category, string>
  featured: string
  options: Record<OptionName, string>
  /** Option values; one that is missing reads the same in every language. */
  values: Record<string, string>
  products: Record<ProductHandle, { title: string; description: string }>
}

const languages: Record<string, Texts> = { de, en, es, fr, it, nl }

/** The sample data's words in a language, in English where it is not spoken here. */
export function textsIn(language: string): Texts {
  return languages[language] ?? en
}
