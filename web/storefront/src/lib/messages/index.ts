import { de } from "./de";
import { en, type Messages } from "./en";
import { es } from "./es";
import { fr } from "./fr";

export type { Messages };
export { plural, text } from "./text";

const catalogues: Record<string, Messages> = { en, de, fr, es };

/** The catalogue of a language, and its code: English for a language that has none. */
export function catalogueOf(language: string): { language: string; messages: Messages } {
  const messages = Object.hasOwn(catalogues, language) ? catalogues[language] : undefined;
  return messages ? { language, messages } : { language: "en", messages: en };
}
