// Ends an interrupted process although a thread is busy. Node's own exit waits for it: for a name server that does not respond,
// half a minute or more.

/** What the threads of Node do that nothing can interrupt: look up host names, and read files. */
const WORK = ['GetAddrInfoReqWrap', 'FSReqCallback', 'FSReqPromise']

/** What a shell sees of a process that SIGINT ended. */
const INTERRUPTED = 130

/**
 * Ends the process, as a shell sees it, with status 130, if a thread is busy. Windows knows no death by a signal. Does nothing for
 * another status, such as that of a command in the sandbox, which handled the signal itself.
 */
exports.endDespiteThreads = function endDespiteThreads() {
  if (process.exitCode !== INTERRUPTED) return
  if (process.platform === 'win32' || !process.getActiveResourcesInfo().some((name) => WORK.includes(name))) return
  process.removeAllListeners('SIGINT')
  process.kill(process.pid, 'SIGINT')
}
