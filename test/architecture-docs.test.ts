import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const pathsIn = (text: string) =>
  [...text.matchAll(/`((?:bin|src|test|scripts|docs|examples)\/[^`\s]*)`/g)].map(([, path]) => path ?? '')

// Files that the instructions tell a contributor to create.
const NEW = /ping|NAME/

it.each(['docs/architecture.md', 'CONTRIBUTING.md'])('every path in %s exists', (document) => {
  const paths = pathsIn(read(document)).filter((path) => !NEW.test(path))
  expect(paths.length).toBeGreaterThan(10)
  expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
})

it('docs/architecture.md lists every folder of src, and those inside them', () => {
  const listed = new Set(pathsIn(read('docs/architecture.md')))
  const foldersIn = (parent: string) =>
    readdirSync(new URL(parent, root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}${name}/`)
  const folders = foldersIn('src/')
  // The sandbox is a program of its own.
  const inside = folders.filter((folder) => folder !== 'src/sandbox/').flatMap(foldersIn)
  expect(inside.length).toBeGreaterThan(10)
  expect([...folders, ...inside].filter((folder) => !listed.has(folder))).toEqual([])
})
