import { visible } from '../../output/text.js'

/** A completion of the word at the cursor. */
export interface Candidate {
  value: string
  description?: string | undefined
}

/** The completions for the word at the cursor. */
export type Offer =
  /** These values, after the part of the word that stays: `--format=`, or `pending,`. */
  | { kind: 'values'; head: string; candidates: readonly Candidate[] }
  /** The names of files, which the shell knows best. `head` is the part of the word before the name. */
  | { kind: 'files'; head: string }
  /** The words after the first `--` are a command line of their own. */
  | { kind: 'command' }

/** Completes a command line: the words before the cursor's word, without the program, and that word up to the cursor. */
export type Complete = (words: readonly string[], current: string) => Promise<Offer>

/** No candidates, and no files either. */
export const NOTHING: Offer = { kind: 'values', head: '', candidates: [] }

/**
 * The candidates that a terminal can show, each once. Names come from files and servers: a name that contains control
 * characters or line breaks is dropped, because a shell could neither show nor insert it. Descriptions show them escaped.
 */
export function safeCandidates(candidates: readonly Candidate[]): Candidate[] {
  const safe = new Map<string, Candidate>()
  for (const { value, description = '' } of candidates) {
    if (value === '' || value !== visible(value) || safe.has(value)) continue
    safe.set(value, { value, description: visible(description) })
  }
  return [...safe.values()]
}

/** The candidates that begin with a text; if there are none, those that begin with it in any letter case. */
export function startingWith(candidates: readonly Candidate[], text: string): Candidate[] {
  const exact = candidates.filter(({ value }) => value.startsWith(text))
  if (exact.length > 0) return exact
  return candidates.filter(({ value }) => value.toLowerCase().startsWith(text.toLowerCase()))
}

/** Whether the cursor should stay behind a candidate, because the word continues: `sha256:`. */
export function isPrefix({ value }: Candidate): boolean {
  return /[:=,]$/.test(value)
}
