// Bundles src/ into dist/ and writes the type declarations and the licences of what is bundled.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = new URL('..', import.meta.url)
const inRoot = (path) => fileURLToPath(new URL(path, root))

rmSync(inRoot('dist'), { recursive: true, force: true })

// HTTP/2 is never used, and loading it costs more than some whole commands; undici copes with its absence.
const withoutHttp2 = {
  name: 'without-http2',
  setup(build) {
    build.onResolve({ filter: /^node:http2$/ }, () => ({ path: 'http2', namespace: 'absent' }))
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = { constants: {} }' }))
  },
}

const { metafile } = await build({
  absWorkingDir: inRoot('.'),
  entryPoints: {
    main: 'src/cli/main.ts',
    index: 'src/index.ts',
    sandbox: 'src/sandbox/index.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // cosmiconfig names it for loading *.ts configuration, which is never done here.
  external: ['typescript'],
  plugins: [withoutHttp2],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
})

const types = spawnSync(
  process.execPath,
  [inRoot('node_modules/typescript/bin/tsc'), '-p', inRoot('tsconfig.types.json')],
  {
    stdio: 'inherit',
  },
)
if (types.status !== 0) process.exit(types.status ?? 1)

writeFileSync(inRoot('dist/THIRD-PARTY-LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)))

/** The licence texts of the packages that the bundle contains, as their licences ask for. */
function licencesOf(files) {
  const folders = files.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean)
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(inRoot(`${folder}/package.json`), 'utf8'))
      return `${name} ${version} (${license})\n\n${licenceText(folder)}`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function licenceText(folder) {
  for (const name of ['LICENSE', 'LICENSE.md', 'license', 'LICENCE', 'LICENSE.txt', 'license.md']) {
    try {
      return readFileSync(inRoot(`${folder}/${name}`), 'utf8')
    } catch {}
  }
  return '(The package holds no licence text.)\n'
}
