/** The source of a setting's value. */
export type Source =
  /**
   * A file, and the path of keys to the value in it. `version` changes whenever the file does; absent if that is not certain.
   * `target` is the file that a symbolic link leads to.
   */
  | { kind: 'file'; file: string; keys: readonly string[]; version?: string | undefined; target?: string | undefined }
  /** One of the built-in vendor profiles. */
  | { kind: 'profile'; name: string }
  | { kind: 'variable'; name: string }
  /** An option of the command line or of the library. */
  | { kind: 'option'; name: string }
  /** A default. `why` says what it is derived from, if anything. */
  | { kind: 'default'; why?: string }

/** A source for display, without the line in a file. */
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
