import "server-only";
import type { HttpTypes } from "@medusajs/types";
import { cache } from "react";
import type { Category } from "@/lib/catalogue/categories";
import { cached } from "@/lib/ttl";
import { backend } from "./client";

const load = cached(30_000, async (): Promise<Category[]> => {
  const { product_categories } = await backend.get<HttpTypes.StoreProductCategoryListResponse>(
    "/store/product-categories",
    {
      fields: "id,name,handle,parent_category_id,rank",
      order: "rank",
      limit: 200,
    },
  );
  return product_categories.map(({ id, name, handle, parent_category_id }) => ({
    id,
    name,
    handle,
    parentId: parent_category_id,
  }));
});

/** All visible categories, in the order that the shop owner gave them. */
export const getCategories = cache(load);
