// Keeps compiled code from one run to the next. From version 22.1 on Node does that itself (enableCompileCache); this is
// for Node 20, and can go when that does.
const {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs')
const Module = require('node:module')
const { basename, dirname, join } = require('node:path')
const { Script } = require('node:vm')

/**
 * From now on the files of `sources` are compiled by what is kept of them in `folder`, if anything is.
 *
 * Returns what keeps all that was loaded since its last call, with the functions that it has needed by then. V8 takes
 * compiled code only under the flags that it was made under: it is to be called before they change, and in the end.
 */
exports.keepCompiled = function keepCompiled(sources, folder) {
  const compile = Module.prototype._compile
  let loaded = []
  let changes = 0

  Module.prototype._compile = function compileKept(content, filename) {
    if (dirname(filename) !== sources) return compile.call(this, content, filename)
    const file = join(folder, `${basename(filename)}.${changes}`)
    const source = Buffer.from(content)
    const cachedData = read(file, source)
    const script = new Script(Module.wrap(content), { filename, cachedData })
    loaded.push({ file, source, script, isKept: cachedData !== undefined && !script.cachedDataRejected })
    return script.runInThisContext().call(this.exports, this.exports, (id) => this.require(id), this, filename, sources)
  }

  return function keep() {
    const scripts = loaded
    loaded = []
    changes++
    // What is kept was made by a run that perhaps did less than this one: where one of them is new, all are kept anew.
    if (scripts.every(({ isKept }) => isKept)) return
    try {
      makeFolders(folder)
      if (!isOwn(lstatSync(folder))) return
      for (const { file, source, script } of scripts) replace(file, layOut(source, script.createCachedData()))
    } catch {
      // Where nothing can be kept, the next run compiles again.
    }
  }
}

/** A file holds the source, so that no other version's code is run, and the code twice, since V8 falls over damaged code. */
function layOut(source, code) {
  return Buffer.concat([source, code, code])
}

/** The compiled code of a source; undefined where there is none that can be trusted. */
function read(file, source) {
  try {
    const bytes = readOwn(file)
    const middle = (bytes.length + source.length) / 2
    const code = bytes.subarray(source.length, middle)
    const isWhole = bytes.subarray(0, source.length).equals(source) && bytes.subarray(middle).equals(code)
    return isWhole ? code : undefined
  } catch {
    return undefined
  }
}

/** Reads a file that nobody else can have written: what is read here is run. */
function readOwn(file) {
  // A link could lead to a file that somebody else chose; opening a pipe would wait for ever.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() || !isOwn(stats)) throw new Error(`${file} is none of ours.`)
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Whether nobody but this user can have written there. */
function isOwn({ uid, mode }) {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
}

/** In one step: another run reads the old file or the new one, and either whole. */
function replace(file, bytes) {
  const temporary = `${file}.${process.pid}`
  try {
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Node's own recursive mkdir never comes back where no folder can be made, as under /proc. */
function makeFolders(folder) {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (error.code === 'EEXIST') return
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error
    makeFolders(dirname(folder))
    mkdirSync(folder, { mode: 0o700 })
  }
}
