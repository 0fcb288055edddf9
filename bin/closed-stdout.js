// Detects that the shell closed stdout (`>&-`). Before our code runs, Node replaces a closed stream with /dev/null, opened
// for reading and writing, so output would be lost without an error. A shell that redirects stdout to /dev/null opens it for
// writing only, which makes the two cases different. Node and Python open it both ways, so only shells count, and programs
// such as `timeout` whose own stdout is closed. Linux only.
const { readdirSync, readFileSync, readlinkSync } = require('node:fs')
const { basename } = require('node:path')

const SHELLS = ['sh', 'bash', 'dash', 'ash', 'busybox', 'zsh', 'ksh', 'ksh93', 'mksh', 'fish']

/** @param parent the ID of the parent process. */
exports.isStdoutClosed = function isStdoutClosed(parent) {
  if (!isNullBothWays('self')) return false
  // If the stdout of the shell is the same, this process inherited it.
  return hasNoStdout(parent) || (isShell(parent) && !isNullBothWays(parent))
}

/** False for the process of another user, whose streams are not visible. */
function hasNoStdout(pid) {
  try {
    return !readdirSync(`/proc/${pid}/fd`).includes('1')
  } catch {
    return false
  }
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
