// Preloaded into a Node, it writes what that has loaded by its end into the file that LOADED names.
const { writeFileSync } = require('node:fs')
const { basename } = require('node:path')

const before = new Set(process.moduleLoadList)

process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => file !== __filename)
  const builtins = process.moduleLoadList
    .filter((name) => !before.has(name))
    .map((name) => /^NativeModule (?!internal\/)(\S+)$/.exec(name)?.[1])
    .filter((name) => name !== undefined)
  writeFileSync(process.env.LOADED, JSON.stringify({ files: files.map((file) => basename(file)), builtins }))
})
