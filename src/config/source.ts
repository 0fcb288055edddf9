/** Where the value of a setting came from. */
export type Source =
  /** A file, and the keys that lead to the value in it. */
  | { kind: 'file'; file: string; keys: readonly string[] }
  /** One of the vendor profiles that this program carries. */
  | { kind: 'profile'; name: string }
  | { kind: 'variable'; name: string }
  /** An option of the command line, or an argument of the library. */
  | { kind: 'option'; name: string }
  /** Worked out from other settings, or a default; `why` says which. */
  | { kind: 'default'; why?: string }

/** A source as a person reads it, but for the line in a file. */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'file':
      return source.file
    case 'profile':
      return `profile ${source.name}`
    case 'variable':
      return source.name
    case 'option':
      return source.name
    case 'default':
      return source.why === undefined ? 'default' : `default (${source.why})`
  }
}
