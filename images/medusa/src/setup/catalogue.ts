import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, ProductStatus } from "@medusajs/framework/utils"
import {
  createCollectionsWorkflow,
  createInventoryLevelsWorkflow,
  createProductCategoriesWorkflow,
  createProductsWorkflow,
} from "@medusajs/medusa/core-flows"
import type { StoreIdentity } from "../platform/settings"
import type { Commerce } from "./commerce"
import { localPrice } from "./prices"
import { categoryHandles, featuredHandle, SampleProduct, sampleProducts } from "./sample-products"
import { Texts, textsIn } from "./texts"

const stockPerVariant = 100

/** Products to look at and order, in categories, with stock. */
export async function seedCatalogue(container: MedusaContainer, identity: StoreIdentity, commerce: Commerce): Promise<void> {
  const texts = textsIn(identity.language)
  const shelves = await createShelves(container, texts)
  const products = sampleProducts.map((product) => ({
    ...productInput(product, texts, identity.currency, shelves),
    shipping_profile_id: commerce.shippingProfileId,
    sales_channels: [{ id: commerce.salesChannelId }],
  }))
  await createProductsWorkflow(container).run({ input: { products } })
  await stock(container, commerce.locationId)
}

interface Shelves {
  /** Ids by handle. */
  categories: Record<string, string>
  featured: string
}

async function createShelves(container: MedusaContainer, texts: Texts): Promise<Shelves> {
  const product_categories = categoryHandles.map((handle) => ({ name: texts.categories[handle], handle, is_active: true }))
  const { result: categories } = await createProductCategoriesWorkflow(container).run({ input: { product_categories } })
  const collections = [{ title: texts.featured, handle: featuredHandle }]
  const { result: featured } = await createCollectionsWorkflow(container).run({ input: { collections } })
  return { categories: Object.fromEntries(categories.map(({ handle, id }) => [handle, id])), featured: featured[0].id }
}

function productInput(product: SampleProduct, texts: Texts, currency: string, shelves: Shelves) {
  const { title, description } = texts.products[product.handle]
  const option = texts.options[product.option]
  const label = (value: string) => texts.values[value] ?? value
  const image = `/static/samples/${product.handle}.svg`
  return {
    title,
    description,
    handle: product.handle,
    status: ProductStatus.PUBLISHED,
    thumbnail: image,
    images: [{ url: image }],
    category_ids: [shelves.categories[product.category]],
    collection_id: product.featured ? shelves.featured : undefined,
    weight: product.grams,
    options: [{ title: option, values: product.values.map(label) }],
    variants: product.values.map((value) => ({
      title: label(value),
      sku: `${product.handle}-${value}`.toUpperCase(),
      manage_inventory: true,
      options: { [option]: label(value) },
      prices: [{ currency_code: currency, amount: localPrice(product.price, currency) }],
    })),
  }
}

async function stock(container: MedusaContainer, locationId: string): Promise<void> {
  const { data: items } = await container.resolve(ContainerRegistrationKeys.QUERY).graph({ entity: "inventory_item", fields: ["id"] })
  const inventory_levels = items.map(({ id }) => ({ inventory_item_id: id, location_id: locationId, stocked_quantity: stockPerVariant }))
  await createInventoryLevelsWorkflow(container).run({ input: { inventory_levels } })
}
