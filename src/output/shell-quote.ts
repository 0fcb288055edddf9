/** Text as a word of a POSIX shell, in single quotes, in which nothing has a meaning. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
