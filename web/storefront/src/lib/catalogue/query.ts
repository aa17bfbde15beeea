import { pageNumber } from "./pages";

export type SearchParams = Record<string, string | string[] | undefined>;
export type Sort = "newest" | "name";

export interface CatalogueQuery {
  search: string;
  /** Handle of a category, or empty. */
  category: string;
  sort: Sort;
  page: number;
}

const maxSearch = 100;

function single(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.replace(/\p{Cc}/gu, " ").trim() ?? "";
}

export function readCatalogueQuery(params: SearchParams): CatalogueQuery {
  return {
    search: single(params["q"]).slice(0, maxSearch),
    category: single(params["category"]),
    sort: single(params["sort"]) === "name" ? "name" : "newest",
    page: pageNumber(single(params["page"])),
  };
}

/** The address of a view of the catalogue; what is at its default stays out of it. */
export function catalogueHref({
  search = "",
  category = "",
  sort = "newest",
  page = 1,
}: Partial<CatalogueQuery>): string {
  const params = new URLSearchParams();
  if (search) params.set("q", search);
  if (category) params.set("category", category);
  if (sort !== "newest") params.set("sort", sort);
  if (page > 1) params.set("page", String(page));
  return params.size > 0 ? `/products?${params}` : "/products";
}

/**
 * The product handle in an address, or null if none can look like this: the backend answers some such with a server
 * error.
 */
export function readHandle(segment: string): string | null {
  try {
    const handle = decodeURIComponent(segment);
    return handle.length > 0 && handle.length <= 255 && !/\p{Cc}/u.test(handle) ? handle : null;
  } catch {
    return null;
  }
}
