import { expect, test } from "vitest";
import { catalogueOf, plural, text, type Messages } from ".";

const placeholders = (message: string) => [...message.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
const flat = (messages: Messages) =>
  Object.entries(messages).flatMap(([key, message]) =>
    typeof message === "string"
      ? [[key, message] as const]
      : Object.entries(message).map(([form, value]) => [`${key}.${form}`, value] as const),
  );
const english = new Map(flat(catalogueOf("en").messages));

test.each(["de", "fr", "es"])("%s has every message, with the placeholders of the English one", (language) => {
  const messages = flat(catalogueOf(language).messages);
  expect(messages.map(([key]) => key)).toEqual([...english.keys()]);
  for (const [key, message] of messages) {
    expect(message.trim(), key).not.toBe("");
    expect(placeholders(message), key).toEqual(placeholders(english.get(key)!));
  }
});

test("a language without a catalogue gets English", () => {
  expect(catalogueOf("de").language).toBe("de");
  expect(catalogueOf("pl").language).toBe("en");
  expect(catalogueOf("constructor").language).toBe("en");
});

test("values replace placeholders, and are not read as templates", () => {
  expect(text("{title}: {count}", { title: "{count}", count: 2 })).toBe("{count}: 2");
});

test.each([
  [1, "en-US", "1 product"],
  [0, "en-US", "0 products"],
  [1234, "en-US", "1,234 products"],
])("%d in %s is %s", (count, locale, expected) => {
  expect(plural({ one: "{count} product", other: "{count} products" }, count, locale)).toBe(expected);
});

test("French counts nought as one", () => {
  expect(plural(catalogueOf("fr").messages.productCount, 0, "fr-FR")).toBe("0 produit");
});
