import { canBuy, type Variant } from "./product";

export type Selection = Record<string, string>;

function matches(variant: Variant, selection: Selection): boolean {
  return Object.entries(selection).every(([option, value]) => variant.options[option] === value);
}

/** The one variant that the selection of a value for every option stands for. */
export function findVariant(variants: Variant[], selection: Selection): Variant | undefined {
  return variants.find((variant) =>
    Object.keys(variant.options).every((option) => selection[option] === variant.options[option]),
  );
}

/** Whether a purchasable variant has this value beside what is selected for the other options. */
export function isAvailable(variants: Variant[], selection: Selection, option: string, value: string): boolean {
  return variants.some((variant) => canBuy(variant) && matches(variant, { ...selection, [option]: value }));
}

/** What a product page starts with: the first variant that can be bought, or else the first. */
export function initialSelection(variants: Variant[]): Selection {
  return { ...(variants.find(canBuy) ?? variants[0])?.options };
}
