import type { Knex } from "@medusajs/framework/mikro-orm/knex"

export type Database = Knex

/** A row of storewright.file, which the set-up creates. */
export interface StoredFile {
  key: string
  public: boolean
  mime_type: string
  content: Buffer
}

const table = (database: Database) => database.withSchema("storewright").table<StoredFile>("file")

export async function writeFile(database: Database, file: StoredFile): Promise<void> {
  await table(database).insert(file)
}

export async function readFile(database: Database, key: string): Promise<StoredFile | undefined> {
  return table(database).where({ key }).first()
}

export async function deleteFiles(database: Database, keys: string[]): Promise<void> {
  await table(database).whereIn("key", keys).delete()
}
