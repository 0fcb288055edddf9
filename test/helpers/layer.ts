import { type Layer, pathOf } from '../../src/config/layers/layer.js'
import type { Source } from '../../src/config/source.js'
import type { Value } from '../../src/config/value.js'

type Given = Exclude<Value, null | Map<string, Value>>

/** A layer with these settings, by dotted path, as if each came from an option. */
export function layerWith(settings: Record<string, Given>, source?: Source): Layer {
  return new Map(
    Object.entries(settings).map(([path, value]) => {
      const keys = path.split('.')
      return [pathOf(keys), { keys, value, source: source ?? { kind: 'option', name: `--${path}` } }]
    }),
  )
}
