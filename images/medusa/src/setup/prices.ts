/** What delivery costs: about euro or dollar size, like the products' prices. */
export const shippingPrices = { standard: 5, express: 12 }

/** Roughly what one euro or dollar buys elsewhere: sample prices should look right, not follow the exchange. */
const scale: Record<string, number> = {
  aed: 4, ars: 1000, aud: 1.5, brl: 5, cad: 1.4, chf: 1, clp: 1000, cny: 7, cop: 4000, czk: 24, dkk: 7, egp: 50, gbp: 0.9, hkd: 8,
  huf: 390, idr: 16000, ils: 4, inr: 85, jpy: 150, kes: 130, krw: 1400, mad: 10, mxn: 20, myr: 4.5, ngn: 1600, nok: 11, nzd: 1.7,
  php: 58, pkr: 280, pln: 4, ron: 5, sar: 4, sek: 11, sgd: 1.4, thb: 35, try: 35, twd: 32, uah: 41, vnd: 25000, zar: 18,
}

/** A base price (of about euro or dollar size) as a price that looks made for the currency: 19.90, 150, 2900, 490000. */
export function localPrice(base: number, currency: string): number {
  const value = base * (scale[currency.toLowerCase()] ?? 1)
  if (value >= 100) return roundTo(value, 10 ** (Math.floor(Math.log10(value)) - 1))
  const price = Math.max(1, Math.round(value)) - (value >= 10 ? 0.1 : 0)
  return minorDigits(currency) === 0 ? Math.ceil(price) : price
}

function roundTo(value: number, step: number): number {
  return Math.round(value / step) * step
}

function minorDigits(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions()
  return maximumFractionDigits ?? 2
}
