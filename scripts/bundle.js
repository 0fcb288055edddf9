// Bundles src/ into dist/. The library is ESM. The program is CommonJS, which Node 20 starts about 7 ms faster. Each loaded
// file costs another 0.5 ms, so modules that are loaded together share a file.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { esmExternalRequirePlugin } from 'rolldown/plugins'
import { minifySync } from 'rolldown/utils'
import { leftOut } from './left-out.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** The files of the program: these modules and their static imports. A module goes to the first file that needs it. */
const TOGETHER = {
  // Loaded in every run.
  main: ['src/cli/main.ts'],
  // The common commands, without the connection to a cloud; and two tiny modules that other commands share.
  commands: [
    'cli/commands/list',
    'cli/commands/get',
    'cli/commands/wait',
    'cli/terminal/print-rows',
    'output/colour',
  ].map((name) => `src/${name}.ts`),
  // The connection to a cloud, with the most common login.
  cloud: ['config/resolve', 'session/session', 'identity/keystone', 'tasks/tasks'].map((name) => `src/${name}.ts`),
  // Small formats: one file with all of them is faster than two files.
  formats: ['json', 'jsonl', 'csv', 'value'].map((name) => `src/output/formats/${name}.ts`),
  // What other commands take from the table format must not become a file of its own.
  table: ['src/output/formats/table.ts'],
}

/** Keeps names, for readable stack traces. */
const MINIFY = { compress: true, mangle: false, codegen: true }

/** Bundles the library; resolves to the files that went into it. */
export async function bundleLibrary() {
  const files = await bundle(
    { index: 'src/index.ts', sandbox: 'src/sandbox/index.ts' },
    // With line breaks: Node prints the line of code that throws an uncaught error.
    { dir: 'dist', format: 'esm', sourcemap: true, minify: { ...MINIFY, codegen: { removeWhitespace: false } } },
    {
      // An entry file exports only what its source exports, not what other files share.
      preserveEntrySignatures: 'strict',
      // Bundled packages call require('node:net'). It must become an import, because the bundlers of users cannot
      // resolve a require() created by createRequire(import.meta.url).
      plugins: [leftOut, esmExternalRequirePlugin({ external: [/^node:/, ...builtinModules] })],
    },
  )
  for (const name of readdirSync(inRoot('dist'))) if (name.endsWith('.map')) slim(inRoot(`dist/${name}`))
  return files
}

/**
 * Reduces a source map to the library's own sources, so that users can read stack traces. Files that consist mainly of other
 * packages or the sandbox get no map and no line breaks. This reduces the maps from 2 MB to 0.5 MB.
 */
function slim(file) {
  const map = JSON.parse(readFileSync(file, 'utf8'))
  const isOwn = (path) => /^\.\.\/src\/(?!sandbox\/)/.test(path)
  map.sourcesContent = map.sources.map((path, index) => (isOwn(path) ? map.sourcesContent[index] : null))
  if (map.sources.filter(isOwn).length * 2 >= map.sources.length) return writeFileSync(file, JSON.stringify(map))
  const script = file.replace(/\.map$/, '')
  const code = readFileSync(script, 'utf8').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n')
  writeFileSync(script, minifySync(script, code, { ...MINIFY, compress: false }).code)
  rmSync(file)
}

/** Bundles the program; resolves to the files that went into it. */
export async function bundleProgram() {
  const groups = [{ debugName: 'together', name: togetherWith() }]
  const files = await bundle(
    { main: 'src/cli/main.ts' },
    { dir: 'dist/cli', format: 'cjs', codeSplitting: { groups, includeDependenciesRecursively: false } },
  )
  for (const name of Object.keys(TOGETHER)) escapeNonAscii(inRoot(`dist/cli/${name}.js`))
  writeFileSync(inRoot('dist/cli/package.json'), '{ "type": "commonjs" }\n')
  return files
}

/**
 * Escapes the characters outside ASCII, all of which stand in strings, templates and regular expressions. A single one makes V8
 * keep a file with two bytes a character, which takes half a millisecond more to load the largest file.
 */
function escapeNonAscii(file) {
  const code = readFileSync(file, 'utf8')
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code)) throw new Error(`${file}: String.raw would show the escapes.`)
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  // Also the units that follow a backslash, unless it belongs to another backslash.
  const withEscapes = code.replaceAll(/(\\[\0-\x7f])|\\?([^\0-\x7f])/g, (_, pair, unit) => pair ?? escaped(unit))
  writeFileSync(file, withEscapes)
}

async function bundle(input, output, options = {}) {
  const build = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    transform: { target: 'node20.19' },
    plugins: [leftOut],
    preserveEntrySignatures: 'allow-extension',
    // The warning concerns src/identity/keystone.ts, which belongs in the `cloud` file.
    checks: { ineffectiveDynamicImport: false },
    ...options,
  })
  const { output: chunks } = await build.write({
    chunkFileNames: '[name].js',
    minify: MINIFY,
    comments: false,
    ...output,
  })
  return chunks.flatMap(({ moduleIds }) => moduleIds ?? [])
}

/** Returns a function that maps a module to its file in TOGETHER, for the bundler. */
function togetherWith() {
  let parts
  return (id, bundler) => {
    parts ??= Object.entries(TOGETHER).map(([name, modules]) => [name, reached(modules, bundler)])
    return parts.find(([, ids]) => ids.has(id))?.[0]
  }
}

function reached(modules, bundler) {
  const ids = new Set()
  const visit = (id) => {
    if (ids.has(id)) return
    ids.add(id)
    for (const imported of bundler.getModuleInfo(id)?.importedIds ?? []) visit(imported)
  }
  for (const module of modules) {
    if (!existsSync(inRoot(module))) throw new Error(`scripts/bundle.js names ${module}, which does not exist.`)
    visit(inRoot(module))
  }
  return ids
}
