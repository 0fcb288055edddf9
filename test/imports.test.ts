import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const src = join(root, 'src')

/**
 * What each part may import: bin → cli → {doctor, report, explain, output, sandbox, library} → session → identity → config → http → errors.
 * Tasks and images know the cloud only as a Service that they are given.
 */
const MAY_IMPORT: Record<string, string[]> = {
  'errors.ts': [],
  'version.ts': [],
  'nearest.ts': [],
  'file-fault.ts': [],
  'check.ts': ['errors.ts', 'nearest.ts'],
  'shell-words.ts': [],
  'amounts.ts': [],
  http: ['errors.ts'],
  config: ['http', 'errors.ts', 'file-fault.ts', 'nearest.ts'],
  identity: ['config', 'http', 'errors.ts', 'file-fault.ts'],
  session: ['identity', 'config', 'http', 'errors.ts', 'file-fault.ts', 'nearest.ts'],
  doctor: ['session', 'identity', 'config', 'http', 'errors.ts'],
  tasks: ['http', 'errors.ts', 'check.ts', 'nearest.ts'],
  images: ['tasks', 'http', 'errors.ts', 'check.ts', 'nearest.ts', 'amounts.ts'],
  explain: ['images', 'tasks', 'http', 'errors.ts', 'amounts.ts'],
  report: ['explain', 'tasks', 'http', 'errors.ts'],
  library: ['images', 'tasks', 'session', 'config', 'http', 'errors.ts', 'check.ts', 'nearest.ts', 'version.ts'],
  sandbox: ['http', 'errors.ts', 'version.ts'],
  output: ['http', 'errors.ts', 'nearest.ts', 'shell-words.ts'],
  cli: [
    'doctor',
    'explain',
    'report',
    'output',
    'sandbox',
    'images',
    'tasks',
    'session',
    'identity',
    'config',
    'http',
    'errors.ts',
    'file-fault.ts',
    'nearest.ts',
    'shell-words.ts',
    'amounts.ts',
    'version.ts',
  ],
  'index.ts': ['library', 'images', 'tasks', 'config', 'http', 'errors.ts'],
}

interface Import {
  from: string
  /** The module's specifier. */
  to: string
  typeOnly: boolean
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(src, name))

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(from, 'utf8')
  const statements = text.matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^'";]*?\bfrom\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm,
  )
  return [...statements].map(([, type, ...names]) => ({
    from,
    to: names.find(Boolean) ?? '',
    typeOnly: type !== undefined,
  }))
})

/** The part of src that a path belongs to: a folder, or a file at the top. */
const partOf = (path: string) => relative(src, path).split(/[\\/]/)[0] ?? ''

it('finds the sources and their imports', () => {
  expect(files.length).toBeGreaterThan(20)
  expect(imports.length).toBeGreaterThan(files.length)
})

it('imports run one way', () => {
  const wrong = imports
    .filter(({ to }) => to.startsWith('.'))
    .map(({ from, to }) => ({
      from: partOf(from),
      to: partOf(resolve(dirname(from), to.replace(/\.js$/, '.ts'))),
      file: relative(root, from),
    }))
    .filter(({ from, to }) => from !== to && !MAY_IMPORT[from]?.includes(to))
  expect(wrong).toEqual([])
})

/** Larger folders hide their structure. */
const MAX_FILES = 20

it('no folder has more than twenty files', () => {
  const folders = files.map((file) => relative(root, dirname(file)))
  const sizeOf = (folder: string) => folders.filter((name) => name === folder).length
  expect([...new Set(folders)].filter((folder) => sizeOf(folder) > MAX_FILES)).toEqual([])
})

it('most files hold one idea: the median is between 40 and 120 lines', () => {
  const lines = files.map((file) => readFileSync(file, 'utf8').split('\n').length - 1).sort((a, b) => a - b)
  const median = lines[Math.floor(lines.length / 2)]
  expect(median).toBeGreaterThanOrEqual(40)
  expect(median).toBeLessThanOrEqual(120)
})

it('there are no import cycles', () => {
  const edges = new Map<string, string[]>()
  for (const { from, to, typeOnly } of imports) {
    if (typeOnly || !to.startsWith('.')) continue
    edges.set(from, [...(edges.get(from) ?? []), resolve(dirname(from), to.replace(/\.js$/, '.ts'))])
  }
  expect(cyclesIn(edges)).toEqual([])
})

/** Finds cycles by a depth-first search. Returns each as its files. */
function cyclesIn(edges: Map<string, string[]>): string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: string[]) => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].map((name) => relative(src, name)).join(' → '))
      return
    }
    if (done.has(file)) return
    for (const next of edges.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of edges.keys()) visit(file, [])
  return cycles
}

it('the library imports no package of the command line, and not process', () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      partOf(from) !== 'cli' &&
      partOf(from) !== 'output' &&
      /^(commander|chalk|ora|cli-table3|(node:)?process)$/.test(to),
  )
  expect(wrong).toEqual([])
})

it('only http imports undici, and never its index file at run time', () => {
  const wrong = imports.filter(
    ({ from, to, typeOnly }) => /^undici(\/|$)/.test(to) && (partOf(from) !== 'http' || (to === 'undici' && !typeOnly)),
  )
  expect(wrong).toEqual([])
})

it('only bin/ touches process', () => {
  const own = join(src, 'library/connect.ts') // the library's default environment
  const wrong = files.filter(
    (file) =>
      file !== own &&
      /(?<![\w.'`-])process\.(env|argv|exit|exitCode|stdout|stderr|stdin|cwd|on|once|platform)\b/.test(
        readFileSync(file, 'utf8'),
      ),
  )
  expect(wrong.map((file) => relative(root, file))).toEqual([])
})

it('no two files export the same name', () => {
  // Every command exports the first three. The sandbox is a program of its own.
  const shared = ['define', 'parse', 'run', 'columns']
  const owners = new Map<string, string[]>()
  for (const file of files.filter((path) => partOf(path) !== 'sandbox')) {
    const exported = readFileSync(file, 'utf8').matchAll(
      /^export (?:async )?(?:abstract )?(?:function\*?|class|interface|type|const) (\w+)/gm,
    )
    for (const [, name = ''] of exported) owners.set(name, [...(owners.get(name) ?? []), relative(src, file)])
  }
  expect(owners.size).toBeGreaterThan(200)
  expect([...owners].filter(([name, { length }]) => length > 1 && !shared.includes(name))).toEqual([])
})

/** The files of the library. */
const LIBRARY = ['errors.ts', 'check.ts', 'file-fault.ts', 'nearest.ts', 'amounts.ts', 'index.ts']
const LIBRARY_FOLDERS = ['http', 'config', 'identity', 'session', 'tasks', 'images', 'explain', 'report', 'library']

it('no text of the library names an option or a command of the command line', () => {
  const texts = files
    .filter((file) => [...LIBRARY, ...LIBRARY_FOLDERS].includes(partOf(file)))
    .flatMap((file) => textsIn(file).map((text) => `${relative(src, file)}: ${text}`))
  expect(texts.length).toBeGreaterThan(500)
  // Exactly two dashes: a PEM file begins with five.
  expect(texts.filter((text) => /(?<!-)--(?!-)|glance-tasks [a-z]/.test(text))).toEqual([])
})

/** The texts in a file: its string literals, and the fixed parts of its templates. */
function textsIn(file: string): string[] {
  const texts: string[] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    const { type, value } = node as { type?: string; value?: string | { cooked: string } }
    if (type === 'Literal' && typeof value === 'string') texts.push(value)
    if (type === 'TemplateElement' && typeof value === 'object') texts.push(value.cooked)
    Object.values(node).forEach(visit)
  }
  visit(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }))
  return texts
}
