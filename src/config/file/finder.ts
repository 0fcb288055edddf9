import {
  type Alias,
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
  visit,
  type YAMLMap,
} from 'yaml'

/** The maximum number of mappings that are searched for a key. A real one merges a few. */
const MAX_MERGED = 1000

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

  const targets = aliasTargets(document)
  const followed = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node)

  // Each mapping is searched once: the merges of a hostile file could multiply.
  const pairIn = (map: YAMLMap, key: string, seen = new Set<YAMLMap>()): Pair | undefined => {
    if (seen.has(map) || seen.size > MAX_MERGED) return undefined
    seen.add(map)
    // The last of several equal keys is used.
    const own = map.items.findLast((item) => isScalar(item.key) && String(item.key.value) === key)
    if (own) return own
    const merged = map.items.filter((item) => isScalar(item.key) && item.key.value === '<<')
    for (const { value } of merged) {
      const target = followed(value)
      for (const each of isSeq(target) ? target.items.map(followed) : [target]) {
        const pair = isMap(each) ? pairIn(each, key, seen) : undefined
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
      const next = isMap(inside) ? pairIn(inside, key) : isSeq(inside) ? inside.items[Number(key)] : undefined
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

/** The node that each alias stands for: the last one before it with this anchor. */
function aliasTargets(document: Document.Parsed): Map<Alias, Node> {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node as Node)
        return
      }
      const target = anchors.get(node.source)
      if (target) targets.set(node, target)
    },
  })
  return targets
}
