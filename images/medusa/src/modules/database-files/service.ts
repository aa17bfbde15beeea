import { randomUUID } from "node:crypto"
import path from "node:path"
import { Readable, Writable } from "node:stream"
import type { FileTypes } from "@medusajs/framework/types"
import { AbstractFileProviderService, MedusaError } from "@medusajs/framework/utils"
import { decodeContent } from "./content"
import { deleteFiles, Database, readFile, writeFile } from "./table"

interface Dependencies {
  __pg_connection__: Database
}

/** Above this a file is refused: it is held in memory while it is written. */
const maxBytes = 32 * 1024 * 1024

/**
 * Keeps uploads in the store's database. So one backup holds the whole shop, any number of replicas on any node sees every file, and
 * no volume has to be shared. Addresses carry no host name: they hold under every name that the shop answers to.
 */
export class DatabaseFileService extends AbstractFileProviderService {
  static readonly identifier = "database"

  constructor(private readonly dependencies: Dependencies) {
    super()
  }

  // Resolved at use: the container answers with an error before the connection is registered.
  private get database(): Database {
    return this.dependencies.__pg_connection__
  }

  async upload(file: FileTypes.ProviderUploadFileDTO): Promise<FileTypes.ProviderFileResultDTO> {
    const isPublic = file.access === "public"
    const key = newKey(file.filename, isPublic)
    await this.store(key, isPublic, file.mimeType, decodeContent(file.content, file.mimeType))
    return { key, url: urlOf(key) }
  }

  async getUploadStream(file: FileTypes.ProviderUploadStreamDTO) {
    const isPublic = file.access === "public"
    const key = newKey(file.filename, isPublic)
    const url = urlOf(key)
    const chunks: Buffer[] = []
    let size = 0
    const writeStream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        size += chunk.length
        chunks.push(chunk)
        done(size > maxBytes ? tooLarge(file.filename) : null)
      },
      final: (done) => {
        this.store(key, isPublic, file.mimeType, Buffer.concat(chunks)).then(() => done(), done)
      },
    })
    const promise = new Promise<FileTypes.ProviderFileResultDTO>((resolve, reject) => {
      writeStream.on("finish", () => resolve({ key, url })).on("error", reject)
    })
    return { writeStream, promise, url, fileKey: key }
  }

  async delete(files: FileTypes.ProviderDeleteFileDTO | FileTypes.ProviderDeleteFileDTO[]): Promise<void> {
    await deleteFiles(this.database, [files].flat().map((file) => file.fileKey))
  }

  async getPresignedDownloadUrl(file: FileTypes.ProviderGetFileDTO): Promise<string> {
    return urlOf(file.fileKey)
  }

  /** The admin uploads through the backend: there is no other place to send a file to. */
  async getPresignedUploadUrl(file: FileTypes.ProviderGetPresignedUploadUrlDTO): Promise<FileTypes.ProviderFileResultDTO> {
    return { url: "/admin/uploads", key: file.filename }
  }

  async getDownloadStream(file: FileTypes.ProviderGetFileDTO): Promise<Readable> {
    return Readable.from(await this.getAsBuffer(file))
  }

  async getAsBuffer(file: FileTypes.ProviderGetFileDTO): Promise<Buffer> {
    const found = await readFile(this.database, file.fileKey)
    if (!found) throw new MedusaError(MedusaError.Types.NOT_FOUND, `There is no file ${file.fileKey}`)
    return found.content
  }

  private async store(key: string, isPublic: boolean, mimeType: string | undefined, content: Buffer): Promise<void> {
    if (content.length > maxBytes) throw tooLarge(key)
    await writeFile(this.database, { key, public: isPublic, mime_type: mimeType || "application/octet-stream", content })
  }
}

const privatePrefix = "private-"

/** A key that cannot be guessed and is one segment of a path; the name stays readable at its end. */
function newKey(filename: string, isPublic: boolean): string {
  const name = path.basename(filename).normalize("NFKD").replace(/[^A-Za-z0-9._-]+/g, "-").slice(-80)
  return `${isPublic ? "" : privatePrefix}${randomUUID()}-${name || "file"}`
}

/** Private files are served below /admin, where Medusa lets only its logged-in users in. */
function urlOf(key: string): string {
  return key.startsWith(privatePrefix) ? `/admin/private-files/${key}` : `/static/${key}`
}

function tooLarge(name: string): MedusaError {
  return new MedusaError(MedusaError.Types.INVALID_DATA, `${name} is larger than ${maxBytes / 1024 / 1024} MB: upload a smaller file`)
}
