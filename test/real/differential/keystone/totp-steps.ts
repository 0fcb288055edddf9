import type { Step } from '../exchange.js'
import { IN_DEFAULT, logIn, member, PROJECT, passwordAuth, totpAuth, totpData } from './requests.js'

const TOTP_USERS: unknown[] = [
  { id: 5 },
  { id: true },
  { id: '' },
  { name: true },
  { name: ['x'] },
  { name: 5, ...IN_DEFAULT },
  ...[{ id: '' }, { name: '' }, { id: null }, { id: 5 }, { name: 5 }, { x: 1 }].map((domain) => ({
    name: '{run}-totp',
    domain,
  })),
]

/** Logs in by one-time password, alone and as the second factor. */
export const TOTP_STEPS: Step[] = [
  logIn(totpAuth('{run}-totp', '{passcode}')),
  logIn(totpAuth('{run}-totp', '000000')),
  logIn(totpAuth('{run}-totp', undefined)),
  logIn(totpAuth('{run}-totp', 123456)),
  logIn(totpAuth('{run}-member', '{passcode}')),
  logIn(totpAuth('nobody', '{passcode}')),
  logIn({ ...totpAuth('{run}-totp', '{passcode}'), scope: PROJECT }),
  ...TOTP_USERS.map((user) => logIn(totpData({ user: { ...(user as object), passcode: '1' } }))),
  ...[{}, null, 5, true, 1.5, 'x', []].map((given) => logIn(totpData(given))),
  logIn(passwordAuth({ ...member, name: '{run}-two-factor', password: '{run}-two-factor' }, PROJECT), {
    saveAs: 'receipt',
  }),
  logIn(totpAuth('{run}-two-factor', '{passcode}')),
  logIn(
    { ...totpAuth('{run}-two-factor', '{passcode}'), scope: PROJECT },
    { headers: { 'Openstack-Auth-Receipt': '{receipt}' } },
  ),
  logIn(totpAuth('{run}-two-factor', '{passcode}'), { headers: { 'Openstack-Auth-Receipt': 'bogus' } }),
  logIn(totpAuth('{run}-two-factor', '{passcode}'), { headers: { 'Openstack-Auth-Receipt': '' } }),
  logIn(totpAuth('{run}-two-factor', '000000'), { headers: { 'Openstack-Auth-Receipt': '{receipt}' } }),
  logIn({
    identity: {
      methods: ['password', 'totp'],
      password: { user: { ...member, name: '{run}-two-factor', password: '{run}-two-factor' } },
      totp: { user: { name: '{run}-two-factor', ...IN_DEFAULT, passcode: '{passcode}' } },
    },
    scope: PROJECT,
  }),
]
