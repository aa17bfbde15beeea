type Values = Record<string, string | number>;

export interface PluralText {
  one: string;
  other: string;
}

/** Puts values in for {name}. */
export function text(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

/** The form that the language has for this count, with {count} put in. */
export function plural(forms: PluralText, count: number, locale: string): string {
  const form = new Intl.PluralRules(locale).select(count) === "one" ? forms.one : forms.other;
  return text(form, { count: new Intl.NumberFormat(locale).format(count) });
}
