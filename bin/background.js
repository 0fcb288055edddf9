// Whether a shell runs this process in the background of its terminal, as after `&` or `bg`.
const { readFileSync } = require('node:fs')

/**
 * Whether the terminal belongs to another process, usually the shell, and shows what the user types there. Only for a process
 * that is a job of its own: timeout(1), too, puts its command in the background, but the user watches it. Linux only.
 */
exports.isInBackground = function isInBackground() {
  try {
    // After the name of the program: its state, parent, group, session and terminal, and the group in the foreground.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    const [group, foreground] = [fields[2], fields[5]].map(Number)
    return group === process.pid && foreground > 0 && foreground !== group
  } catch {
    return false
  }
}
