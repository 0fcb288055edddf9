// Decides what SIGHUP means: the terminal was closed, or the signal must be ignored, as under nohup.
const { closeSync, fstatSync, readFileSync, readSync, statSync } = require('node:fs')
const { basename } = require('node:path')
const { isatty } = require('node:tty')

/**
 * Whether nohup, or a shell, wants SIGHUP to be ignored. Node resets the ignored signals of a process at start-up, so this
 * function looks for other traces of nohup.
 *
 * @param parent the ID of the parent process.
 */
exports.isHangUpIgnored = function isHangUpIgnored(parent) {
  // bash, zsh and ksh set `_` to the name of the command that they started: nohup, which then became this process.
  return basename(process.env._ ?? '') === 'nohup' || hasUnreadableStdin() || ignoresHangUps(parent)
}

/** GNU nohup replaces a terminal on standard input with /dev/null, opened for writing only. */
function hasUnreadableStdin() {
  try {
    if (!isNull(fstatSync(0))) return false
    readSync(0, Buffer.alloc(1))
    return false
  } catch (error) {
    return error.code === 'EBADF'
  }
}

/** Whether the parent ignores SIGHUP: then it wants its children to ignore it, too. Linux only. */
function ignoresHangUps(parent) {
  if (process.ppid !== parent) return false
  try {
    const [, ignored] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${parent}/status`, 'utf8'))
    return (BigInt(`0x${ignored}`) & 1n) === 1n
  } catch {
    return false
  }
}

/** Whether one of the standard streams was a terminal that no longer exists. Never on Windows, which has no /dev/null either. */
exports.hasLostTerminal = () => [0, 1, 2].some(isLostTerminal)

/** Closes the standard streams that were terminals: Node's exit resets a terminal, and aborts if it no longer exists. */
exports.closeLostTerminals = function closeLostTerminals() {
  for (const stream of [0, 1, 2].filter(isLostTerminal)) closeSync(stream)
}

function isLostTerminal(stream) {
  if (process.platform === 'win32') return false
  const stats = fstatSync(stream)
  return stats.isCharacterDevice() && !isNull(stats) && !isatty(stream)
}

function isNull({ rdev }) {
  return rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev
}
