import { expect, it } from 'vitest'
import { checkKeystone } from '../../src/doctor/services.js'
import { TestClock } from '../helpers/clock.js'

it.each([
  [59, '.'],
  [60, '. The clock of this machine is 60 s ahead of the clock of the server.'],
  [-60, '. The clock of this machine is 60 s behind the clock of the server.'],
])('a clock that is %i s ahead of the server: %j', async (ahead, note) => {
  const clock = new TestClock()
  const http = {
    request: async () => ({
      status: 200,
      headers: { date: new Date(clock.now() - ahead * 1000).toUTCString() },
      body: '{"version": {"id": "v3.14"}}',
    }),
  }
  const checked = checkKeystone(new URL('http://k/v3/'), http as never, clock, new AbortController().signal)
  expect(await checked).toBe(`Keystone v3.14 at http://k/v3/${note}`)
})

it('names the target of a redirect of Keystone, and the remedy', async () => {
  const http = {
    request: async ({ method, url }: { method: string; url: URL }) => ({
      request: { method, url },
      status: 301,
      headers: { location: 'https://k/v3/', 'content-type': 'text/html' },
      body: '<h1>301</h1>',
    }),
  }
  const checked = checkKeystone(new URL('http://k/v3/'), http as never, new TestClock(), new AbortController().signal)
  await expect(checked).rejects.toMatchObject({
    code: 'unexpected_answer',
    message: 'GET http://k/v3/ returned 301, a redirect.',
    hint: 'It redirects to https://k/v3/. If you trust this URL, set auth_url to it. Passwords are not sent to redirects.',
  })
})
