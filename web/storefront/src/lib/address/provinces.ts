// Provinces that a customer picks from a list, where carriers and tax rules need the exact one. Codes as in ISO 3166-2,
// without the country. Names are those used in the country itself.

const lists: Record<string, string> = {
  US: `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
    DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|
    LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|
    NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|
    OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|
    TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|AS American Samoa|
    GU Guam|MP Northern Mariana Islands|PR Puerto Rico|VI U.S. Virgin Islands`,
  CA: `AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NT Northwest Territories|
    NS Nova Scotia|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon`,
  AU: `ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|
    TAS Tasmania|VIC Victoria|WA Western Australia`,
};

export interface Province {
  /** As Medusa's tax regions name it: us-ca. */
  value: string;
  /** As it is written in an address: CA. */
  code: string;
  name: string;
}

function parse(country: string, list: string): Province[] {
  return list.split("|").map((entry) => {
    const [code = "", ...name] = entry.trim().split(" ");
    return { value: `${country}-${code}`.toLowerCase(), code, name: name.join(" ") };
  });
}

const provinces = new Map(Object.entries(lists).map(([country, list]) => [country, parse(country, list)]));

/** Empty for a country whose provinces are typed, not picked. */
export function provincesOf(country: string): Province[] {
  return provinces.get(country) ?? [];
}
