#!/usr/bin/env node
import * as nodeModule from 'node:module'
// Starts main with the real world as its context and sets the exit status; everything else is in src/.
import { homedir } from 'node:os'
import { setFlagsFromString } from 'node:v8'

// The list of processes shows this instead of the arguments, which may hold a password.
process.title = 'glance-tasks'
// From Node 22.1 on; compiled code is kept between runs.
nodeModule.enableCompileCache?.()
// Node 20 keeps a process alive until V8 has optimised undici's WebAssembly parser, some 100 ms after the answer.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--liftoff-only')

const { main, systemClock } = await import('../dist/main.js')

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) {
  // The second one is not for us any more: it ends the process at once.
  process.once(signal, () => interruption.abort(signal))
}

process.exitCode = await main(process.argv.slice(2), {
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
})
