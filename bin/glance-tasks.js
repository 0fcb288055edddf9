#!/usr/bin/env node
// Starts main with the real world as its context and sets the exit status; everything else is in src/.
const { enableCompileCache } = require('node:module')
const { homedir } = require('node:os')
const { isAbsolute, join } = require('node:path')

// The list of processes shows this instead of the arguments, which may hold a password.
process.title = 'glance-tasks'
// From Node 22.1 on compiled code is kept between runs. What is read back is run: therefore it is kept in the user's own
// folder, and not where Node would keep it, below /tmp, where others may write. Where it cannot be kept, it is not.
const caches = [process.env.XDG_CACHE_HOME ?? '', join(homedir(), '.cache')].find(isAbsolute)
if (caches) enableCompileCache?.(join(caches, 'glance-tasks', 'compiled'))

const { main, systemClock } = require('../dist/cli/main.js')

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) {
  // The second one is not for us any more: it ends the process at once.
  process.once(signal, () => interruption.abort(signal))
}

const context = {
  ...systemClock,
  // Each opened when it is first used, for that takes time.
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return process.stdout
  },
  get stderr() {
    return process.stderr
  },
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  platform: process.platform,
  signal: interruption.signal,
  beforeRequests,
}

function beforeRequests() {
  const { setFlagsFromString } = require('node:v8')
  // Node 20 keeps a process alive until V8 has optimised undici's WebAssembly parser, some 100 ms after the answer.
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--liftoff-only')
  // Left alone, V8 lets its heap grow to twice and thrice the size during a long list, rather than clean up.
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=20')
}

main(process.argv.slice(2), context).then((status) => {
  process.exitCode = status
})
