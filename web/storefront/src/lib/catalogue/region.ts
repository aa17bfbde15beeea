interface Candidate {
  currency: string;
  countries: string[];
}

/** The region of the store's country and currency; else of its country, else of its currency, else the first. */
export function chooseRegion<T extends Candidate>(regions: T[], country: string, currency: string): T | undefined {
  const inCountry = regions.filter((region) => region.countries.includes(country));
  return (
    inCountry.find((region) => region.currency === currency) ??
    inCountry[0] ??
    regions.find((region) => region.currency === currency) ??
    regions[0]
  );
}
