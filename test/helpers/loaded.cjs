// A preload script for Node. On exit it writes the names of all loaded modules to the file in LOADED.
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
