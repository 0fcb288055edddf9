import { UsageError } from '../../errors.js'

/** Properties that have an option of their own, and it. */
const OPTIONS: Record<string, string> = {
  name: '--name',
  disk_format: '--disk-format',
  container_format: '--container-format',
  visibility: '--visibility',
  min_disk: '--min-disk',
  min_ram: '--min-ram',
  tags: '--tag',
}

/**
 * Parses the values of `--property`, KEY=VALUE each.
 *
 * @throws UsageError also for a key that is given twice, or that has an option of its own.
 */
export function parseProperties(texts: readonly string[]): Record<string, string> {
  const properties = new Map<string, string>()
  for (const text of texts) {
    const at = text.indexOf('=')
    const key = text.slice(0, at).trim()
    if (at < 1 || key === '') {
      throw new UsageError(`--property: ${JSON.stringify(text)} is not KEY=VALUE.`, {
        hint: 'For example: --property os_distro=debian',
      })
    }
    if (properties.has(key)) {
      throw new UsageError(`--property: ${JSON.stringify(key)} was given twice.`, {
        hint: 'Specify each property once.',
      })
    }
    if (Object.hasOwn(OPTIONS, key)) {
      throw new UsageError(`--property: ${key} has its own option.`, { hint: `Use ${OPTIONS[key]}.` })
    }
    properties.set(key, text.slice(at + 1))
  }
  return Object.fromEntries(properties)
}
