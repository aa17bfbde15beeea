import "server-only";
import type { HttpTypes } from "@medusajs/types";
import { cache } from "react";
import { storeConfig } from "@/lib/config";
import { chooseRegion } from "@/lib/catalogue/region";
import { cached } from "@/lib/ttl";
import { backend } from "./client";
import { BackendError } from "./errors";

export interface Region {
  id: string;
  /** ISO 4217, upper case. */
  currency: string;
  /** ISO 3166-1 alpha-2, upper case: where the shop delivers to. */
  countries: string[];
}

const load = cached(30_000, async (): Promise<Region> => {
  const { regions } = await backend.get<HttpTypes.StoreRegionListResponse>("/store/regions", { limit: 100 });
  const known = regions.map((region) => ({
    id: region.id,
    currency: region.currency_code.toUpperCase(),
    countries: (region.countries ?? []).flatMap(({ iso_2 }) => (iso_2 ? [iso_2.toUpperCase()] : [])),
  }));
  const { country, currency } = storeConfig();
  const region = chooseRegion(known, country, currency);
  if (!region) throw new BackendError("unavailable", "the backend has no region: create one in the admin");
  return region;
});

/** The region that the store sells in. */
export const getRegion = cache(load);
