// Bundles src/ into dist/, and writes the type declarations, the licences of bundled packages, the man pages, the help and the
// completion scripts.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleLibrary, bundleProgram } from './bundle.js'
import { completionScripts } from './completions.js'
import { rollUp } from './declarations.js'
import { makeDocuments } from './documents.js'
import { licencesOf } from './licences.js'

const root = new URL('..', import.meta.url)
const inRoot = (path) => fileURLToPath(new URL(path, root))

rmSync(inRoot('dist'), { recursive: true, force: true })

/** The files that went into the package. */
export const bundled = [...(await bundleLibrary()), ...(await bundleProgram())]

const types = spawnSync(
  process.execPath,
  [inRoot('node_modules/typescript/bin/tsc'), '-p', inRoot('tsconfig.types.json')],
  {
    stdio: 'inherit',
  },
)
if (types.status !== 0) process.exit(types.status ?? 1)
writeFileSync(inRoot('dist/index.d.ts'), rollUp(inRoot('dist/types/index.d.ts')))
writeFileSync(inRoot('dist/sandbox.d.ts'), rollUp(inRoot('dist/types/sandbox/index.d.ts')))
rmSync(inRoot('dist/types'), { recursive: true })

writeFileSync(inRoot('dist/THIRD-PARTY-LICENSES.txt'), licencesOf(bundled))

mkdirSync(inRoot('dist/man'))
const { man, help } = await makeDocuments()
for (const [name, text] of Object.entries(man)) writeFileSync(inRoot(`dist/man/${name}`), text)
writeFileSync(inRoot('dist/cli/help-texts.js'), `module.exports = ${JSON.stringify(help)}\n`)

mkdirSync(inRoot('dist/completions'))
for (const [name, text] of Object.entries(completionScripts())) writeFileSync(inRoot(`dist/completions/${name}`), text)
