#!/usr/bin/env node
// Creates the context of the real process, calls main(), and sets the exit status. Everything else is in src/.
const { fstatSync, statSync, writeSync } = require('node:fs')
const { isAbsolute, join } = require('node:path')

const argv = process.argv.slice(2)
const parent = process.ppid
let stdout
let stderr

// The version and the help need nothing of what follows.
const MAYBE_HELP = /^$|^help( |$)|(^| )(-h|--help|-V|--version)$/
const text = MAYBE_HELP.test(argv.join(' ')) ? require('./help-text.js').helpText(argv) : undefined
/** What is left to write of the text, if stdout takes not all of it. */
const rest = text !== undefined && isPlain() ? writeWithoutStream(text) : undefined
if (rest?.length === 0) process.exit()

// Everything that a command does not always need is loaded when it is needed: each file or module takes a fraction of a
// millisecond.
const home = homeDirectory()

// ps shows this title instead of the arguments, which may contain a password.
process.title = 'glance-tasks'
// Cache compiled code in the user's own directory. Node's default is below /tmp, where other users can write.
const caches = [process.env.XDG_CACHE_HOME ?? '', usualCaches()].find(isAbsolute)
const load =
  caches && !process.env.NODE_DISABLE_COMPILE_CACHE
    ? require('./compile-cache.js').loaderOf(join(__dirname, '../dist/cli'), caches, withDefaultFlags)
    : (name) => require(`../dist/cli/${name}`)

let tuning
if (process.versions.node.startsWith('20.')) loadTuning().tuneConnections()

const { main, systemClock } = load('./main.js')

const interruption = new AbortController()
// `once`: a second signal ends the process immediately.
const interrupt = (signal) => interruption.abort(signal)
// Only Windows has SIGBREAK: Ctrl-Break.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK']) process.once(signal, interrupt)
/** In milliseconds. Windows ends the process 5 seconds after its console was closed. */
const LONG_PATIENCE = 4500
process.on('SIGHUP', () => {
  if (require('./hang-up.js').isHangUpIgnored(parent)) return
  interruption.abort('SIGHUP')
  // The terminal is gone, so nobody reads further messages, unless stderr is a file or a pipe.
  const patience = isCharacterDevice(2) ? 500 : LONG_PATIENCE
  setTimeout(() => {
    endWithTerminal()
    process.exitCode = 130
    end()
  }, patience).unref()
})

process.once('exit', () => {
  // The terminal may be gone before its signal arrives: a pager that died with it ends the command. In the background, none comes.
  if ([0, 1, 2].some(isDevice)) require('./hang-up.js').closeLostTerminals()
})
/** Whether there is output that its reader has not taken. */
const isUnread = () => stdout?.writableLength > 0
/** After an interruption, how long to wait for a reader that takes nothing: its pipe would keep the process alive forever. */
const patience = new Promise((resolve) => {
  interruption.signal.addEventListener('abort', () => setTimeout(resolve, 500).unref())
})
patience.then(() => {
  if (isUnread()) stdout.emit('error', Object.assign(new Error('interrupted'), { code: 'ABORT_ERR' }))
})
const context = {
  ...systemClock,
  // performance.now() loads eight modules of Node.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  // Opened on first use, because opening a stream takes time.
  get stdin() {
    return process.stdin
  },
  get stdout() {
    stdout ??= openStdout()
    return stdout
  },
  get stderr() {
    stderr ??= process.stderr
    return stderr
  },
  get writeWithoutStream() {
    if (rest) return () => rest
    return !stdout && isPlain() ? writeWithoutStream : undefined
  },
  env: process.env,
  cwd: orElse(process.cwd, process.env.PWD ?? '/'),
  home,
  platform: process.platform,
  signal: interruption.signal,
  ignoreInterrupts(onInterrupt = () => {}) {
    // A function of its own for each call, as `off` needs it.
    const ignore = () => onInterrupt()
    process.off('SIGINT', interrupt).on('SIGINT', ignore)
    return () => process.once('SIGINT', interrupt).off('SIGINT', ignore)
  },
  isInBackground: () => require('./background.js').isInBackground(),
  onSuspend: (leave, back, child) => require('./suspend.js').onSuspend(leave, back, child),
}

/** If the shell closed stdout, returns a stream whose writes fail. Node's own stream would accept them. */
function openStdout() {
  if (isStdoutClosed()) {
    const error = Object.assign(new Error('stdout is closed'), { code: 'EBADF' })
    const { Writable } = require('node:stream')
    return new Writable({ autoDestroy: false, write: (_chunk, _encoding, done) => done(error) })
  }
  const { stdout } = process
  if (stdout._type === 'fs') stdout._write = writeWhole
  return loadTuning().tuneLongOutput(stdout)
}

/** Writes to a file. Node's own stream does not notice that a full disk takes only the first part of a chunk. */
function writeWhole(chunk, _encoding, done) {
  try {
    for (let rest = chunk; rest.length > 0; ) rest = rest.subarray(writeSync(1, rest))
    done()
  } catch (error) {
    done(error)
  }
}

/** Only a character device can be a closed stdout; see closed-stdout.js. */
function isStdoutClosed() {
  return isCharacterDevice(1) && require('./closed-stdout.js').isStdoutClosed(parent)
}

/** Whether stdout is open, and no terminal. */
function isPlain() {
  return !isDevice(1) && !isStdoutClosed()
}

/**
 * Writes a text to stdout without its stream, which takes longer to open than everything else that `--version` does. Returns
 * what is left to write: nothing, or all after an error, or a part if a pipe is full.
 */
function writeWithoutStream(text) {
  let rest = Buffer.from(text)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest))
  } catch {
    // The stream reports the error, or waits for the reader.
  }
  return rest
}

/** Whether a standard stream is a device other than /dev/null, and thus perhaps a terminal. */
function isDevice(stream) {
  return isCharacterDevice(stream) && fstatSync(stream).rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev
}

/** Whether a standard stream is a device. On Windows, it may not exist: a program without a console can start this one. */
function isCharacterDevice(stream) {
  return orElse(() => fstatSync(stream).isCharacterDevice(), false)
}

/** Loads tuning.js, which a short command needs on Node 20 only. */
function loadTuning() {
  tuning ??= require('./tuning.js')
  return tuning
}

function withDefaultFlags(load) {
  return tuning ? tuning.withDefaultFlags(load) : load()
}

/**
 * HOME, or what the system knows; node:os takes time to load. Never a relative path: it would lead to files in the working
 * directory, which may be another user's.
 */
function homeDirectory() {
  const { platform, env } = process
  if (platform !== 'win32' && isAbsolute(env.HOME ?? '')) return env.HOME
  const { homedir, userInfo } = require('node:os')
  return [orElse(homedir, ''), orElse(() => userInfo().homedir, '')].find(isAbsolute) ?? '/'
}

/** The user's cache directory without XDG_CACHE_HOME, as src/identity/tokens/cached-token.ts finds it. */
function usualCaches() {
  const { platform, env } = process
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local')
  return platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache')
}

/** Calls a function of Node that may throw: a user may have no home directory, and the working directory may be deleted. */
function orElse(ask, fallback) {
  try {
    return ask()
  } catch {
    return fallback
  }
}

main(argv, context).then(async (status) => {
  process.exitCode = status
  if (interruption.signal.reason === 'SIGHUP') endWithTerminal()
  // process.exit() would cut what a pipe has not taken yet.
  await Promise.race([patience, Promise.all([stdout, stderr].map(untilWritten))])
  end()
})

/** Resolves when a stream has taken what was written to it, or cannot. */
function untilWritten(stream) {
  if (!stream || stream.writableLength === 0) return
  return new Promise((resolve) => stream.once('error', resolve).write('', resolve))
}

/** What the threads of Node do that nothing can interrupt: look up host names, and read files. */
const WORK = ['GetAddrInfoReqWrap', 'FSReqCallback', 'FSReqPromise']

/** Ends the process with its exit status. Does not let V8 and Node take down piece by piece what the kernel frees at once. */
function end() {
  const isBusy = () => process.getActiveResourcesInfo().some((name) => WORK.includes(name))
  if (!isBusy()) process.exit()
  // The work whose end led here counts until this turn of the event loop is over.
  setImmediate(() => {
    if (isBusy()) {
      process.once('exit', (status) =>
        require('./busy-thread.js').endDespiteThread(status, [stdout, stderr].filter(Boolean)),
      )
    }
    process.exit()
  })
}

/** After the terminal closed, ends the process with the signal: Node's exit would abort, because it resets the terminal. */
function endWithTerminal() {
  if (!require('./hang-up.js').hasLostTerminal()) return
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}
