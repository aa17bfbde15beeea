// What pages show of a product, made from Medusa's answers by backend/products.ts.

export interface Price {
  amount: number;
  /** ISO 4217, upper case: that of the region the price is for. */
  currency: string;
  /** The price before a sale, if there is one. */
  original: number | null;
  taxIncluded: boolean;
}

export type Stock =
  { state: "in_stock" } | { state: "few"; left: number } | { state: "backorder" } | { state: "sold_out" };

export interface Variant {
  id: string;
  /** Option id to value. */
  options: Record<string, string>;
  price: Price | null;
  stock: Stock;
}

export interface ProductOption {
  id: string;
  title: string;
  values: string[];
}

export interface ProductSummary {
  handle: string;
  title: string;
  image: string | null;
  /** The lowest price; `from` when variants differ. */
  price: (Price & { from: boolean }) | null;
  soldOut: boolean;
}

export interface Product extends ProductSummary {
  id: string;
  subtitle: string | null;
  description: string | null;
  images: string[];
  options: ProductOption[];
  variants: Variant[];
}

const fewLeft = 5;

export function stockOf(managed: boolean, backorder: boolean, quantity: number): Stock {
  if (!managed) return { state: "in_stock" };
  if (quantity > fewLeft) return { state: "in_stock" };
  if (quantity > 0) return { state: "few", left: quantity };
  return { state: backorder ? "backorder" : "sold_out" };
}

export function canBuy(variant: Variant): boolean {
  return variant.price !== null && variant.stock.state !== "sold_out";
}

export function lowestPrice(variants: Variant[]): (Price & { from: boolean }) | null {
  const prices = variants.flatMap(({ price }) => (price ? [price] : []));
  const lowest = prices.reduce<Price | null>(
    (low, price) => (low === null || price.amount < low.amount ? price : low),
    null,
  );
  return lowest && { ...lowest, from: prices.some(({ amount }) => amount !== lowest.amount) };
}
