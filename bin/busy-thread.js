// Ends the process although a thread of Node is busy with what nothing can interrupt, such as a lookup of a host name or a read of
// a file. Node's own exit waits for it: for a name server that does not respond, half a minute or more.

/** What a shell sees of a process that SIGINT ended. */
const INTERRUPTED = 130

/** Its exit status is its argument. A process that replaces itself keeps its ID, and loses its threads. */
const SHELL = '/bin/sh'

/**
 * Ends the process with an exit status. Call it last in an `exit` event.
 *
 * Before Node 22.15, a POSIX process can do so only as interrupted. Otherwise, and on Windows, this function returns, and Node waits
 * for the thread. A signal can end the process meanwhile.
 *
 * @param streams the opened standard streams that are written to.
 */
exports.endDespiteThread = function endDespiteThread(status, streams) {
  // Node's exit takes pipes out of this mode, which they share with other programs.
  for (const { _handle: handle } of streams) handle?.setBlocking?.(true)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal)
  // On Windows, no signal can end a process.
  if (process.platform === 'win32') return
  if (status === INTERRUPTED) process.kill(process.pid, 'SIGINT')
  replaceProcess(status)
}

function replaceProcess(status) {
  try {
    // Node aborts if it cannot start the program.
    require('node:fs').accessSync(SHELL, 1)
    process.execve?.(SHELL, ['sh', '-c', `exit ${status}`], {})
  } catch {
    // Then Node waits.
  }
}
