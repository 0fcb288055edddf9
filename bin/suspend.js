// What happens to the terminal when a shell stops the process (Ctrl-Z) and continues it (fg). Loaded only for what is drawn.

const { spawnSync } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { isInBackground } = require('./background.js')

/** @type {Set<{ leave(): void, back(): void, child?: number, isAway: boolean }>} */
const views = new Set()

/**
 * How often a process in the background checks whether it is in the foreground again, in milliseconds: `fg` sends no signal
 * then.
 */
const BACKGROUND_PAUSE = 500
/** How long a child may take to stop, in milliseconds. */
const PATIENCE = 1000
const PAUSE = 10

/**
 * Calls `leave` before Ctrl-Z stops the process, and `back` when it runs again in the foreground, also after SIGSTOP. The
 * process stops after `child`, if there is one, and after the children of that, such as the pager that a shell has started: a
 * pager first leaves the terminal as the shell needs it, and the shell believes that the terminal is its own as soon as this
 * process stops. Returns a function that ends this.
 */
exports.onSuspend = function onSuspend(leave, back, child) {
  if (process.platform === 'win32') return () => {}
  const view = { leave, back, child, isAway: false }
  if (views.size === 0) process.on('SIGTSTP', suspend).on('SIGCONT', comeBack)
  views.add(view)
  return () => {
    views.delete(view)
    if (views.size === 0) process.off('SIGTSTP', suspend).off('SIGCONT', comeBack)
  }
}

function suspend() {
  for (const view of views) {
    // Stopped again in the background, it has already left.
    if (!view.isAway) view.leave()
    view.isAway = true
  }
  for (const { child } of views) if (child !== undefined) familyOf(child).forEach(waitUntilStopped)
  process.off('SIGTSTP', suspend)
  // Returns when the process continues, or at once where no shell could continue it: the kernel then ignores the signal.
  process.kill(process.pid, 'SIGTSTP')
  process.on('SIGTSTP', suspend)
  comeBack()
}

/** A process, its children, and theirs. */
function familyOf(pid) {
  return [pid, ...childrenOf(pid).flatMap(familyOf)]
}

function childrenOf(pid) {
  try {
    const text =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        : spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).stdout
    return text.split(/\s+/).filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Waits until a process has stopped or ended. It has received the signal, too; one that ignores it is not waited for long. */
function waitUntilStopped(pid) {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (let waited = 0; waited < PATIENCE && /^[^TtZX]/.test(stateOf(pid)); waited += PAUSE) {
    Atomics.wait(sleeper, 0, 0, PAUSE)
  }
}

/** The state of a process as ps shows it, such as `T` for stopped; empty if it does not exist. */
function stateOf(pid) {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')
      : spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  } catch {
    return ''
  }
}

function comeBack() {
  if (isInBackground()) {
    setTimeout(comeBack, BACKGROUND_PAUSE).unref()
    return
  }
  // The terminal may have another size now. Node reads the size only at this signal, which the shell has received.
  process.kill(process.pid, 'SIGWINCH')
  for (const view of views) {
    view.isAway = false
    view.back()
  }
}
