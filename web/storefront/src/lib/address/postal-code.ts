import { formatOf } from "./formats";

// Where the separator stands, counted from the end, in codes that people also type without it.
const separators: Record<string, { fromEnd: number; separator: string }> = {
  CA: { fromEnd: 3, separator: " " },
  GB: { fromEnd: 3, separator: " " },
  IE: { fromEnd: 4, separator: " " },
  NL: { fromEnd: 2, separator: " " },
  CZ: { fromEnd: 2, separator: " " },
  SK: { fromEnd: 2, separator: " " },
  SE: { fromEnd: 2, separator: " " },
  PT: { fromEnd: 3, separator: "-" },
  PL: { fromEnd: 3, separator: "-" },
  BR: { fromEnd: 3, separator: "-" },
  JP: { fromEnd: 4, separator: "-" },
};

/** The code as the country writes it: k1a0b1 is K1A 0B1. What is no code of the country stays what it was. */
export function normalisePostalCode(country: string, value: string): string {
  const upper = value.trim().replace(/\s+/g, " ").toUpperCase();
  const rule = separators[country];
  if (!rule) return upper;
  const bare = upper.replace(/[ -]/g, "");
  if (bare.length <= rule.fromEnd) return upper;
  const normal = bare.slice(0, -rule.fromEnd) + rule.separator + bare.slice(-rule.fromEnd);
  return formatOf(country).postal.pattern.test(normal) ? normal : upper;
}
