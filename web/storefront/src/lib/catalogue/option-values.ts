interface OptionValue {
  value: string;
  /** The owner's own order, where it has been given. */
  rank?: number | null;
}

const sizes = ["XXXS", "XXS", "XS", "S", "M", "L", "XL", "XXL", "2XL", "XXXL", "3XL", "4XL", "5XL"];
const sizeOf = (value: string) => sizes.indexOf(value.trim().toUpperCase());
const natural = new Intl.Collator("en", { numeric: true });

/** Medusa reports the values of an option in no order: here by rank, else sizes by size, else by number and letter. */
export function orderValues(values: OptionValue[]): string[] {
  const ranked = values.every(({ rank }) => typeof rank === "number");
  const sized = values.every(({ value }) => sizeOf(value) >= 0);
  const compare = (a: OptionValue, b: OptionValue) => {
    if (ranked) return a.rank! - b.rank!;
    return sized ? sizeOf(a.value) - sizeOf(b.value) : natural.compare(a.value, b.value);
  };
  return [...values].sort(compare).map(({ value }) => value);
}
