import { describe, expect, it } from 'vitest'
import { secretQuestion } from '../../../src/cli/terminal/secret-question.js'
import type { WantedSecret } from '../../../src/identity/secrets.js'
import { wideRuler } from '../../../src/output/table/wide-ruler.js'

const SECRET = { what: 'password', user: 'admin', host: 'keystone.example.org:5000', cloud: 'prod' }

const questionAt = (width: number, more: Partial<WantedSecret> = {}, unicode = true) =>
  secretQuestion({ ...SECRET, ...more }, { width, unicode })

describe('the question for a secret', () => {
  it.each<[Partial<WantedSecret>, string]>([
    [{}, 'Password for admin at keystone.example.org:5000 (cloud prod): '],
    [{ what: 'passcode', user: 'a.b@c-d_e' }, 'Passcode for a.b@c-d_e at keystone.example.org:5000 (cloud prod): '],
    [{ user: undefined, what: 'token' }, 'Token for keystone.example.org:5000 (cloud prod): '],
    [
      { what: 'application credential secret' },
      'Credential secret for admin at keystone.example.org:5000 (cloud prod): ',
    ],
    [{ cloud: 'Zürich' }, 'Password for admin at keystone.example.org:5000 (cloud Zürich): '],
  ])('names the user, the host and the cloud: %j', async (more, expected) => {
    expect(await questionAt(200, more)).toBe(expected)
  })

  it('shows names that imitate its other parts in quotes, and no control characters', async () => {
    const user = 'admin at trusted.example.org (cloud prod): '
    expect(await questionAt(200, { user, cloud: 'a\u001b[2J\nb"' })).toBe(
      `Password for "${user}" at keystone.example.org:5000 (cloud "a\\u001b[2J\\nb\\""): `,
    )
    expect(await questionAt(200, { cloud: '\u202eevil\u009b' })).toContain('(cloud "\\u202eevil\\u009b"): ')
  })

  const long = 'abcdefghij'.repeat(10)
  it.each<[string, Partial<WantedSecret>]>([
    ['a long user', { user: long }],
    ['a long cloud', { cloud: long }],
    ['a long host', { host: `${'x'.repeat(60)}.${'y'.repeat(60)}.example.org:5000` }],
    [
      'all of them long',
      { user: long, cloud: long, host: `${long}.example.org:5000`, what: 'application credential secret' },
    ],
    ['wide names', { user: '漢'.repeat(40), cloud: '字'.repeat(40) }],
    ['hostile names', { user: '\u001b'.repeat(40), cloud: `${'\u202e'.repeat(40)}"` }],
  ])('fits 60 and 80 columns, and keeps the end of the host, with %s', async (_, more) => {
    for (const width of [60, 80]) {
      for (const unicode of [true, false]) {
        const question = await questionAt(width, more, unicode)
        expect(wideRuler.widthOf(question)).toBeLessThanOrEqual(width)
        expect(question).toMatch(/^\w+( secret)? for .+ at \S*org:5000 \(cloud .+\): $/)
        expect(question).toContain(unicode ? '…' : '...')
      }
    }
  })
})
