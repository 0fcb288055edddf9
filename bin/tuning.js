// How V8 is tuned: which flags, when, and why.
//
// What each part gains: processor time (ratio) and peak memory (MiB) of the whole program without it and with it, in
// interleaved rounds on Node 20.20, 24.22 and 26.12, the median. `get` reads one task (15 to 25 rounds); `list` writes
// 10 000 or 300 000 tasks as JSON lines (9 and 3 to 5 rounds).
//
//                                          Node 20              Node 24              Node 26
// --liftoff-only: get, list of 10 000      2.03, 1.60           no effect            no effect
// --semi-space-growth-factor=1: list of
//   300 000, memory                        103, with it 79      228, with it 103     151, with it 97
// --heap-growing-percent=20: the same      95, with it 79       103, with it 103     102, with it 98
//   list of 1 000 000, memory                                   104, with it 102     120, with it 100
//
// The memory matters because a long list may take at most 1.25 times the memory of a list of 10 000 tasks, which takes 67, 94
// and 86 MiB (`npm run bench`). --heap-growing-percent costs no processor time on Node 24 and 26 (1.00 and 0.98 to 1.01). Dropped,
// because it gains less than 5 %: --semi-space-growth-factor=4 from the start (list of 10 000: 0.97 to 1.01 without it). On
// Node 26, --no-maglev takes more memory (131), and --single-threaded-gc and --no-concurrent-recompilation save less (109, 114).
//
// While a flag is set that the process did not start with, V8 rejects compiled code, both what our cache contains and what Node
// brings along: on Node 22 and later a `get` that sets no flag takes 0.89 of the time. So flags are set as late as possible, only
// if needed, and not while a file of ours is loaded.
const IS_NODE_20 = process.versions.node.startsWith('20.')

// Each flag, and what resets it.
// Node 20 keeps a process alive until V8 has optimised the HTTP parser of undici, which is WebAssembly, some 100 ms after
// the answer. This flag leaves it to V8's quick compiler, and turns off two other flags.
const QUICK_WEB_ASSEMBLY = [['--liftoff-only', '--no-liftoff-only --wasm-tier-up --wasm-dynamic-tiering']]
const LIMITED_HEAP = [
  // Stop the young generation from growing. It begins with 1 MiB, needs 4 MiB for pages of 1000 tasks, and grows to 16 MiB.
  ['--semi-space-growth-factor=1', '--semi-space-growth-factor=2'],
  // Collect the old generation when it has grown by 20 %. V8 waits until it is two or three times as large. The list of a
  // million tasks shows it on Node 26.
  ['--heap-growing-percent=20', '--heap-growing-percent=0'],
]

/**
 * After this many writes to stdout, a list has two pages of 1000 tasks behind it (src/cli/list-rows.ts writes 250 at a time),
 * and the young generation is as large as it needs to be. After five pages it is too large.
 */
const FIRST_WRITES = 8

/** Tunes V8 when the first connection is opened. Call it before any other code is loaded. */
exports.tuneConnections = function tuneConnections() {
  if (!IS_NODE_20) return
  const { Module } = WebAssembly
  WebAssembly.Module = function FirstModule(bytes) {
    WebAssembly.Module = Module
    set(QUICK_WEB_ASSEMBLY)
    return new Module(bytes)
  }
}

/** Tunes V8 when a long list is written to this stream. Returns the stream. */
exports.tuneLongOutput = function tuneLongOutput(stdout) {
  const { write } = stdout
  let writes = 0
  stdout.write = function countedWrite(...args) {
    if (++writes === FIRST_WRITES) {
      stdout.write = write
      set(LIMITED_HEAP)
    }
    return write.apply(stdout, args)
  }
  return stdout
}

/** Loads code with V8's defaults, because V8 rejects cached code under other flags than those it was compiled with. */
exports.withDefaultFlags = function withDefaultFlags(load) {
  reset()
  try {
    return load()
  } finally {
    for (const [flag] of current) apply(flag)
  }
}

/** The flags that are set now. */
const current = []

/** Sets flags until the exit. Code that is cached then is valid for the next process, which starts with the defaults. */
function set(flags) {
  if (current.length === 0) process.prependOnceListener('exit', reset)
  for (const [flag] of flags) apply(flag)
  current.push(...flags)
}

function reset() {
  for (const [, original] of current) apply(original)
}

function apply(flag) {
  require('node:v8').setFlagsFromString(flag)
}
