import type { Layer } from './layer.js'
import { settingAt } from './setting-table.js'

/**
 * The settings that the command line, or the library's caller, gives. An empty text is not given.
 *
 * @param nameOf what the giver knows a setting by.
 */
export function optionLayer(
  options: Readonly<Record<string, string | boolean>>,
  nameOf: (path: string) => string = flagOf,
): Layer {
  const layer: Layer = new Map()
  for (const [path, value] of Object.entries(options)) {
    if (value === '') continue
    const source = { kind: 'option', name: nameOf(path) } as const
    layer.set(path, { keys: path.split('.'), value: String(value), source })
  }
  return layer
}

function flagOf(path: string): string {
  const option = settingAt(path)?.option
  return option === undefined ? path : `--${option}`
}
