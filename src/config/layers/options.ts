import type { Layer } from './layer.js'

/**
 * Maps the path of a setting to the name of its option, for error messages. On the command line, `auth.username` is
 * `--os-username`. `cloud` is the name of the cloud, and `config_file` the path of clouds.yaml. Returns undefined if
 * there is no such option.
 */
export type OptionName = (path: string) => string | undefined

/** The settings from the command line or from the caller of the library. Empty texts are ignored. */
export function optionLayer(
  options: Readonly<Record<string, string | boolean>>,
  optionName: OptionName = (path) => path,
): Layer {
  const layer: Layer = new Map()
  for (const [path, value] of Object.entries(options)) {
    if (value === '') continue
    const source = { kind: 'option', name: optionName(path) ?? path } as const
    layer.set(path, { keys: path.split('.'), value: String(value), source })
  }
  return layer
}
