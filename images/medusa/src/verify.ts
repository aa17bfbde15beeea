import { log, messageOf } from "./platform/log"
import { secretFrom, setting } from "./platform/settings"

interface Expectation {
  name: string
  url: string
  headers?: Record<string, string>
  contains: string
}

/** Asks a running store, over the network of its namespace, what its customers and owner ask. Ends with an error if one answer is wrong. */
export async function verify(): Promise<void> {
  const backend = setting("BACKEND_URL")
  const key = { "x-publishable-api-key": secretFrom("PUBLISHABLE_KEY_FILE") }
  const expectations: Expectation[] = [
    { name: "readiness", url: `${backend}/ready`, contains: '"ready":true' },
    { name: "storefront", url: `${setting("STOREFRONT_URL")}/`, contains: "<html" },
    { name: "regions", url: `${backend}/store/regions`, headers: key, contains: '"currency_code"' },
    { name: "products", url: `${backend}/store/products?limit=1&fields=id`, headers: key, contains: '"products":' },
    { name: "admin", url: `${backend}/app/login`, contains: 'id="medusa"' },
  ]
  let failures = 0
  for (const expectation of expectations) failures += (await holds(expectation)) ? 0 : 1
  if (failures > 0) throw new Error(`${failures} of ${expectations.length} checks failed`)
  log.info("the store works", { checks: expectations.length })
}

async function holds({ name, url, headers, contains }: Expectation): Promise<boolean> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
    const body = await response.text()
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
    if (!body.includes(contains)) throw new Error(`${url}: the answer lacks ${contains}`)
    log.info(`${name}: ok`)
    return true
  } catch (error) {
    log.error(`${name}: failed`, { reason: messageOf(error) })
    return false
  }
}
