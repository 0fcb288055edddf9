/**
 * The section of the changelog for this version, without its title.
 *
 * Throws an Error if there is none, or if changes are still listed as unreleased.
 */
export function releaseNotes(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1)
  const named = (name) => sections.find((section) => section.startsWith(`[${name}]`))
  const [, ...unreleased] = (named('Unreleased') ?? '').split('\n')
  if (unreleased.some((line) => line.trim() !== '')) {
    throw new Error(`CHANGELOG.md still has changes under [Unreleased]. Move them to [${version}].`)
  }
  const section = named(version)
  if (!section) throw new Error(`CHANGELOG.md has no section [${version}].`)
  return `${section.split('\n').slice(1).join('\n').trim()}\n`
}
