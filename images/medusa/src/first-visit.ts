import http from "node:http"
import { text } from "node:stream/consumers"

/** How long an answer may take. */
const patienceMs = 10_000
/** As web/storefront asks for the products of a list. */
const fields = encodeURIComponent(
  "handle,title,thumbnail,images.url,variants.manage_inventory,variants.allow_backorder,variants.inventory_quantity,*variants.calculated_price",
)

/**
 * Asks what the shop's front page asks for, by HTTP as a visitor does. What runs for the first time takes Medusa four times as long:
 * the moments until the ingress knows of a new pod are spent on that.
 */
export async function firstVisit(port: number, publishableKey: string): Promise<void> {
  const ask = (path: string) => get(port, path, { "x-publishable-api-key": publishableKey })
  const [region] = JSON.parse(await ask("/store/regions?limit=1")).regions
  if (region) await ask(`/store/products?limit=8&region_id=${region.id}&fields=${fields}`)
}

function get(port: number, path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: "127.0.0.1", port, path, headers, signal: AbortSignal.timeout(patienceMs) }, (answer) => {
        if (answer.statusCode === 200) text(answer).then(resolve, reject)
        else reject(new Error(`${path.split("?")[0]} answered ${answer.statusCode}`))
      })
      .once("error", reject)
  })
}
