#!/usr/bin/env node
// Creates the context of the real process, calls main(), and sets the exit status. Everything else is in src/.
const { fstatSync } = require('node:fs')
const { homedir } = require('node:os')
const { isAbsolute, join } = require('node:path')
const { tuneConnections, tuneLongOutput } = require('./tuning.js')

const home = orElse(homedir, '/')

// ps shows this title instead of the arguments, which may contain a password.
process.title = 'glance-tasks'
// Cache compiled code in the user's own directory. Node's default is below /tmp, where other users can write.
const caches = [process.env.XDG_CACHE_HOME ?? '', join(home, '.cache')].find(isAbsolute)
if (caches && !process.env.NODE_DISABLE_COMPILE_CACHE) {
  require('./compile-cache.js').cacheCompiledCode(join(__dirname, '../dist/cli'), caches)
}

tuneConnections()

const { main, systemClock } = require('../dist/cli/main.js')

const interruption = new AbortController()
// `once`: a second signal ends the process immediately.
const interrupt = (signal) => interruption.abort(signal)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupt)
const parent = process.ppid
process.on('SIGHUP', () => {
  if (require('./hang-up.js').isHangUpIgnored(parent)) return
  interruption.abort('SIGHUP')
  // The terminal is gone, so nobody reads further messages, unless stderr is a file or a pipe.
  const patience = fstatSync(2).isCharacterDevice() ? 500 : 5000
  setTimeout(() => {
    endWithTerminal()
    process.exit(130)
  }, patience).unref()
})

let stdout
/** Whether there is output that its reader has not taken. */
const isUnread = () => stdout?.writableLength > 0
// A write to a reader that takes nothing would keep the process alive forever.
interruption.signal.addEventListener('abort', () => {
  const giveUp = () =>
    isUnread() && stdout.emit('error', Object.assign(new Error('interrupted'), { code: 'ABORT_ERR' }))
  setTimeout(giveUp, 500).unref()
})
const context = {
  ...systemClock,
  // Opened on first use, because opening a stream takes time.
  get stdin() {
    return process.stdin
  },
  get stdout() {
    stdout ??= openStdout()
    return stdout
  },
  get stderr() {
    return process.stderr
  },
  env: process.env,
  cwd: orElse(process.cwd, process.env.PWD ?? '/'),
  home,
  platform: process.platform,
  signal: interruption.signal,
  ignoreInterrupts() {
    const ignore = () => {}
    process.off('SIGINT', interrupt).on('SIGINT', ignore)
    return () => process.once('SIGINT', interrupt).off('SIGINT', ignore)
  },
}

/** If the shell closed stdout, returns a stream whose writes fail. Node's own stream would accept them. */
function openStdout() {
  // Only a character device can be a closed stdout; see closed-stdout.js.
  if (fstatSync(1).isCharacterDevice() && require('./closed-stdout.js').isStdoutClosed(parent)) {
    const error = Object.assign(new Error('stdout is closed'), { code: 'EBADF' })
    const { Writable } = require('node:stream')
    return new Writable({ autoDestroy: false, write: (_chunk, _encoding, done) => done(error) })
  }
  return tuneLongOutput(process.stdout)
}

/** Calls a function of Node that may throw: a user may have no home directory, and the working directory may be deleted. */
function orElse(ask, fallback) {
  try {
    return ask()
  } catch {
    return fallback
  }
}

main(process.argv.slice(2), context).then((status) => {
  process.exitCode = status
  if (interruption.signal.aborted && isUnread()) process.exit()
  if (interruption.signal.reason === 'SIGHUP') endWithTerminal()
})

/** After the terminal closed, ends the process with the signal: Node's exit would abort, because it resets the terminal. */
function endWithTerminal() {
  if (!require('./hang-up.js').hasLostTerminal()) return
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}
