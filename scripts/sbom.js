import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { codeInside, packagesOf } from './licences.js'
import { npmCommand } from './npm.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The software bill of materials of the package, as CycloneDX: what is bundled from these files. The package depends on
 * nothing else. npm describes all packages of the lock file; this is the part of it that is shipped.
 */
export function sbomOf(files) {
  const [npm, first] = npmCommand()
  const argv = [...first, 'sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only']
  const { $schema, bomFormat, specVersion, version, metadata, components } = JSON.parse(
    execFileSync(npm, argv, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  )
  const bundled = packagesOf(files).map(({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`)
  const shipped = components.filter(({ purl }) => bundled.includes(purl))
  const missing = bundled.find((purl) => !shipped.some((component) => component.purl === purl))
  if (missing) throw new Error(`${missing} is bundled, but package-lock.json does not have it.`)
  const inside = codeInside(files).map(({ name, license }) => {
    return { type: 'library', name, licenses: [{ license: { id: license } }] }
  })
  const component = named(metadata.component)
  return {
    // Without its random serial number and its time, so that two builds are equal.
    ...{ $schema, bomFormat, specVersion, version },
    metadata: { component },
    components: [...shipped.map(withoutScope), ...inside],
    dependencies: [{ ref: component['bom-ref'], dependsOn: shipped.map((each) => each['bom-ref']) }],
  }
}

/** npm names the package after the folder of the clone. */
function named(component) {
  const { name, version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  return { ...component, 'bom-ref': `${name}@${version}`, name, purl: `pkg:npm/${name}@${version}` }
}

/** To npm, a bundled package is a development dependency, which a bill of materials calls "optional". */
function withoutScope({ scope, properties, ...component }) {
  return component
}
