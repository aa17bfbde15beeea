import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"

export interface Identified {
  id: string
}

/** The first record of an entity that matches, by Medusa's query over all modules. */
export async function find<T = Identified>(
  container: MedusaContainer,
  entity: string,
  filters: object = {},
  fields: string[] = ["id"],
): Promise<T | undefined> {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({ entity, fields, filters } as Parameters<typeof query.graph>[0])
  return data[0] as T | undefined
}
