import type { WantedSecret } from '../../identity/secrets.js'
import { cut, type Ruler, rulerFor } from '../../output/table/width.js'
import { visible } from '../../output/text.js'

/** The word for a secret in a prompt, if its name is too long for a line. */
const SHORT_NAMES: Readonly<Record<string, string>> = { 'application credential secret': 'credential secret' }
/** The least widths of the names. The host keeps the rest: it matters most. */
const LEAST_USER = 4
const LEAST_CLOUD = 8

/**
 * The question for a secret: `Password for admin at keystone.example.org:5000 (cloud prod): `. It is one line that fits the
 * width, if that is at least 60 cells. Too long names are cut, and last the host, at its beginning: its end shows who owns it.
 */
export async function secretQuestion(
  { what, user, host, cloud }: Omit<WantedSecret, 'warnings'>,
  { width, unicode }: { width: number; unicode: boolean },
): Promise<string> {
  const [who, where] = [user === undefined ? '' : nameText(user), nameText(cloud)]
  const ruler = await rulerFor([who, where], { unicode })
  const named = SHORT_NAMES[what] ?? what
  const parts = (who: string, host: string, where: string) =>
    `${named.charAt(0).toUpperCase()}${named.slice(1)} for ${who && `${who} at `}${host} (cloud ${where}): `
  const excess = (...texts: [string, string, string]) => Math.max(0, ruler.widthOf(parts(...texts)) - width)
  const shortWho = shortened(who, { excess: excess(who, host, where), least: LEAST_USER }, ruler)
  const shortWhere = shortened(where, { excess: excess(shortWho, host, where), least: LEAST_CLOUD }, ruler)
  const shortHost = withoutStart(host, excess(shortWho, host, shortWhere), ruler)
  return parts(shortWho, shortHost, shortWhere)
}

/** A name as it is, or in quotes if it could be taken for other parts of the question. */
function nameText(name: string): string {
  return /^[\p{L}\p{M}\p{N}._@+-]+$/u.test(name) ? name : visible(JSON.stringify(name))
}

function shortened(name: string, { excess, least }: { excess: number; least: number }, ruler: Ruler): string {
  return excess === 0 ? name : cut(name, Math.max(least, ruler.widthOf(name) - excess), ruler)
}

function withoutStart(host: string, excess: number, { ellipsis }: Ruler): string {
  return excess === 0 ? host : `${ellipsis}${host.slice(excess + ellipsis.length)}`
}
