/**
 * A word of a command that an error offers, and that somebody may paste into a shell. Text of a server or of a file stands
 * there only where a shell sees nothing in it; else a placeholder does.
 */
export function pastable(text: string, placeholder: string): string {
  return /^\w[\w.:@-]*$/.test(text) ? text : placeholder
}

/** Text as a word of a POSIX shell, in single quotes, in which nothing has a meaning. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
