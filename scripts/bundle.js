// Bundles src/ into dist/. The library is ESM. The program is CommonJS, which Node 20 starts some seven milliseconds
// sooner, and stands in few files, for each that is loaded costs another half: what is loaded together is one file.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { esmExternalRequirePlugin } from 'rolldown/plugins'
import { leftOut } from './left-out.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** What is loaded together: these modules, and all that they import by statements. A module goes to the first it is of. */
const TOGETHER = {
  // Every run of the program.
  main: ['src/cli/main.ts'],
  // A command line, up to where a cloud is needed.
  commands: ['src/cli/commands/list.ts', 'src/cli/commands/get.ts', 'src/cli/commands/wait.ts'],
  // A cloud, and the login that most have.
  cloud: ['config/resolve', 'session/session', 'identity/keystone', 'tasks/tasks'].map((name) => `src/${name}.ts`),
  // The formats that are small: together they cost less than two files.
  formats: ['json', 'jsonl', 'csv', 'value'].map((name) => `src/output/${name}.ts`),
}

/** Bundles the library; resolves to the files that went into it. */
export async function bundleLibrary() {
  const files = await bundle(
    { index: 'src/index.ts', sandbox: 'src/sandbox/index.ts' },
    { dir: 'dist', format: 'esm', sourcemap: true },
    {
      // An entry file exports what its source exports, and nothing that other files share.
      preserveEntrySignatures: 'strict',
      // Bundled packages call require('node:net'), which has to become an import: the bundlers of other people cannot
      // follow a require() that is made by createRequire(import.meta.url).
      plugins: [leftOut, esmExternalRequirePlugin({ external: [/^node:/, ...builtinModules] })],
    },
  )
  for (const name of readdirSync(inRoot('dist'))) if (name.endsWith('.map')) slim(inRoot(`dist/${name}`))
  return files
}

/**
 * Keeps of a source map what a user of the library needs to read a stack: the text of the library's own sources. Files
 * that hold mostly other things, such as other packages and the sandbox, go without a map. So the maps take half a
 * megabyte instead of two.
 */
function slim(file) {
  const map = JSON.parse(readFileSync(file, 'utf8'))
  const isOwn = (path) => /^\.\.\/src\/(?!sandbox\/)/.test(path)
  map.sourcesContent = map.sources.map((path, index) => (isOwn(path) ? map.sourcesContent[index] : null))
  if (map.sources.filter(isOwn).length * 2 >= map.sources.length) return writeFileSync(file, JSON.stringify(map))
  const script = file.replace(/\.map$/, '')
  writeFileSync(script, readFileSync(script, 'utf8').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'))
  rmSync(file)
}

/** Bundles the program; resolves to the files that went into it. */
export async function bundleProgram() {
  const groups = [{ debugName: 'together', name: togetherWith() }]
  const files = await bundle(
    { main: 'src/cli/main.ts' },
    { dir: 'dist/cli', format: 'cjs', codeSplitting: { groups, includeDependenciesRecursively: false } },
  )
  writeFileSync(inRoot('dist/cli/package.json'), '{ "type": "commonjs" }\n')
  return files
}

async function bundle(input, output, options = {}) {
  const build = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    transform: { target: 'node20.19' },
    plugins: [leftOut],
    preserveEntrySignatures: 'allow-extension',
    // This is about src/identity/keystone.ts, which is to be in the program's file of a cloud.
    checks: { ineffectiveDynamicImport: false },
    ...options,
  })
  const { output: chunks } = await build.write({
    chunkFileNames: '[name].js',
    // Names stay: the stack of an error has to be readable.
    minify: { compress: true, mangle: false, codegen: true },
    comments: false,
    ...output,
  })
  return chunks.flatMap(({ moduleIds }) => moduleIds ?? [])
}

/** The function by which the bundler learns in which file of TOGETHER a module stands, if in any. */
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
