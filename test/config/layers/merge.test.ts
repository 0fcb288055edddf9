import { describe, expect, test } from 'vitest'
import type { Layer } from '../../../src/config/layers/layer.js'
import { mergeLayers } from '../../../src/config/layers/merge.js'

function layer(...paths: string[]): Layer {
  return new Map(
    paths.map((path) => [path, { keys: path.split('.'), value: path, source: { kind: 'option', name: path } }]),
  )
}

/** The remaining paths after `above` is merged over `below`. */
const over = (below: string[], above: string[]) => [...mergeLayers([layer(...below), layer(...above)]).keys()].sort()

describe('settings that identify the same thing replace each other', () => {
  test.each([
    ['auth.project_id', 'auth.project_name'],
    ['auth.user_id', 'auth.username'],
    ['auth.user_domain_id', 'auth.user_domain_name'],
    ['auth.project_domain_id', 'auth.project_domain_name'],
    ['auth.domain_id', 'auth.domain_name'],
    ['auth.default_domain_id', 'auth.default_domain_name'],
    ['auth.application_credential_id', 'auth.application_credential_name'],
    ['verify', 'insecure'],
  ])('%s and %s', (one, other) => {
    expect(over([one], [other])).toEqual([other])
    expect(over([other], [one])).toEqual([one])
    // Both stay if they are in the same layer. A later step chooses between them.
    expect(over([], [one, other])).toEqual([one, other].sort())
    expect(over([one, other], ['auth.password'])).toEqual([one, other, 'auth.password'].sort())
  })
})

describe('the scope of a higher layer replaces the scope of a lower layer', () => {
  const project = ['auth.project_id', 'auth.project_name']
  const others = ['auth.system_scope', 'auth.trust_id']
  const domains = [
    ['auth.domain_id', 'auth.default_domain_id'],
    ['auth.domain_name', 'auth.default_domain_name'],
  ] as const

  test.each(project.flatMap((one) => others.map((other) => [one, other])))('%s and %s', (one, other) => {
    expect(over([one], [other])).toEqual([other])
    expect(over([other], [one])).toEqual([one])
  })

  test.each(domains.flatMap((domain) => others.map((other) => [...domain, other])))(
    '%s becomes %s under %s',
    (domain, fallback, other) => {
      expect(over([domain], [other])).toEqual([fallback, other].sort())
      expect(over([other], [domain])).toEqual([domain])
    },
  )

  test.each(domains.flatMap(([domain]) => project.map((one) => [domain, one])))('%s over %s', (domain, one) => {
    expect(over([one], [domain])).toEqual([domain])
    // The domain of a lower layer is still the project's domain.
    expect(over([domain], [one])).toEqual([domain, one].sort())
  })

  test('trust_id and system_scope', () => {
    expect(over(['auth.trust_id'], ['auth.system_scope'])).toEqual(['auth.system_scope'])
    expect(over(['auth.system_scope'], ['auth.trust_id'])).toEqual(['auth.trust_id'])
  })

  test('a domain that becomes a default does not replace an existing default', () => {
    const below = ['auth.domain_id', 'auth.default_domain_id']
    const merged = mergeLayers([layer(...below), layer('auth.trust_id')])
    expect(merged.get('auth.default_domain_id')?.value).toBe('auth.default_domain_id')
    expect(merged.has('auth.domain_id')).toBe(false)
  })

  test('other settings do not change the scope', () => {
    const scope = ['auth.project_id', 'auth.domain_id', 'auth.trust_id']
    expect(over(scope, ['region_name'])).toEqual([...scope, 'region_name'].sort())
  })
})

test('lists are replaced, and the last of three layers wins', () => {
  const values = (text: string): Layer =>
    new Map([['interface', { keys: ['interface'], value: [text], source: { kind: 'default' } }]])
  expect(mergeLayers([values('a'), values('b'), values('c')]).get('interface')?.value).toEqual(['c'])
})
