import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { Order, orderPlaced } from "../mail/messages"
import { post } from "../mail/post"
import { storeIdentity } from "../platform/settings"

const fields = ["display_id", "email", "currency_code", "shipping_total", "tax_total", "total", "items.*", "shipping_address.*"]

/** Tells the customer what the shop received. */
export default async function confirmOrder({ event, container }: SubscriberArgs<{ id: string }>): Promise<void> {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({ entity: "order", fields, filters: { id: event.data.id } })
  const order = data[0] as unknown as (Order & { email?: string }) | undefined
  if (!order?.email) return
  const message = () => orderPlaced(order, storeIdentity())
  await post(container, { to: order.email, template: "order-placed", key: `order-placed ${event.data.id}`, message })
}

export const config: SubscriberConfig = { event: "order.placed" }
