// What SIGHUP means: that the terminal was closed, or nothing, as under nohup.
const { fstatSync, readFileSync, readSync, statSync } = require('node:fs')
const { basename } = require('node:path')
const { isatty } = require('node:tty')

/**
 * Whether it is to be ignored, as nohup asks for. A program knows that from its own signals, but Node makes every signal
 * that was ignored at its start end the process again. So it is found out by the marks that are left. Takes the id of the
 * process that has started this one.
 */
exports.isHangUpIgnored = function isHangUpIgnored(parent) {
  // bash, zsh and ksh tell a command under which name they have started it: here nohup, which became this process.
  return basename(process.env._ ?? '') === 'nohup' || hasUnreadableStdin() || ignoresHangUps(parent)
}

/** In place of a terminal as standard input GNU's nohup opens /dev/null for writing alone. */
function hasUnreadableStdin() {
  try {
    if (!isNull(fstatSync(0))) return false
    readSync(0, Buffer.alloc(1))
    return false
  } catch (error) {
    return error.code === 'EBADF'
  }
}

/** A script that nohup runs, or that ignores hang-ups itself, does so for all that it starts. Only Linux tells. */
function ignoresHangUps(parent) {
  if (process.ppid !== parent) return false
  try {
    const [, ignored] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${parent}/status`, 'utf8'))
    return (BigInt(`0x${ignored}`) & 1n) === 1n
  } catch {
    return false
  }
}

/** Whether one of the standard streams was a terminal that has gone. */
exports.hasLostTerminal = function hasLostTerminal() {
  return [0, 1, 2].some((stream) => {
    const stats = fstatSync(stream)
    return stats.isCharacterDevice() && !isNull(stats) && !isatty(stream)
  })
}

function isNull({ rdev }) {
  return rdev === statSync('/dev/null').rdev
}
