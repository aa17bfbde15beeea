import type { Totals } from "./cart";

interface MedusaTotals {
  total?: number;
  tax_total?: number;
  item_subtotal?: number;
  original_item_total?: number;
  discount_total?: number;
  discount_subtotal?: number;
  shipping_subtotal?: number;
  original_shipping_total?: number;
  items?: { is_tax_inclusive?: boolean }[] | null;
  shipping_methods?: unknown[] | null;
}

/**
 * Medusa reports each sum with and without tax. A shop that shows prices with tax adds those up and states the tax
 * that is in them; one that shows them without adds the tax as a line. Either way the lines add up to the total.
 */
export function totalsOf(from: MedusaTotals): Totals {
  const taxIncluded = from.items?.some((item) => item.is_tax_inclusive === true) ?? false;
  const delivery = (from.shipping_methods ?? []).length > 0;
  const shipping = (taxIncluded ? from.original_shipping_total : from.shipping_subtotal) ?? 0;
  return {
    goods: (taxIncluded ? from.original_item_total : from.item_subtotal) ?? 0,
    discount: (taxIncluded ? from.discount_total : from.discount_subtotal) ?? 0,
    shipping: delivery ? shipping : null,
    tax: from.tax_total ?? 0,
    taxIncluded,
    total: from.total ?? 0,
  };
}
