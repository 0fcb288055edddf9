import { expect, test } from 'vitest'
import { proxiesOf } from '../../src/session/proxies.js'

const of = (env: Record<string, string>) => proxiesOf({ env, cwd: '/', home: '/', platform: 'linux' })
const NONE = { http: undefined, https: undefined, no: undefined }

test.each([
  [{}, NONE],
  [{ http_proxy: 'a' }, { ...NONE, http: 'a' }],
  [{ HTTP_PROXY: 'a' }, { ...NONE, http: 'a' }],
  [{ https_proxy: 'a' }, { ...NONE, https: 'a' }],
  [{ HTTPS_PROXY: 'a' }, { ...NONE, https: 'a' }],
  [{ all_proxy: 'a' }, { ...NONE, http: 'a', https: 'a' }],
  [{ ALL_PROXY: 'a' }, { ...NONE, http: 'a', https: 'a' }],
  [
    { all_proxy: 'a', http_proxy: 'b' },
    { ...NONE, http: 'b', https: 'a' },
  ],
  [
    { all_proxy: 'a', HTTPS_PROXY: 'b' },
    { ...NONE, http: 'a', https: 'b' },
  ],
  [{ no_proxy: 'a' }, { ...NONE, no: 'a' }],
  [{ NO_PROXY: 'a' }, { ...NONE, no: 'a' }],
  // Small letters count first, and an empty variable is not set.
  [
    { http_proxy: 'a', HTTP_PROXY: 'b' },
    { ...NONE, http: 'a' },
  ],
  [
    { http_proxy: '', HTTP_PROXY: 'b' },
    { ...NONE, http: 'b' },
  ],
  [
    { http_proxy: '', all_proxy: 'c' },
    { ...NONE, http: 'c', https: 'c' },
  ],
  [
    { no_proxy: 'a', NO_PROXY: 'b' },
    { ...NONE, no: 'a' },
  ],
])('%j', (env, proxies) => {
  expect(of(env)).toEqual(proxies)
})
