/** A message that other sentences can follow. The text of a server may lack the full stop. */
export function sentence(message: string): string {
  return /[.!?]$/.test(message.trimEnd()) ? message : `${message}.`
}
