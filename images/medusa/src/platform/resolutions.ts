import { existsSync, readFileSync, writeFileSync } from "node:fs"
import Module from "node:module"
import path from "node:path"

/** Which file is meant by what is required from a folder's files: by folder, then by request, an index into `files`. */
interface Resolutions {
  files: string[]
  folders: Record<string, Record<string, number>>
}

type Resolve = (request: string, parent?: { filename?: string | null }, isMain?: boolean, options?: object) => string

// What Node resolves each require() by. It is not documented, but has been what module-alias, tsconfig-paths and others build on for ten years.
const loader = Module as unknown as { _resolveFilename: Resolve }

/**
 * Finding the files that Medusa requires takes Node some hundred thousand questions to the file system at each start, seven in ten of
 * them for what is not there: a sixth of the time until a shop answers. In an image nothing moves, so the answers of the build
 * are taken from the file. What is not in it is looked for as ever; without the file, all is.
 */
export function takeResolutions(file: string): void {
  if (!existsSync(file)) return
  const { files, folders } = JSON.parse(readFileSync(file, "utf8")) as Resolutions
  const resolve = loader._resolveFilename
  loader._resolveFilename = (request, parent, isMain, options) => {
    const known = !options && parent?.filename ? folders[path.dirname(parent.filename)]?.[request] : undefined
    // A number, or what every object has: a package may be named "constructor".
    return typeof known === "number" ? files[known] : resolve(request, parent, isMain, options)
  }
}

/** Notes what is resolved from now on; the function that it returns writes that for takeResolutions(). */
export function recordResolutions(): (file: string) => void {
  const resolve = loader._resolveFilename
  const indices = new Map<string, number>()
  const folders: Resolutions["folders"] = {}
  loader._resolveFilename = (request, parent, isMain, options) => {
    const found = resolve(request, parent, isMain, options)
    // Node's own modules have no path, and one with options is looked for elsewhere.
    if (!options && parent?.filename && path.isAbsolute(found)) {
      if (!indices.has(found)) indices.set(found, indices.size)
      const requests = (folders[path.dirname(parent.filename)] ??= {})
      requests[request] = indices.get(found)!
    }
    return found
  }
  return (file) => writeFileSync(file, JSON.stringify({ files: [...indices.keys()], folders } satisfies Resolutions))
}
