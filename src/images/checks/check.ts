/** One thing that was checked before an import. */
export type Check = {
  /** What was checked. */
  check: 'method' | 'region' | 'stores' | 'quota' | 'record' | 'source' | 'format' | 'min_disk'
  /** `failed`: the import cannot work. `warning`: it may not work. `unknown`: it could not be checked. */
  status: 'ok' | 'warning' | 'failed' | 'unknown'
  /** What was found, in one or two sentences. */
  detail: string
  /** What to do about it. */
  hint?: string
}

/** Words in a list: `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
