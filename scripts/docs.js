// Writes what is generated from the command tree and the table of settings: docs/commands.md, the table in
// docs/configuration.md, and the list of man pages in package.json. `npm test` fails if one of them is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { makeDocuments } from './documents.js'

const inRoot = (path) => new URL(`../${path}`, import.meta.url)
const edit = (path, change) => writeFileSync(inRoot(path), change(readFileSync(inRoot(path), 'utf8')))

const { commands, man, settings } = await makeDocuments()
writeFileSync(inRoot('docs/commands.md'), commands)
edit('docs/configuration.md', (page) => page.replace(/(?<=^## Settings\n[^|]*)^\|[\s\S]*?\|$(?!\n\|)/m, () => settings))
edit('package.json', (text) => {
  const pages = Object.keys(man).map((name) => `./dist/man/${name}`)
  return `${JSON.stringify({ ...JSON.parse(text), man: pages }, undefined, 2)}\n`
})
