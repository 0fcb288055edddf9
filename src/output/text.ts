// What a terminal obeys, what breaks a line, and what reorders or hides text: control characters (C0, DEL, C1), line and
// paragraph separators, every format character (bidi overrides, tags, zero-width spaces), lone surrogates and what is no
// character at all. The two joiners stay: emoji and several scripts are not themselves without them.
const UNSAFE = /(?![\u200c-\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu
const UNSAFE_BUT_LAYOUT = /(?![\u200c-\u200d\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu
const LONE_SURROGATE = /\p{Cs}/gu

const PLAIN = /^[\x20-\x7e]*$/
const PLAIN_LINES = /^[\n\x20-\x7e]*$/

const SHORT: Record<string, string> = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r' }

/** Whether text is printable ASCII alone: one cell a character, and nothing to escape. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text)
}

/** Lines as one text. To give each its line feed before they are joined would copy each once more. */
export function textOfLines(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** Whether text holds a character that `visible` would escape; line feeds do not count. */
export function isUnsafe(text: string): boolean {
  return !PLAIN_LINES.test(text) && text.replaceAll('\n', '').search(UNSAFE) !== -1
}

/** Text as one line that no terminal obeys: what is unsafe stands there as JSON would write it, `\n` or `\u001b`. */
export function visible(text: string): string {
  return isPlain(text) ? text : text.replace(UNSAFE, (character) => SHORT[character] ?? escapeUnits(character))
}

/** As `visible`, but line feeds and tabs stay. */
export function visibleLines(text: string): string {
  return isPlain(text)
    ? text
    : text.replace(UNSAFE_BUT_LAYOUT, (character) => SHORT[character] ?? escapeUnits(character))
}

/** Text that UTF-8 can hold: a lone surrogate, which would be lost, becomes a visible escape. */
export function encodable(text: string): string {
  return isPlain(text) ? text : text.replace(LONE_SURROGATE, escapeUnits)
}

/** JSON text that shows every unsafe character as an escape, and means what it meant: all of them stand in strings. */
export function escapeJson(text: string): string {
  return isPlainJson(text) ? text : text.replace(UNSAFE_BUT_LAYOUT, escapeUnits)
}

/** In JSON text every control character before the space is an escape already: of ASCII only DEL is unsafe. */
function isPlainJson(text: string): boolean {
  return Buffer.byteLength(text) === text.length && !text.includes('\x7f')
}

/** The same for YAML, whose readers do not put surrogate pairs together. Unsafe text has to stand in double quotes. */
export function escapeYaml(text: string): string {
  return PLAIN_LINES.test(text) ? text : text.replace(UNSAFE_BUT_LAYOUT, escapeCodePoint)
}

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
