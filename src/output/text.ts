// Unsafe characters, which control a terminal, break lines, or reorder or hide text: control characters (C0, DEL, C1), line and
// paragraph separators, format characters (bidi overrides, tags, zero-width spaces), lone surrogates and noncharacters. The
// two joiners are allowed, because emoji and several scripts need them.
const UNSAFE = /(?![\u200c-\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu
const UNSAFE_BUT_LAYOUT = /(?![\u200c-\u200d\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu
const LONE_SURROGATE = /\p{Cs}/gu

const PLAIN = /^[\x20-\x7e]*$/
const PLAIN_LINES = /^[\n\x20-\x7e]*$/

const SHORT: Record<string, string> = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r' }

/** Whether text is only printable ASCII: one cell per character, nothing to escape. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text)
}

/** Joins lines, each with a line feed. Adding the line feeds before joining would copy each line once more. */
export function textOfLines(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** Whether text contains a character that `visible` would escape, except line feeds. */
export function isUnsafe(text: string): boolean {
  return !PLAIN_LINES.test(text) && text.replaceAll('\n', '').search(UNSAFE) !== -1
}

/** Escapes unsafe characters as in JSON (`\n`, `\u001b`). The result is one line and safe for a terminal. */
export function visible(text: string): string {
  return isPlain(text) ? text : text.replace(UNSAFE, (character) => SHORT[character] ?? escapeUnits(character))
}

/** Like `visible`, but keeps line feeds and tabs. */
export function visibleLines(text: string): string {
  return isPlain(text)
    ? text
    : text.replace(UNSAFE_BUT_LAYOUT, (character) => SHORT[character] ?? escapeUnits(character))
}

/** Escapes lone surrogates, which UTF-8 cannot represent. */
export function encodable(text: string): string {
  return isPlain(text) ? text : text.replace(LONE_SURROGATE, escapeUnits)
}

/** Escapes unsafe characters in JSON text. They occur only in strings, so the value stays the same. */
export function escapeJson(text: string): string {
  return isPlainJson(text) ? text : text.replace(UNSAFE_BUT_LAYOUT, escapeUnits)
}

/** JSON text already escapes the control characters below the space, so DEL is the only unsafe ASCII character. */
function isPlainJson(text: string): boolean {
  return Buffer.byteLength(text) === text.length && !text.includes('\x7f')
}

/** The same for YAML, whose readers do not combine surrogate pairs. Unsafe text must be in double quotes. */
export function escapeYaml(text: string): string {
  return PLAIN_LINES.test(text) ? text : text.replace(UNSAFE_BUT_LAYOUT, escapeCodePoint)
}

const RUNNER_COMMANDS = /:(?=:)(?<=\n\s*:)|#(?=\w*\[)(?<=##)/g

/**
 * Escapes, as in JSON, what the runners of CI systems execute if they find it in a log: GitHub a line that begins with `::`, also
 * after blanks, and `##[` anywhere; Azure `##vso[`, TeamCity `##teamcity[`. Leaves the first line without a line feed before it.
 */
export function withoutCommands(text: string): string {
  return text.replace(RUNNER_COMMANDS, escapeUnits)
}

/** A character as JSON escapes it: `\u001b`. */
function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => hex('\\u', character.charCodeAt(at), 4)).join('')
}

function escapeCodePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? hex('\\U', code, 8) : hex('\\u', code, 4)
}

function hex(lead: string, code: number, digits: number): string {
  return lead + code.toString(16).padStart(digits, '0')
}
