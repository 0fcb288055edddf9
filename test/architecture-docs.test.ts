import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
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

it('docs/architecture.md lists every folder of src, except those of the sandbox, which is a separate program', () => {
  const listed = new Set(pathsIn(read('docs/architecture.md')))
  const folders = readdirSync(new URL('src/', root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => `${relative(fileURLToPath(root), join(parentPath, name)).split(sep).join('/')}/`)
    .filter((folder) => !folder.startsWith('src/sandbox/') || folder === 'src/sandbox/')
  expect(folders.length).toBeGreaterThan(30)
  expect(folders.filter((folder) => !listed.has(folder))).toEqual([])
})
