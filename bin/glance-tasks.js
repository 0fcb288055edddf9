#!/usr/bin/env node
// Starts main with the real world as its context, fits the process to its work, and sets the exit status. Everything else
// is in src/.
const { fstatSync } = require('node:fs')
const { homedir } = require('node:os')
const { isAbsolute, join } = require('node:path')

const home = orElse(homedir, '/')

// The list of processes shows this instead of the arguments, which may hold a password.
process.title = 'glance-tasks'
// Compiled code is kept between runs, in the user's own folder: Node would keep it below /tmp, where others may write.
let keepCompiled = () => {}
const caches = [process.env.XDG_CACHE_HOME ?? '', join(home, '.cache')].find(isAbsolute)
if (caches && !process.env.NODE_DISABLE_COMPILE_CACHE) {
  keepCompiled = require('./compile-cache.js').keepCompiled(join(__dirname, '../dist/cli'), caches)
}

const { main, systemClock } = require('../dist/cli/main.js')

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) {
  // The second one is not for us any more: it ends the process at once.
  process.once(signal, () => interruption.abort(signal))
}
const parent = process.ppid
process.on('SIGHUP', () => {
  if (require('./hang-up.js').isHangUpIgnored(parent)) return
  interruption.abort('SIGHUP')
  // With the terminal went whoever could read what is still to be said, unless it goes to a file or a pipe.
  const patience = fstatSync(2).isCharacterDevice() ? 500 : 5000
  setTimeout(() => {
    endWithTerminal()
    process.exit(130)
  }, patience).unref()
})

const context = {
  ...systemClock,
  // Each opened when it is first used, for that takes time.
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return openStdout()
  },
  get stderr() {
    return process.stderr
  },
  env: process.env,
  cwd: orElse(process.cwd, process.env.PWD ?? '/'),
  home,
  platform: process.platform,
  signal: interruption.signal,
  beforeRequests,
  afterFirstPages,
}

/** Where the shell has closed stdout, every write fails: Node alone would let it succeed. */
function openStdout() {
  // Few runs write to a device that is no terminal: the others need no closer look.
  if (fstatSync(1).isCharacterDevice() && require('./closed-stdout.js').isStdoutClosed(parent)) {
    const error = Object.assign(new Error('stdout is closed'), { code: 'EBADF' })
    const { Writable } = require('node:stream')
    return new Writable({ autoDestroy: false, write: (_chunk, _encoding, done) => done(error) })
  }
  return process.stdout
}

/** What Node says, or where it throws: a user without a name has no home, and a directory may be gone by now. */
function orElse(ask, fallback) {
  try {
    return ask()
  } catch {
    return fallback
  }
}

function beforeRequests() {
  keepCompiled()
  const { setFlagsFromString } = require('node:v8')
  // Node 20 keeps a process alive until V8 has optimised undici's WebAssembly parser, some 100 ms after the answer.
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--liftoff-only')
  // What is young has 1 MiB at first, in which not even one page of tasks finds room: page after page would be copied to
  // where it is cleaned up late and at length. At the first need it becomes 4, and that is enough for any list.
  setFlagsFromString('--semi-space-growth-factor=4')
  // What is old is cleaned up when there is a fifth more of it; left alone V8 waits until it is twice and thrice as much.
  setFlagsFromString('--heap-growing-percent=20')
}

function afterFirstPages() {
  keepCompiled()
  const { setFlagsFromString } = require('node:v8')
  // Left alone what is young would come to have 16 MiB.
  setFlagsFromString('--semi-space-growth-factor=1')
}

process.once('exit', keepCompiled)
main(process.argv.slice(2), context).then((status) => {
  process.exitCode = status
  if (interruption.signal.reason === 'SIGHUP') endWithTerminal()
})

/** Where the terminal has gone the signal ends the process: Node's own exit fails there, and aborts. */
function endWithTerminal() {
  if (!require('./hang-up.js').hasLostTerminal()) return
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}
