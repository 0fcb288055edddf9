// What happens to the terminal when a shell stops the process (Ctrl-Z) and continues it (fg). Loaded only for what is drawn.

/** @type {Set<{ leave(): void, back(): void }>} */
const views = new Set()

/**
 * Calls `leave` before Ctrl-Z stops the process, and `back` when it runs again, also after SIGSTOP. Returns a function that
 * ends this.
 */
exports.onSuspend = function onSuspend(leave, back) {
  if (process.platform === 'win32') return () => {}
  const view = { leave, back }
  if (views.size === 0) process.on('SIGTSTP', suspend).on('SIGCONT', comeBack)
  views.add(view)
  return () => {
    views.delete(view)
    if (views.size === 0) process.off('SIGTSTP', suspend).off('SIGCONT', comeBack)
  }
}

function suspend() {
  for (const { leave } of views) leave()
  process.off('SIGTSTP', suspend)
  // Returns when the process continues, or at once where no shell could continue it: the kernel then ignores the signal.
  process.kill(process.pid, 'SIGTSTP')
  process.on('SIGTSTP', suspend)
  comeBack()
}

function comeBack() {
  // The terminal may have another size now. Node reads the size only at this signal, which the shell has received.
  process.kill(process.pid, 'SIGWINCH')
  for (const { back } of views) back()
}
