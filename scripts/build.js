// Bundles src/ into dist/ and writes the type declarations and the licences of what is bundled.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleLibrary, bundleProgram } from './bundle.js'

const root = new URL('..', import.meta.url)
const inRoot = (path) => fileURLToPath(new URL(path, root))

rmSync(inRoot('dist'), { recursive: true, force: true })

const bundled = [...(await bundleLibrary()), ...(await bundleProgram())]

const types = spawnSync(
  process.execPath,
  [inRoot('node_modules/typescript/bin/tsc'), '-p', inRoot('tsconfig.types.json')],
  {
    stdio: 'inherit',
  },
)
if (types.status !== 0) process.exit(types.status ?? 1)

writeFileSync(inRoot('dist/THIRD-PARTY-LICENSES.txt'), licencesOf(bundled))

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
