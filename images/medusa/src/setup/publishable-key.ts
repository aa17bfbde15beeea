import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { linkSalesChannelsToApiKeyWorkflow } from "@medusajs/medusa/core-flows"
import { find, Identified } from "./records"

interface ApiKey extends Identified {
  token: string
  sales_channels_link?: { sales_channel_id: string }[]
}

/**
 * The storefront's key is the platform's generated one, so that the storefront is configured without asking the database. Medusa
 * keeps tokens of publishable keys in clear text and makes them up itself: the key that it creates at its first start is given ours.
 */
export async function ensurePublishableKey(container: MedusaContainer, token: string): Promise<void> {
  if (!/^pk_[A-Za-z0-9]{16,}$/.test(token))
    throw new Error("PUBLISHABLE_KEY_FILE: the key does not read pk_ and at least 16 letters and digits: generate it so")
  const fields = ["id", "token", "sales_channels_link.sales_channel_id"]
  const findKey = (filters: object) => find<ApiKey>(container, "api_key", filters, fields)
  const key = (await findKey({ token })) ?? (await findKey({ type: "publishable" }))
  if (!key) throw new Error("Medusa has no publishable key, though it creates one at its first start")
  if (key.token !== token) await giveToken(container, key.id, token)
  if (!key.sales_channels_link?.length) await linkDefaultChannel(container, key.id)
}

async function giveToken(container: MedusaContainer, id: string, token: string): Promise<void> {
  const database = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  const redacted = `${token.slice(0, 6)}***${token.slice(-3)}`
  await database("api_key").where({ id }).update({ token, redacted, title: "Storefront", revoked_at: null, revoked_by: null })
}

async function linkDefaultChannel(container: MedusaContainer, id: string): Promise<void> {
  const store = await find<{ default_sales_channel_id: string }>(container, "store", {}, ["default_sales_channel_id"])
  if (!store?.default_sales_channel_id) throw new Error("the store has no default sales channel to link its publishable key to")
  await linkSalesChannelsToApiKeyWorkflow(container).run({ input: { id, add: [store.default_sales_channel_id] } })
}
