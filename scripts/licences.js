// Collects the licence texts of all bundled packages, as their licences require.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Code inside packages that has its own licence but no licence file: its path, and our copy of the licence. */
const INSIDE = [
  {
    // undici's HTTP parser, compiled to WebAssembly. The text is from github.com/nodejs/llhttp (README.md); the LICENSE file
    // of Node.js contains the same text.
    file: /[\\/]undici[\\/]lib[\\/]llhttp[\\/]llhttp.*wasm\.js$/,
    name: 'llhttp',
    license: 'MIT',
    title: 'llhttp (MIT), in undici',
    text: () => readFileSync(new URL('licences/llhttp.txt', import.meta.url), 'utf8'),
  },
]

/**
 * Returns the licences of the packages that these files belong to, as one text.
 *
 * Throws an Error if a package has no licence file.
 */
export function licencesOf(files) {
  const packages = packagesOf(files).map(licenceOf)
  const inside = codeInside(files).map(({ title, text }) => `${title}\n\n${text()}`)
  return [...packages, ...inside].join(`\n${'-'.repeat(80)}\n\n`)
}

/** The packages that these files belong to: folder, name, version and licence. */
export function packagesOf(files) {
  const folders = files.map((file) => /^(.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file)?.[1])
  return [...new Set(folders.filter(Boolean))].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
    return { folder, name, version, license }
  })
}

/** The entries of INSIDE that these files contain. */
export function codeInside(files) {
  return INSIDE.filter(({ file }) => files.some((each) => file.test(each)))
}

function licenceOf({ folder, name, version, license }) {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)([.-]|$)/i.test(entry))
  if (!file) {
    throw new Error(
      `${name} ${version} has no licence text. Keep one in ${root}scripts/licences and name it in licences.js.`,
    )
  }
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, 'utf8')}`
}
