import type { Layer } from './layer.js'

/**
 * What the giver of options calls a setting, by its path: `--os-username` for `auth.username` on the command line.
 * `cloud` stands for the name of the cloud, `config_file` for the path of clouds.yaml. Undefined where the giver has no
 * such option.
 */
export type OptionName = (path: string) => string | undefined

/** The settings that the command line, or the library's caller, gives. An empty text is not given. */
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
