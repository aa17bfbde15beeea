"use strict"
// Loads CommonJS together with what V8 compiled of it while the image was built. Preloaded: `node --require compiled-code.cjs …`.
//
//   COMPILED_CODE=FILE         is loaded from. Code that V8 does not take (of another version, or made with other flags), and files that
//                              are not in it (ES modules never are) or have changed since, are compiled as ever.
//   COMPILED_CODE_RECORD=FILE  is written when the process exits: all that it loaded, with every function that it called, and what
//                              COMPILED_CODE held besides. So one process after the other can add to it. Its children record nothing.
//   NODE_DEBUG=compiled-code   says at the end how many files were taken, refused by V8, changed and unknown.
//
// import() in such code is what Node 22 calls experimental, and warns of unless told --disable-warning=ExperimentalWarning.
//
// Node has a cache of this kind (NODE_COMPILE_CACHE), but makes the code as it loads a file, when nothing in it has run yet: functions
// that are called later are parsed and compiled anew by each process. Of Medusa's start that is a tenth.
//
// The file: a line of JSON, {name: [offset, length, CRC-32 of the source]}, filled up with spaces to a multiple of 8 bytes, and what the
// offsets point into.

const { readFileSync, renameSync, writeFileSync } = require("node:fs")
const Module = require("node:module")
const path = require("node:path")
const { debuglog } = require("node:util")
const v8 = require("node:v8")
const vm = require("node:vm")
const { isMainThread } = require("node:worker_threads")
const { crc32 } = require("node:zlib")

const alignment = 8
const debug = debuglog("compiled-code")

/** A recording, read from its file. */
class Recording {
  #file
  #index = new Map()
  #start = 0
  /** Weakly: the code is wanted in bursts, and most of it once. */
  #content

  /** A file that is not there holds nothing. */
  constructor(file) {
    this.#file = file
    const content = file && this.#read()
    if (!content) return
    const end = content.indexOf("\n")
    this.#index = new Map(Object.entries(JSON.parse(content.toString("utf8", 0, end))))
    this.#start = end + 1
  }

  #read() {
    const known = this.#content?.deref()
    if (known) return known
    try {
      const content = readFileSync(this.#file)
      this.#content = new WeakRef(content)
      return content
    } catch (error) {
      if (error.code === "ENOENT") return undefined
      throw error
    }
  }

  names() {
    return this.#index.keys()
  }

  sumOf(name) {
    return this.#index.get(name)?.[2]
  }

  codeOf(name) {
    const [offset, length] = this.#index.get(name)
    const from = this.#start + offset
    return this.#read()?.subarray(from, from + length)
  }
}

/** `entries`: [name, code, sum of the source]. */
function write(file, entries) {
  const index = {}
  const parts = []
  let offset = 0
  for (const [name, code, sum] of entries) {
    const padding = -code.length & (alignment - 1)
    index[name] = [offset, code.length, sum]
    parts.push(code, Buffer.alloc(padding))
    offset += code.length + padding
  }
  const line = JSON.stringify(index)
  const filled = line + " ".repeat(-(Buffer.byteLength(line) + 1) & (alignment - 1)) + "\n"
  writeFileSync(`${file}.new`, Buffer.concat([Buffer.from(filled), ...parts]))
  renameSync(`${file}.new`, file)
}

/** What a module is given to require others by, as Node makes it. */
function requireOf(module) {
  const require = (request) => module.require(request)
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options)
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module)
  require.main = process.mainModule
  require.extensions = Module._extensions
  require.cache = Module._cache
  return require
}

const recording = new Recording(process.env.COMPILED_CODE)
const target = isMainThread ? process.env.COMPILED_CODE_RECORD : undefined
delete process.env.COMPILED_CODE_RECORD
const loaded = new Map()
const counts = { taken: 0, refused: 0, changed: 0, unknown: 0 }
const compileAsEver = Module.prototype._compile

/** The function around the module's source, or undefined where Node is to compile it as ever. */
function compile(source, name) {
  const sum = crc32(source)
  const known = recording.sumOf(name)
  const cachedData = known === sum ? recording.codeOf(name) : undefined
  if (!cachedData) counts[known === undefined ? "unknown" : "changed"] += 1
  const script = cachedData || target ? scriptOf(source, name, cachedData) : undefined
  if (!script) return undefined
  if (cachedData) counts[script.cachedDataRejected ? "refused" : "taken"] += 1
  if (target) loaded.set(name, [script, sum])
  return script.runInThisContext()
}

/** undefined for what is no CommonJS: Node finds out what else it is, or what is wrong with it. */
function scriptOf(source, filename, cachedData) {
  try {
    return withCodesFlags(
      () =>
        new vm.Script(Module.wrap(source.replace(/^#!/, "//")), {
          filename,
          columnOffset: -Module.wrapper[0].length,
          cachedData,
          importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
        }),
    )
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * While recording, functions keep their code; else V8 drops that of what has not been called for a while. Code is taken only with the flags
 * that it was made with, so it is made, and loaded, without that one.
 */
function withCodesFlags(work) {
  if (!target) return work()
  v8.setFlagsFromString("--flush-bytecode")
  try {
    return work()
  } finally {
    v8.setFlagsFromString("--no-flush-bytecode")
  }
}

// As v8-compile-cache, pirates and others have done it for ten years; Node documents no other way. Two things that Node's own does are
// missing: it remembers what it asked the file system for as long as one require() takes, and it names some cycles through ES modules.
Module.prototype._compile = function (source, name, format) {
  const isModule = format === "module" || format === "module-typescript" || name.endsWith(".mjs")
  const run = isModule || typeof source !== "string" ? undefined : compile(source, name)
  if (!run) return compileAsEver.call(this, source, name, format)
  return run.call(this.exports, this.exports, requireOf(this), this, name, path.dirname(name))
}

if (target) v8.setFlagsFromString("--no-flush-bytecode")

process.on("exit", () => {
  debug("%d taken, %d refused, %d changed, %d unknown", counts.taken, counts.refused, counts.changed, counts.unknown)
  if (!target) return
  const kept = [...recording.names()].filter((name) => !loaded.has(name)).map((name) => [name, recording.codeOf(name), recording.sumOf(name)])
  const made = withCodesFlags(() => [...loaded].map(([name, [script, sum]]) => [name, script.createCachedData(), sum]))
  write(target, [...kept, ...made].sort(([a], [b]) => (a < b ? -1 : 1)))
})
