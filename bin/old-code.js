// Deletes compiled code that is no longer used: of other versions of Node, and of files that the program no longer has.
// Loaded only when a run has compiled code itself, and once a week: after the output, at the exit.
const { lstatSync, readdirSync, rmdirSync, unlinkSync, utimesSync } = require('node:fs')
const { join } = require('node:path')

const DAY = 24 * 3600 * 1000
/** A file that was not used for this time is deleted, in milliseconds. */
const MAX_AGE = 60 * DAY

/**
 * Marks files as used now, and deletes those that were not used for a long time: files in the folders of `compiled`, and the
 * folders that are empty then. The time of a file says when it was written or marked. Ignores whatever it did not create itself, and
 * follows no link.
 *
 * @param {string} compiled the folder with one folder for each engine. Only this user can write to it.
 * @param {readonly string[]} used files in it
 */
exports.deleteOldCode = function deleteOldCode(compiled, used) {
  const now = Date.now()
  for (const file of used) attempt(() => utimesSync(file, now / 1000, now / 1000))
  for (const name of readdirSync(compiled)) {
    const folder = join(compiled, name)
    const stats = lstatSync(folder)
    // A link is not a directory.
    if (!ENGINE.test(name) || !stats.isDirectory() || !isOwn(stats)) continue
    for (const file of readdirSync(folder)) if (FILE.test(file)) attempt(() => deleteIfOld(join(folder, file), now))
    // Fails if the folder is not empty. A new one is about to get its files.
    if (stats.mtimeMs < now - DAY) attempt(() => rmdirSync(folder))
  }
}

/** Such as v24.1.0-x64, with a number for other flags of V8. */
const ENGINE = /^v\d+\.\d+\.\d+[\w.-]*$/
/** Such as main.js, with two numbers if a run was killed while it wrote the file. */
const FILE = /^[\w-]+\.js(\.\d+\.\d+)?$/

function deleteIfOld(file, now) {
  const stats = lstatSync(file)
  if (stats.isFile() && isOwn(stats) && stats.mtimeMs < now - MAX_AGE) unlinkSync(file)
}

function isOwn({ uid }) {
  return process.geteuid === undefined || uid === process.geteuid()
}

/** Another run may delete the same file, or not allow it. */
function attempt(work) {
  try {
    work()
  } catch {
    // It stays until another run.
  }
}
