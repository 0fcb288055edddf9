import { readFile } from 'node:fs/promises'
import type { Document, Node, Pair, YAMLMap } from 'yaml'
import type { Place } from '../errors.js'
import type { Source } from './source.js'

/**
 * The line and the column of a setting in its file. This parses the file once more, with the parser that keeps
 * positions: only a report and an error need them.
 */
export async function placeOf(source: Source | undefined): Promise<Place | undefined> {
  if (source?.kind !== 'file') return undefined
  const { file, keys } = source
  try {
    return { file, ...(await positionIn(file, keys)) }
  } catch {
    return { file }
  }
}

async function positionIn(
  file: string,
  keys: readonly string[],
): Promise<{ line: number; column: number } | undefined> {
  const { LineCounter, parseDocument, isMap, isPair, isAlias, isScalar, isSeq } = await import('yaml')
  const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '')
  const lines = new LineCounter()
  const document: Document.Parsed = parseDocument(text, {
    lineCounter: lines,
    schema: 'failsafe',
    merge: true,
    uniqueKeys: false,
    logLevel: 'silent',
  })

  const followed = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node)

  const pairIn = (map: YAMLMap, key: string, depth: number): Pair | undefined => {
    // Of a repeated key the last one counts.
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
