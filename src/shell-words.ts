/**
 * A word for a command in an error message, which a user may paste into a shell. Text of a server or file is used only if
 * it has no special meaning in a shell. Otherwise the placeholder is used.
 */
export function pastable(text: string, placeholder: string): string {
  return /^\w[\w.:@-]*$/.test(text) ? text : placeholder
}

/** Text as a word of a POSIX shell, in single quotes. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
