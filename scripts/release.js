// Builds what a release consists of, into a folder: the package, its SBOM, the release notes, and their checksums.
//
//   node scripts/release.js v1.2.3 FOLDER
//
// Two runs on the same commit, with the same Node.js, give the same bytes.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packInto } from './pack.js'
import { releaseNotes } from './release-notes.js'
import { sbomOf } from './sbom.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const [tag, out = 'release'] = process.argv.slice(2)
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
if (tag !== `v${version}`) throw new Error(`The tag must be v${version}, the version in package.json, not ${tag}.`)
const notes = releaseNotes(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version)

const { bundled } = await import('./build.js')
const folder = resolve(out)
mkdirSync(folder, { recursive: true })
const tarball = packInto(folder)
const sbom = `glance-tasks-${version}.cdx.json`
writeFileSync(join(folder, sbom), `${JSON.stringify(sbomOf(bundled), null, 2)}\n`)
writeFileSync(join(folder, 'NOTES.md'), notes)
const sums = [tarball, sbom].sort().map((name) => `${sha256(join(folder, name))}  ${name}\n`)
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''))
console.log(sums.join(''))

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
