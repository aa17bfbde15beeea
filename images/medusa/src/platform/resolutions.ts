import { existsSync, readFileSync, writeFileSync } from "node:fs"
import Module from "node:module"
import path from "node:path"

/**
 * Which file is meant by what is required from a folder's files: by folder, then by request, an index into `files`. Of those files the ones
 * that are CommonJS: indices too.
 */
interface Resolutions {
  files: string[]
  folders: Record<string, Record<string, number>>
  commonJs: number[]
}

type Resolve = (request: string, parent?: { filename?: string | null }, isMain?: boolean, options?: object) => string
interface Compiling {
  _compile(source: string, filename: string, format?: string): unknown
}

// What Node resolves each require() by, and loads and compiles its file. None of it is documented, but it has been what module-alias,
// tsconfig-paths, ts-node and others build on for ten years.
const loader = Module as unknown as {
  _resolveFilename: Resolve
  _extensions: { ".js": (module: Compiling, filename: string) => void }
  prototype: Compiling
}

/**
 * Finding the files that Medusa requires takes Node some hundred thousand questions to the file system at each start, seven in ten of
 * them for what is not there: a sixth of the time until a shop answers. In an image nothing moves, so the answers of the build
 * are taken from the file. So is what Node looks for in the folders above each file: a package.json that may make it an ES module.
 * What is not in the file is looked for as ever; without the file, all is.
 */
export function takeResolutions(file: string): void {
  if (!existsSync(file)) return
  const { files, folders, commonJs } = JSON.parse(readFileSync(file, "utf8")) as Resolutions
  const resolve = loader._resolveFilename
  loader._resolveFilename = (request, parent, isMain, options) => {
    const known = !options && parent?.filename ? folders[path.dirname(parent.filename)]?.[request] : undefined
    // A number, or what every object has: a package may be named "constructor".
    return typeof known === "number" ? files[known] : resolve(request, parent, isMain, options)
  }
  const knownAsCommonJs = new Set(commonJs.map((index) => files[index]))
  const load = loader._extensions[".js"]
  loader._extensions[".js"] = (module, filename) => {
    if (knownAsCommonJs.has(filename)) module._compile(readFileSync(filename, "utf8"), filename)
    else load(module, filename)
  }
}

/** Notes what is resolved and loaded from now on; the function that it returns writes that for takeResolutions(). */
export function recordResolutions(): (file: string) => void {
  const resolve = loader._resolveFilename
  const compile = loader.prototype._compile
  const indices = new Map<string, number>()
  const folders: Resolutions["folders"] = {}
  const commonJs = new Set<string>()
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
  loader.prototype._compile = function (source, filename, format) {
    if (format !== "module" && isCode(filename) && source === readFileSync(filename, "utf8")) commonJs.add(filename)
    return compile.call(this, source, filename, format)
  }
  return (file) => {
    const files = [...indices.keys()]
    const known = files.flatMap((name, index) => (commonJs.has(name) ? [index] : []))
    writeFileSync(file, JSON.stringify({ files, folders, commonJs: known } satisfies Resolutions))
  }
}

/** Whether Node loads a file of that name as it loads a .js. */
function isCode(filename: string): boolean {
  return /\.c?js$/.test(filename)
}
