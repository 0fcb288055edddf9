import type { Step } from '../exchange.js'
import {
  admin,
  credentialAuth,
  IN_DEFAULT,
  LOGIN,
  logIn,
  member,
  PROJECT,
  passwordAndCredentialAuth,
  request,
  tokenAuth,
} from './requests.js'

/** Changes to a valid login by the member's application credential. */
const CREDENTIALS: unknown[] = [
  ...[5, 0, true, false, null, '', [], {}, 1.5].map((secret) => ({ secret })),
  ...[5, 0, true, 1.5, '', null, [], {}].map((id) => ({ id })),
  ...[5, 0, true, 1.5, ''].map((name) => ({ id: undefined, name, user: { id: '{member_id}' } })),
  ...[
    { id: '' },
    { id: 5 },
    { id: '', name: '' },
    { name: 'nobody', ...IN_DEFAULT },
    { name: '', ...IN_DEFAULT },
    { name: 5, ...IN_DEFAULT },
    { name: '{run}-member', domain: {} },
    { name: '{run}-member', domain: { id: '' } },
    { name: '{run}-member', domain: { id: 'x' } },
    { id: '{member_id}', name: 'nobody' },
    { id: '{member_id}', name: 'nobody', ...IN_DEFAULT },
    { id: '{member_id}', name: '{run}-member', ...IN_DEFAULT },
    { id: '{member_id}', name: '{run}-member', domain: {} },
  ].map((user) => ({ id: undefined, name: '{run}-credential', user })),
]

/** Logs in by application credential, alone and beside another method. */
export const CREDENTIAL_STEPS: Step[] = [
  logIn(credentialAuth({ id: '{credential}', secret: '{run}-credential' }), { saveAs: 'bound_token' }),
  logIn(credentialAuth({ id: '{credential}', secret: 'wrong' })),
  logIn(credentialAuth({ id: '{credential}' })),
  logIn(credentialAuth({ id: 'x', secret: 'x' })),
  logIn(credentialAuth({ id: '{credential}', secret: '{run}-credential' }, PROJECT)),
  logIn(credentialAuth({ id: '{credential}', secret: '{run}-credential' }, 'unscoped')),
  logIn(credentialAuth({ id: '{credential}', secret: '{run}-credential' }, {})),
  logIn(
    credentialAuth({
      name: '{run}-credential',
      secret: '{run}-credential',
      user: { name: '{run}-member', ...IN_DEFAULT },
    }),
  ),
  logIn(credentialAuth({ name: '{run}-credential', secret: '{run}-credential', user: { id: '{member_id}' } })),
  logIn(credentialAuth({ name: '{run}-credential', secret: 'wrong', user: { id: '{member_id}' } })),
  logIn(credentialAuth({ name: 'other', secret: 'x', user: { id: '{member_id}' } })),
  logIn(credentialAuth({ name: '{run}-credential', secret: '{run}-credential' })),
  logIn(credentialAuth({ name: '{run}-credential', secret: 'x', user: {} })),
  logIn(credentialAuth({ secret: 'x' })),
  logIn(credentialAuth({})),
  logIn(credentialAuth({ name: '{run}-credential', secret: '{run}-credential', user: { name: '{run}-member' } })),
  logIn(tokenAuth('{bound_token}')),
  logIn(tokenAuth('{bound_token}', PROJECT)),
  ...CREDENTIALS.map((options) =>
    logIn(credentialAuth({ id: '{credential}', secret: '{run}-credential', ...(options as object) })),
  ),
  logIn(passwordAndCredentialAuth(member, { id: '{credential}', secret: '{run}-credential' }), {
    saveAs: 'twice_token',
  }),
  logIn(tokenAuth('{twice_token}')),
  request('GET', '/v3/auth/catalog', { as: 'nobody', headers: { 'X-Auth-Token': '{twice_token}' } }),
  logIn(passwordAndCredentialAuth(admin, { id: '{credential}', secret: '{run}-credential' })),
  logIn(passwordAndCredentialAuth(member, { id: '{credential}', secret: 'wrong' })),
  logIn(passwordAndCredentialAuth({ ...member, password: 'wrong' }, { id: 'x', secret: 'x' })),
  logIn({
    identity: {
      methods: ['token', 'application_credential'],
      token: { id: '{member_token}' },
      application_credential: { id: '{credential}', secret: '{run}-credential' },
    },
  }),
  request('GET', LOGIN, { as: 'admin', headers: { 'X-Subject-Token': '{bound_token}' } }),
]
