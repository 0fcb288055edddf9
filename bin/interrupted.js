// Ends an interrupted process although a thread is busy. Node's own exit waits for it: for a name server that does not respond,
// half a minute or more.

/** What the threads of Node do that nothing can interrupt: look up host names, and read files. */
const WORK = ['GetAddrInfoReqWrap', 'FSReqCallback', 'FSReqPromise']

/** Ends the process, as a shell sees it, with status 130, if a thread is busy. Windows knows no death by a signal. */
exports.endDespiteThreads = function endDespiteThreads() {
  if (process.platform === 'win32' || !process.getActiveResourcesInfo().some((name) => WORK.includes(name))) return
  process.removeAllListeners('SIGINT')
  process.kill(process.pid, 'SIGINT')
}
