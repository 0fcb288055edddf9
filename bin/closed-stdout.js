// Whether the shell that started the program has closed its stdout (`>&-`). Node opens /dev/null in place of a stream that
// is closed, for reading and writing, before any code of ours runs: what is written then is lost without an error. A stdout
// that was sent to /dev/null on purpose looks the same when Node or Python has opened it, but not when a shell has, because
// shells open it for writing alone. Only Linux tells.
const { readFileSync, readlinkSync } = require('node:fs')
const { basename } = require('node:path')

const SHELLS = ['sh', 'bash', 'dash', 'ash', 'busybox', 'zsh', 'ksh', 'ksh93', 'mksh', 'fish']

/** Takes the id of the process that has started this one. */
exports.isStdoutClosed = function isStdoutClosed(parent) {
  // What the shell's own stdout is may have been inherited.
  return isNullBothWays('self') && isShell(parent) && !isNullBothWays(parent)
}

function isNullBothWays(pid) {
  try {
    if (readlinkSync(`/proc/${pid}/fd/1`) !== '/dev/null') return false
    const [, flags] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/1`, 'utf8'))
    return (Number.parseInt(flags, 8) & 3) === 2
  } catch {
    return false
  }
}

function isShell(pid) {
  try {
    return SHELLS.includes(basename(readlinkSync(`/proc/${pid}/exe`)))
  } catch {
    return false
  }
}
