import "server-only";
import type { HttpTypes } from "@medusajs/types";
import { cache } from "react";
import { imagePath } from "@/lib/catalogue/image";
import { orderValues } from "@/lib/catalogue/option-values";
import {
  canBuy,
  lowestPrice,
  stockOf,
  type Price,
  type Product,
  type ProductSummary,
  type Variant,
} from "@/lib/catalogue/product";
import type { Sort } from "@/lib/catalogue/query";
import { storeConfig } from "@/lib/config";
import { backend } from "./client";
import { BackendError } from "./errors";
import { getRegion, type Region } from "./region";

const fields = "*variants.calculated_price,+variants.inventory_quantity";
/** What toSummary() needs: a list takes Medusa two thirds of the time then. images/medusa asks for the same at its start. */
const summaryFields = [
  "handle",
  "title",
  "thumbnail",
  "images.url",
  "variants.manage_inventory",
  "variants.allow_backorder",
  "variants.inventory_quantity",
  "*variants.calculated_price",
].join(",");

const orders: Record<Sort, string> = { newest: "-created_at", name: "title" };

export interface ProductQuery {
  limit: number;
  offset?: number;
  sort?: Sort;
  search?: string;
  categoryIds?: string[];
}

function toPrice(variant: HttpTypes.StoreProductVariant, region: Region): Price | null {
  const price = variant.calculated_price;
  if (typeof price?.calculated_amount !== "number") return null;
  const { calculated_amount: amount, original_amount: original } = price;
  return {
    amount,
    currency: region.currency,
    original: typeof original === "number" && original > amount ? original : null,
    taxIncluded: price.is_calculated_price_tax_inclusive ?? false,
  };
}

function toVariant(variant: HttpTypes.StoreProductVariant, region: Region): Variant {
  return {
    id: variant.id,
    options: Object.fromEntries(
      (variant.options ?? []).flatMap(({ option_id, value }) => (option_id ? [[option_id, value]] : [])),
    ),
    price: toPrice(variant, region),
    stock: stockOf(
      variant.manage_inventory ?? false,
      variant.allow_backorder ?? false,
      variant.inventory_quantity ?? 0,
    ),
  };
}

function variantsOf(product: HttpTypes.StoreProduct, region: Region): Variant[] {
  return (product.variants ?? []).map((variant) => toVariant(variant, region));
}

function toSummary(product: HttpTypes.StoreProduct, variants: Variant[]): ProductSummary {
  const { backendUrl } = storeConfig();
  return {
    handle: product.handle,
    title: product.title,
    image: imagePath(product.thumbnail ?? product.images?.[0]?.url, backendUrl),
    price: lowestPrice(variants),
    soldOut: !variants.some(canBuy),
  };
}

function toProduct(product: HttpTypes.StoreProduct, region: Region): Product {
  const { backendUrl } = storeConfig();
  const variants = variantsOf(product, region);
  const summary = toSummary(product, variants);
  const images = (product.images ?? []).flatMap(({ url }) => imagePath(url, backendUrl) ?? []);
  return {
    ...summary,
    id: product.id,
    subtitle: product.subtitle,
    description: product.description,
    images: images.length > 0 || !summary.image ? images : [summary.image],
    options: (product.options ?? []).map(({ id, title, values }) => ({ id, title, values: orderValues(values ?? []) })),
    variants,
  };
}

export async function listProducts(query: ProductQuery): Promise<{ products: ProductSummary[]; count: number }> {
  const region = await getRegion();
  const { products, count } = await backend.get<HttpTypes.StoreProductListResponse>("/store/products", {
    region_id: region.id,
    fields: summaryFields,
    limit: query.limit,
    offset: query.offset ?? 0,
    order: orders[query.sort ?? "newest"],
    ...(query.search && { q: query.search }),
    ...(query.categoryIds && { category_id: query.categoryIds }),
  });
  return { products: products.map((product) => toSummary(product, variantsOf(product, region))), count };
}

/** Fails with kind not_found if no product that the shop sells has this handle. */
export const getProduct = cache(async (handle: string): Promise<Product> => {
  const region = await getRegion();
  const { products } = await backend.get<HttpTypes.StoreProductListResponse>("/store/products", {
    region_id: region.id,
    fields,
    handle,
    limit: 1,
  });
  const product = products[0];
  if (!product) throw new BackendError("not_found", `no product has the handle '${handle}'`);
  return toProduct(product, region);
});
