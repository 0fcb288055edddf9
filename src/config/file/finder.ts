import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'

/** Line and column, from 1, of the setting at a path of keys. For a missing setting, those of its nearest parent. */
export type FindPosition = (keys: readonly string[]) => { line: number; column: number } | undefined

/** Finds the positions of settings in the text of a configuration file. Follows aliases and merge keys. */
export function positionFinder(text: string): FindPosition {
  const lines = new LineCounter()
  const document: Document.Parsed = parseDocument(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    schema: 'failsafe',
    uniqueKeys: false,
    logLevel: 'silent',
  })

  const followed = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node)

  const pairIn = (map: YAMLMap, key: string, depth: number): Pair | undefined => {
    // The last of several equal keys is used.
    const own = map.items.findLast((item) => isScalar(item.key) && String(item.key.value) === key)
    if (own || depth === 0) return own
    const merged = map.items.filter((item) => isScalar(item.key) && item.key.value === '<<')
    for (const { value } of merged) {
      const target = followed(value)
      for (const each of isSeq(target) ? target.items.map(followed) : [target]) {
        const pair = isMap(each) ? pairIn(each, key, depth - 1) : undefined
        if (pair) return pair
      }
    }
    return undefined
  }

  return (keys) => {
    let node: unknown = document.contents
    let found: Node | undefined
    for (const key of keys) {
      const inside = followed(node)
      const next = isMap(inside) ? pairIn(inside, key, 20) : isSeq(inside) ? inside.items[Number(key)] : undefined
      if (next === undefined) break
      found = (isPair(next) ? next.key : next) as Node
      node = isPair(next) ? next.value : next
    }
    const offset = found?.range?.[0]
    if (offset === undefined) return undefined
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
}
