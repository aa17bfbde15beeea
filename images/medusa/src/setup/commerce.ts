import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import {
  createRegionsWorkflow,
  createShippingOptionsWorkflow,
  createShippingProfilesWorkflow,
  createStockLocationsWorkflow,
  createTaxRegionsWorkflow,
  linkSalesChannelsToApiKeyWorkflow,
  linkSalesChannelsToStockLocationWorkflow,
  updateStoresWorkflow,
} from "@medusajs/medusa/core-flows"
import type { StoreIdentity } from "../platform/settings"
import { countryName } from "./country-name"
import { localPrice, shippingPrices } from "./prices"
import { find, Identified } from "./records"
import { Texts, textsIn } from "./texts"

const provider = "manual_manual"

interface Store extends Identified {
  default_sales_channel_id: string
}

/** What the sample products hang on. */
export interface Commerce {
  salesChannelId: string
  locationId: string
  shippingProfileId: string
}

/** What a shop needs to sell: a region with manual payment, a stock location, and shipping from there into the store's country. */
export async function seedCommerce(container: MedusaContainer, identity: StoreIdentity): Promise<Commerce> {
  const texts = textsIn(identity.language)
  const store = await find<Store>(container, "store", {}, ["id", "default_sales_channel_id"])
  if (!store) throw new Error("Medusa has no store, though it creates one at its first start")
  const region = await createRegion(container, identity)
  const location = await createStockLocation(container, identity, texts, store.default_sales_channel_id)
  const zone = await createServiceZone(container, identity, location)
  const profile = await shippingProfile(container)
  await createShippingOptions(container, identity.currency, texts, { region, zone, profile })
  await updateStoresWorkflow(container).run({
    input: {
      selector: { id: store.id },
      update: {
        name: identity.displayName,
        supported_currencies: [{ currency_code: identity.currency, is_default: true }],
        default_region_id: region.id,
        default_location_id: location.id,
      },
    },
  })
  await linkPublishableKey(container, store.default_sales_channel_id)
  return { salesChannelId: store.default_sales_channel_id, locationId: location.id, shippingProfileId: profile.id }
}

async function createRegion(container: MedusaContainer, identity: StoreIdentity): Promise<Identified> {
  const { country, currency } = identity
  const region = { name: countryName(identity), currency_code: currency, countries: [country], payment_providers: ["pp_system_default"] }
  const { result } = await createRegionsWorkflow(container).run({ input: { regions: [region] } })
  await createTaxRegionsWorkflow(container).run({ input: [{ country_code: country, provider_id: "tp_system" }] })
  return result[0]
}

async function createStockLocation(
  container: MedusaContainer,
  { country }: StoreIdentity,
  texts: Texts,
  salesChannelId: string,
): Promise<Identified> {
  const input = { locations: [{ name: texts.stockLocation, address: { address_1: "", country_code: country.toUpperCase() } }] }
  const { result } = await createStockLocationsWorkflow(container).run({ input })
  await linkToLocation(container, result[0], { fulfillment_provider_id: provider })
  await linkSalesChannelsToStockLocationWorkflow(container).run({ input: { id: result[0].id, add: [salesChannelId] } })
  return result[0]
}

async function linkToLocation(container: MedusaContainer, location: Identified, other: Record<string, string>): Promise<void> {
  const link = container.resolve(ContainerRegistrationKeys.LINK)
  await link.create({ [Modules.STOCK_LOCATION]: { stock_location_id: location.id }, [Modules.FULFILLMENT]: other })
}

async function createServiceZone(container: MedusaContainer, { country }: StoreIdentity, location: Identified): Promise<Identified> {
  const name = "Delivery"
  const zone = { name, geo_zones: [{ type: "country" as const, country_code: country }] }
  const set = await container.resolve(Modules.FULFILLMENT).createFulfillmentSets({ name, type: "shipping", service_zones: [zone] })
  await linkToLocation(container, location, { fulfillment_set_id: set.id })
  return set.service_zones[0]
}

/** Medusa's migrations of data make one. */
async function shippingProfile(container: MedusaContainer): Promise<Identified> {
  const profile = await find(container, "shipping_profile", { type: "default" })
  if (profile) return profile
  const { result } = await createShippingProfilesWorkflow(container).run({ input: { data: [{ name: "Default", type: "default" }] } })
  return result[0]
}

interface Shipping {
  region: Identified
  zone: Identified
  profile: Identified
}

async function createShippingOptions(container: MedusaContainer, currency: string, texts: Texts, shipping: Shipping): Promise<void> {
  const offers = [
    { ...texts.standardShipping, code: "standard", price: shippingPrices.standard },
    { ...texts.expressShipping, code: "express", price: shippingPrices.express },
  ]
  const input = offers.map(({ name, description, code, price }) => {
    const amount = localPrice(price, currency)
    return {
      name,
      price_type: "flat" as const,
      provider_id: provider,
      service_zone_id: shipping.zone.id,
      shipping_profile_id: shipping.profile.id,
      type: { label: name, description, code },
      prices: [{ currency_code: currency, amount }, { region_id: shipping.region.id, amount }],
      rules: [
        { attribute: "enabled_in_store", value: "true", operator: "eq" as const },
        { attribute: "is_return", value: "false", operator: "eq" as const },
      ],
    }
  })
  await createShippingOptionsWorkflow(container).run({ input })
}

interface ApiKey extends Identified {
  sales_channels_link?: { sales_channel_id: string }[]
}

/** The storefront's key opens what the shop sells. */
async function linkPublishableKey(container: MedusaContainer, salesChannelId: string): Promise<void> {
  const key = await find<ApiKey>(container, "api_key", { type: "publishable" }, ["id", "sales_channels_link.sales_channel_id"])
  if (!key) throw new Error("Medusa has no publishable key, though it creates one at its first start")
  if (key.sales_channels_link?.length) return
  await linkSalesChannelsToApiKeyWorkflow(container).run({ input: { id: key.id, add: [salesChannelId] } })
}
