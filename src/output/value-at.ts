import { isJsonObject, type JsonValue } from '../http/json.js'

/**
 * The value at a dotted path such as `result.image_id` or `input.stores.0`, or undefined. Also finds keys that contain dots
 * (`org.example.os`): at every level, the longest matching key wins.
 */
export function valueAt(value: JsonValue | undefined, path: string): JsonValue | undefined {
  if (Array.isArray(value)) {
    const [, index, rest] = /^(\d+)(?:\.(.+))?$/s.exec(path) ?? []
    if (index === undefined) return undefined
    return rest === undefined ? value[Number(index)] : valueAt(value[Number(index)], rest)
  }
  if (!isJsonObject(value)) return undefined
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const key = path.slice(0, end)
    if (Object.hasOwn(value, key)) return end === path.length ? value[key] : valueAt(value[key], path.slice(end + 1))
  }
  return undefined
}
