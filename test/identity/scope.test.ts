import { describe, expect, test } from 'vitest'
import { scopeOf } from '../../src/identity/scope.js'
import { settingsWith } from '../helpers/settings.js'

describe('the scope of a login', () => {
  test.each<[Record<string, string>, object | undefined]>([
    [{}, undefined],
    [{ username: 'u', user_domain_id: 'd', project_domain_id: 'd' }, undefined],
    [{ project_id: 'p' }, { project: { id: 'p' } }],
    [{ project_id: 'p', project_name: 'n', project_domain_id: 'd' }, { project: { id: 'p' } }],
    [{ project_name: 'n' }, { project: { name: 'n', domain: { id: 'default' } } }],
    [{ project_name: 'n', project_domain_id: 'd' }, { project: { name: 'n', domain: { id: 'd' } } }],
    [{ project_name: 'n', project_domain_name: 'D' }, { project: { name: 'n', domain: { name: 'D' } } }],
    [
      { project_name: 'n', project_domain_id: 'd', project_domain_name: 'D' },
      { project: { name: 'n', domain: { id: 'd' } } },
    ],
    [{ domain_id: 'd' }, { domain: { id: 'd' } }],
    [{ domain_name: 'D' }, { domain: { name: 'D' } }],
    [{ trust_id: 't' }, { 'OS-TRUST:trust': { id: 't' } }],
    [{ system_scope: 'all' }, { system: { all: true } }],
    [{ system_scope: 'ALL' }, { system: { all: true } }],
  ])('%j: %j', (auth, scope) => {
    expect(scopeOf(settingsWith(auth))).toEqual(scope)
  })

  test.each<[Record<string, string>, string, string]>([
    [{ system_scope: 'all', trust_id: 't' }, 'system_scope', 'trust_id'],
    [{ system_scope: 'all', project_id: 'p' }, 'system_scope', 'project_id'],
    [{ trust_id: 't', project_name: 'p' }, 'trust_id', 'project_name'],
    [{ trust_id: 't', domain_name: 'd' }, 'trust_id', 'domain_name'],
    [{ project_name: 'p', domain_id: 'd' }, 'project_name', 'domain_id'],
  ])('%j has two scopes', (auth, one, other) => {
    expect(() => scopeOf(settingsWith(auth))).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: `The cloud "one" has two scopes: ${one} and ${other}. A login can use only one.`,
        hint: `Remove ${one} or ${other}.`,
      }),
    )
  })

  test('the only system scope is all', () => {
    expect(() => scopeOf(settingsWith({ system_scope: 'some' }))).toThrow(
      expect.objectContaining({
        message: 'system_scope must be "all", not "some".',
        hint: 'Set it to all, or remove it.',
      }),
    )
  })
})
