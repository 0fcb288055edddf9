import type { Layer } from './layer.js'
import { settingAt } from './setting-table.js'

/** The settings that the command line, or the library's caller, gives. An empty text is not given. */
export function optionLayer(options: Readonly<Record<string, string | boolean>>): Layer {
  const layer: Layer = new Map()
  for (const [path, value] of Object.entries(options)) {
    if (value === '') continue
    const option = settingAt(path)?.option
    const name = option === undefined ? path : `--${option}`
    layer.set(path, { keys: path.split('.'), value: String(value), source: { kind: 'option', name } })
  }
  return layer
}
