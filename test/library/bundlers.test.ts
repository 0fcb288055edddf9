import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BuildOptions, build as esbuild } from 'esbuild'
import { rollup } from 'rollup'
import { build as vite } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import webpack from 'webpack'
import { folder } from '../helpers/cli.js'
import { install } from '../helpers/installed.js'
import { createTask, login, sandbox } from '../helpers/sandbox.js'

// The packed library inside other people's bundles: each is built, and run where no node_modules is.

/** What a user bundles. It may not wait at its top level: CommonJS does not support this. */
const PROGRAM = `
import { connect, isGlanceTasksError, NotFoundError } from 'glance-tasks'
async function main() {
  const [url] = process.argv.slice(2)
  const settings = {
    'auth.auth_url': url, 'auth.username': 'admin', 'auth.password': 'secret', 'auth.project_name': 'admin',
    'auth.user_domain_id': 'default', 'auth.project_domain_id': 'default',
  }
  const cloud = await connect({ settings })
  const tasks = await cloud.tasks.list().all()
  const error = await cloud.tasks.get('missing').catch((thrown) => thrown)
  await cloud.close()
  const wrong = await connect({ settings: { 'auth.auth_url': 'x', verify: 'perhaps' } }).catch((thrown) => thrown)
  const missing = await connect({ cloud: 'none' }).catch((thrown) => thrown)
  console.log(JSON.stringify({
    ids: tasks.map(({ id }) => id), name: error.name, code: error.code, known: isGlanceTasksError(error),
    own: error instanceof NotFoundError, wrong: wrong.name, missing: missing.message.slice(0, 20),
  }))
}
main()
`

/** Runs a bundle like Jest: JavaScript's own classes are new, such as Error, and the errors of Node have others. */
const CONTEXT = `
const { runInContext, createContext } = require('node:vm')
const { readFileSync } = require('node:fs')
const context = createContext({})
for (const name of Object.getOwnPropertyNames(globalThis).filter((each) => !/^global/.test(each))) {
  if (runInContext('typeof ' + name, context) === 'undefined' || /^(Uint8Array|console)$/.test(name)) context[name] = globalThis[name]
}
runInContext('(function (require, module, exports) {' + readFileSync(__dirname + '/bundle.cjs') + '})', context)(require, {}, {})
`

let app: string
beforeAll(async () => {
  app = (await install(await folder())).app
  await writeFile(join(app, 'program.js'), PROGRAM)
})

/** Each builds `program.js` into a folder and gives the file to start. */
const BUNDLERS: Record<string, (entry: string, out: string) => Promise<string>> = {
  async 'esbuild to CommonJS, and runs in a context of its own, as in Jest'(entry, out) {
    await esbuild({ ...esbuildOptions(entry), format: 'cjs', outfile: join(out, 'bundle.cjs') })
    await writeFile(join(out, 'main.cjs'), CONTEXT)
    return 'main.cjs'
  },
  async 'esbuild to ESM'(entry, out) {
    await esbuild({ ...esbuildOptions(entry), format: 'esm', outfile: join(out, 'main.mjs') })
    return 'main.mjs'
  },
  async 'esbuild to ESM in chunks'(entry, out) {
    const names = { outExtension: { '.js': '.mjs' }, entryNames: 'main', splitting: true }
    await esbuild({ ...esbuildOptions(entry), ...names, format: 'esm', outdir: out })
    return 'main.mjs'
  },
  async webpack(entry, out) {
    const output = { path: out, filename: 'main.cjs', chunkFilename: '[name].cjs' }
    // To minify takes webpack ten seconds, and the others do it, too.
    const optimization = { minimize: false }
    const compiler = webpack({ mode: 'production', target: 'node20', entry, output, optimization, context: app })
    const stats = await promisify(compiler.run.bind(compiler))()
    expect(stats?.toString({ all: false, errors: true, warnings: true })).toBe('')
    return 'main.cjs'
  },
  async rollup(entry, out) {
    const library = join(app, 'node_modules/glance-tasks/dist/index.js')
    const resolver = { name: 'resolver', resolveId: (id: string) => (id === 'glance-tasks' ? library : null) }
    const bundle = await rollup({
      input: entry,
      plugins: [resolver],
      external: [/^node:/, ...builtinModules],
      onwarn: (warning) => expect.unreachable(warning.message),
    })
    await bundle.write({ dir: out, format: 'cjs', entryFileNames: 'main.cjs', chunkFileNames: '[name].cjs' })
    return 'main.cjs'
  },
  async 'vite for a server'(entry, out) {
    await vite({
      root: app,
      configFile: false,
      logLevel: 'silent',
      ssr: { noExternal: true },
      build: { ssr: entry, outDir: out, minify: true, rollupOptions: { output: { entryFileNames: 'main.mjs' } } },
    })
    return 'main.mjs'
  },
}

function esbuildOptions(entry: string): BuildOptions {
  return {
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    logLevel: 'silent',
  } as const
}

describe('the packed library runs if it is bundled by', () => {
  it.each(Object.entries(BUNDLERS))('%s', async (_, build) => {
    const out = await folder()
    const file = join(out, await build(join(app, 'program.js'), out))
    const box = await sandbox()
    const { json } = await createTask(box, await login(box))
    const env = { PATH: process.env.PATH, HOME: out }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file, box.identityUrl], { cwd: out, env })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      ids: [json.id],
      name: 'NotFoundError',
      code: 'not_found',
      known: true,
      own: true,
      wrong: 'ConfigurationError',
      missing: 'Unknown cloud "none"',
    })
  })
})

it('unused parts are not in the bundle of a program', async () => {
  const out = join(await folder(), 'bare.mjs')
  await writeFile(join(app, 'bare.js'), "import { connect } from 'glance-tasks'; console.log(1)")
  await esbuild({ ...esbuildOptions(join(app, 'bare.js')), format: 'esm', outfile: out })
  expect((await readFile(out, 'utf8')).length).toBeLessThan(100)
})
