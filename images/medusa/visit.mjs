// Uses a shop once, as a customer who orders and an owner who looks at the order. Usage: node visit.mjs URL, with the variables of record.sh
import { readFileSync } from "node:fs"
import { until } from "/app/src/platform/deadline.js"

const patienceSeconds = 60
const [url] = process.argv.slice(2)
const read = (variable) => readFileSync(process.env[variable], "utf8")
const key = { "x-publishable-api-key": read("PUBLISHABLE_KEY_FILE") }

async function ask(path, { body, headers = key } = {}) {
  const method = body ? "POST" : "GET"
  const answer = await fetch(url + path, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(patienceSeconds * 1000),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`)
  return answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text
}

async function order() {
  const { regions } = await ask("/store/regions?limit=100")
  const [region] = regions
  const query = (values) => new URLSearchParams({ region_id: region.id, ...values })
  await ask("/store/product-categories?fields=id,name,handle,parent_category_id,rank&order=rank&limit=200")
  const fields = "*variants.calculated_price,+variants.inventory_quantity"
  const { products } = await ask(`/store/products?${query({ fields, limit: 8, order: "-created_at" })}`)
  const [product] = (await ask(`/store/products?${query({ fields, handle: products[0].handle, limit: 1 })}`)).products

  const { cart } = await ask("/store/carts", { body: { region_id: region.id } })
  await ask(`/store/carts/${cart.id}/line-items`, { body: { variant_id: product.variants[0].id, quantity: 1 } })
  const address = { first_name: "A", last_name: "B", address_1: "C 1", city: "D", postal_code: "10001", country_code: region.countries[0].iso_2 }
  await ask(`/store/carts/${cart.id}`, { body: { email: "customer@example.com", shipping_address: address, billing_address: address } })
  const { shipping_options: options } = await ask(`/store/shipping-options?cart_id=${cart.id}`)
  await ask(`/store/carts/${cart.id}/shipping-methods`, { body: { option_id: options[0].id } })
  const { payment_collection: payment } = await ask("/store/payment-collections", { body: { cart_id: cart.id } })
  await ask(`/store/payment-collections/${payment.id}/payment-sessions`, { body: { provider_id: "pp_system_default" } })
  await ask(`/store/carts/${cart.id}`)
  const done = await ask(`/store/carts/${cart.id}/complete`, { body: {} })
  if (done.type !== "order") throw new Error(`the cart became no order: ${JSON.stringify(done).slice(0, 500)}`)
  return done.order
}

async function look(order) {
  await ask("/app/login")
  const login = { email: JSON.parse(read("STORE_FILE")).adminEmail, password: read("ADMIN_PASSWORD_FILE") }
  const { token } = await ask("/auth/user/emailpass", { body: login, headers: {} })
  const headers = { authorization: `Bearer ${token}` }
  for (const path of ["/admin/users/me", "/admin/orders?limit=20", `/admin/orders/${order.id}`, "/admin/products?limit=20"]) await ask(path, { headers })
}

await until({ what: "the shop is ready", seconds: patienceSeconds }, () => ask("/ready"))
await look(await order())
