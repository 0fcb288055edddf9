// A preload script for Node: it gives the files of this repository as the assets of an executable.
const sea = require('node:sea')
const { existsSync, readdirSync, readFileSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '../..')
const code = process.env.CODE ?? ''
const names = ['bin', 'dist/cli'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
)
const recorded = names.map((name) => `${name}.code`).filter((name) => existsSync(join(code, name)))

sea.getAssetKeys = () => [...names, ...recorded, ...(process.env.RECORD_COMPILED_CODE ? ['record'] : [])]
sea.getAsset = (name) => readFileSync(join(root, name), 'utf8')
sea.getRawAsset = (name) => readFileSync(join(code, name))
