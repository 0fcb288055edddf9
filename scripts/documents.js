// The documents that are generated from the command tree and the table of settings.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Resolves to { commands, man, settings, help }; see src/cli/help/documents.ts, which is TypeScript and must be bundled to run. */
export async function makeDocuments() {
  const build = await rolldown({
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    input: 'src/cli/help/documents.ts',
    platform: 'node',
    checks: { ineffectiveDynamicImport: false },
  })
  const { output } = await build.generate({ format: 'cjs', codeSplitting: false })
  const module = { exports: {} }
  new Function('require', 'module', 'exports', output[0].code)(createRequire(import.meta.url), module, module.exports)
  return module.exports.makeDocuments()
}
