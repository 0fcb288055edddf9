// Caches compiled code between runs. Cached code is executed, so the cache must be in a directory that no other user can
// write to. Node's own cache (enableCompileCache, since Node 22) contains the code of a file right after it was loaded, which
// is a fifth of the code that a command runs. This cache contains what V8 had compiled by the exit. Files that were not used for a
// long time, such as those of another Node, are deleted; see old-code.js.
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
const { basename, dirname, join } = require('node:path')

/** How often a file is marked as used, in milliseconds: a week. */
const MARK_INTERVAL = 7 * 24 * 3600 * 1000

// The class of node:module, which takes time to load.
const Module = module.constructor

// A module's code is the body of a function. It is wrapped as bytes: V8 would copy the whole text to join strings.
const [BEFORE, AFTER] = Module.wrap('\0')
  .split('\0')
  .map((text) => Buffer.from(text))

/**
 * Returns a function that loads a file of the directory `sources`, such as `./main.js`, and what it requires. It caches their
 * compiled code below `caches`, the user's cache directory. If that is not safe, the files are compiled in each run.
 *
 * @param withDefaultFlags calls a function while V8 has the flags that the process started with.
 */
exports.loaderOf = function loaderOf(sources, caches, withDefaultFlags) {
  const folder = privateFolder(caches, ['glance-tasks', 'compiled', engine()])
  return folder === undefined
    ? (name) => require(join(sources, name))
    : cachingLoader(sources, folder, withDefaultFlags)
}

/** Compiled code depends on the version of V8, the kind of processor and V8's flags. V8 also checks its version and flags. */
function engine() {
  const version = `${process.version}-${process.arch}`
  // Flags are rare, and node:v8 takes a millisecond to load.
  if (process.execArgv.length === 0 && !process.env.NODE_OPTIONS) return version
  return `${version}-${require('node:v8').cachedDataVersionTag()}`
}

/**
 * Creates the cache directory below `caches` if necessary. Returns undefined if other users can write to it.
 *
 * A user who can write to a directory can replace its contents, even after a check. So every directory on the path must
 * belong to this user (or, above `caches`, to root) and be writable only by its owner. The last one must be private (0700).
 * Windows shows Node neither owners nor permissions: there, the user's cache directory is private by default.
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

/** A sticky directory such as /tmp is safe, too: only the owner of an entry can replace it. */
function isAboveSafe(folder) {
  const stats = lstatSync(folder)
  const isRoots = process.geteuid !== undefined && stats.uid === 0
  const isSafe = isOwn(stats) || (isRoots && ((stats.mode & 0o022) === 0 || (stats.mode & 0o1000) !== 0))
  return isSafe && (dirname(folder) === folder || isAboveSafe(dirname(folder)))
}

/** Creates a directory with mode 0700, regardless of the umask. */
function make(folder) {
  if (lstatSync(folder, { throwIfNoEntry: false })) return
  try {
    mkdirSync(folder, { mode: 0o700 })
    chmodSync(folder, 0o700)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
}

/** Replaces Node's recursive mkdir, which never returns where no directory can be created, such as in /proc. */
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
 * Loads files from their cached code in `folder`, if there is any. At exit, it caches the code of new files, including the
 * functions that were compiled. V8 accepts cached code only under the flags it was created with.
 */
function cachingLoader(sources, folder, withDefaultFlags) {
  const { Script } = require('node:vm')
  const loaded = []
  /** The files that were not marked as used for a while. */
  const unmarked = []

  function load(name) {
    const filename = join(sources, name)
    const known = Module._cache[filename]
    if (known) return known.exports
    const source = Buffer.concat([BEFORE, readFileSync(filename), AFTER])
    const file = join(folder, basename(filename))
    const cachedData = read(file, source, (stats) => {
      if (stats.mtimeMs < Date.now() - MARK_INTERVAL) unmarked.push(file)
    })
    const text = source.toString()
    const script = withDefaultFlags(() => new Script(text, { filename, cachedData }))
    loaded.push({ file, text, script, isCached: cachedData !== undefined && !script.cachedDataRejected })
    const loading = new Module(filename, module)
    Module._cache[filename] = loading
    script.runInThisContext().call(loading.exports, loading.exports, requireHere, loading, filename, sources)
    loading.loaded = true
    return loading.exports
  }

  /** What `require` is in a loaded file, which needs only its neighbours and the modules of Node. */
  function requireHere(id) {
    return id.startsWith('./') ? load(id) : require(id)
  }

  process.once('exit', () => {
    // A previous run may have compiled fewer functions: if one file is new, write all of them again.
    const isComplete = loaded.every(({ isCached }) => isCached)
    if (isComplete && unmarked.length === 0) return
    try {
      // Not the file's present content, because it may have been replaced meanwhile.
      if (!isComplete)
        for (const { file, text, script } of loaded) replace(file, layOut(Buffer.from(text), script.createCachedData()))
      require('./old-code.js').deleteOldCode(dirname(folder), unmarked)
    } catch {
      // Without a cache, the next run compiles again.
    }
  })
  return load
}

/** A file contains the wrapped source, to detect another version, and the code twice, because V8 crashes on damaged code. */
function layOut(source, code) {
  return Buffer.concat([source, code, code])
}

/** The cached code of a source; undefined if there is none, or if it is damaged. */
function read(file, source, onStats) {
  try {
    const bytes = readOwn(file, onStats)
    const middle = (bytes.length + source.length) / 2
    const code = bytes.subarray(source.length, middle)
    const isWhole = bytes.subarray(0, source.length).equals(source) && bytes.subarray(middle).equals(code)
    return isWhole ? code : undefined
  } catch {
    return undefined
  }
}

/** Reads a file that belongs to this user. Throws for any other file, because its content is executed. */
function readOwn(file, onStats) {
  // Do not follow links, which may lead to a file of another user, and do not block on a pipe.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() || !isOwn(stats)) throw new Error(`${file} does not belong to this user.`)
    onStats(stats)
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Whether an entry belongs to this user, and only this user can write to it. */
function isOwn({ uid, mode }) {
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0)
}

/** Replaces a file atomically: other runs read either the old file or the new one. */
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
