// The main script of the executable. It loads the program from the assets of the executable: each file as source, and its
// code as V8 compiled it when the executable was built.
//
// Node's own code cache (useCodeCache) holds only what V8 compiles before a script runs. This one also holds the functions
// that a run called.
const { getAsset, getAssetKeys, getRawAsset } = require('node:sea')
const { posix } = require('node:path')
const { Script } = require('node:vm')

/** Where the program appears to be, in stack traces. */
const ROOT = '/glance-tasks/'
const FIRST = 'bin/glance-tasks.js'
const names = new Set(getAssetKeys())
const modules = new Map()
const scripts = new Map()

/** What the executable does not need: the program caches its compiled code on disk. */
modules.set('bin/compile-cache.js', { exports: { loaderOf: () => (name) => load(resolve('dist/cli', name)) } })

function load(name) {
  const known = modules.get(name)
  if (known) return known.exports
  const module = { exports: {} }
  modules.set(name, module)
  const filename = ROOT + name
  const cachedData = names.has(`${name}.code`) ? Buffer.from(getRawAsset(`${name}.code`)) : undefined
  const source = `(function (exports, require, module, __filename, __dirname) {${getAsset(name, 'utf8').replace(/^#!/, '//')}\n})`
  const script = new Script(source, { filename, cachedData })
  scripts.set(name, script)
  const folder = posix.dirname(name)
  const requireFrom = (id) => (id.startsWith('.') ? load(resolve(folder, id)) : require(id))
  script.runInThisContext()(module.exports, requireFrom, module, filename, ROOT + folder)
  return module.exports
}

function resolve(folder, id) {
  const name = posix.join(folder, id)
  if (names.has(name) || modules.has(name)) return name
  throw new Error(`The executable does not contain ${name}.`)
}

// Only in the first of the two executables of a build, which runs the program to compile it.
if (names.has('record')) {
  process.once('exit', () => {
    const { mkdirSync, writeFileSync } = require('node:fs')
    for (const [name, script] of scripts) {
      const file = posix.join(process.env.RECORD_COMPILED_CODE, `${name}.code`)
      mkdirSync(posix.dirname(file), { recursive: true })
      writeFileSync(file, script.createCachedData())
    }
  })
}

load(FIRST)
