import { createHash, scryptSync } from 'node:crypto'
import { settingAt } from './setting-table.js'
import type { CloudSettings } from './settings.js'

/**
 * The name of the file for a cloud and an identity. Everything that shapes the token is in it, so that another user,
 * scope or password never meets this one's token; but for a passcode, which is another each time.
 *
 * A password goes into it by a function that is slow on purpose: the name must not help to guess it.
 */
export function cacheKey({ name, authType, auth }: CloudSettings): string {
  const entries = Object.entries(auth).filter(([key]) => key !== 'passcode')
  const isSecret = ([key]: [string, string]) => settingAt(`auth.${key}`)?.secret === true
  const open = sorted(entries.filter((entry) => !isSecret(entry)))
  const identity = JSON.stringify([name, authType, open])
  const secrets = entries.filter(isSecret)
  const secret = secrets.length === 0 ? '' : scryptSync(JSON.stringify(sorted(secrets)), identity, 16, COST)
  return createHash('sha256').update(identity).update('\0').update(secret).digest('hex')
}

/** Some three milliseconds a guess, and as many for each run. */
const COST = { N: 1024, r: 8, p: 1 }

function sorted(entries: [string, string][]): [string, string][] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
}
