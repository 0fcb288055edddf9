// Keeps compiled code from one run to the next. What is read back is run: so it is kept only where no other user can have
// written. From version 22.1 on Node keeps it itself (enableCompileCache); what does it for Node 20 can go when that does.
const {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs')
const Module = require('node:module')
const { basename, dirname, join } = require('node:path')

/**
 * Keeps the compiled code of the files of `sources` below `caches`, the user's cache directory. Where that cannot be done
 * safely, nothing is kept, and nothing is said: the next run compiles again.
 *
 * Returns what is to be called before V8's flags change, and in the end.
 */
exports.keepCompiled = function keepCompiled(sources, caches) {
  const folder = privateFolder(caches, ['glance-tasks', 'compiled', process.version])
  if (folder === undefined) return () => {}
  if (Module.enableCompileCache === undefined) return keepOnNode20(sources, folder)
  Module.enableCompileCache(folder)
  return () => {}
}

/**
 * The folder below `caches` in which no other user can have put anything, made if need be; undefined where there is none.
 *
 * Whoever may write to a folder may exchange what is in it, also after it was looked at. So each folder on the way belongs
 * to this user, or above `caches` to root, and only its owner may write to it; the last is closed to all others.
 */
function privateFolder(caches, names) {
  try {
    makeFolders(caches)
    let folder = realpathSync(caches)
    if (!isOwn(lstatSync(folder)) || !isAboveSafe(dirname(folder))) return undefined
    for (const name of names) {
      folder = join(folder, name)
      make(folder)
      const stats = lstatSync(folder)
      if (!stats.isDirectory() || !isOwn(stats)) return undefined
    }
    return process.geteuid === undefined || (lstatSync(folder).mode & 0o777) === 0o700 ? folder : undefined
  } catch {
    return undefined
  }
}

/** In a sticky folder, such as /tmp, only the owner of an entry may exchange it. */
function isAboveSafe(folder) {
  const stats = lstatSync(folder)
  const isRoots = process.geteuid !== undefined && stats.uid === 0
  const isSafe = isOwn(stats) || (isRoots && ((stats.mode & 0o022) === 0 || (stats.mode & 0o1000) !== 0))
  return isSafe && (dirname(folder) === folder || isAboveSafe(dirname(folder)))
}

/** Makes a folder that only this user may enter, whatever the umask. */
function make(folder) {
  try {
    mkdirSync(folder, { mode: 0o700 })
    chmodSync(folder, 0o700)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
}

/** Node's own recursive mkdir never comes back where no folder can be made, as under /proc. */
function makeFolders(folder) {
  try {
    make(folder)
  } catch (error) {
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error
    makeFolders(dirname(folder))
    make(folder)
  }
}

/**
 * From now on the files of `sources` are compiled by what is kept of them in `folder`, if anything is.
 *
 * Returns what keeps all that was loaded since its last call, with the functions that it has needed by then. V8 takes
 * compiled code only under the flags that it was made under: it is to be called before they change, and in the end.
 */
function keepOnNode20(sources, folder) {
  const { Script } = require('node:vm')
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

/** Whether it belongs to this user, and nobody else may write to it. */
function isOwn({ uid, mode }) {
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0)
}

/** In one step: another run reads the old file or the new one, and either whole. */
function replace(file, bytes) {
  const temporary = `${file}.${process.pid}.${process.hrtime.bigint()}`
  try {
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
