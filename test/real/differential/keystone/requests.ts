import type { Step } from '../exchange.js'

export const JSON_TYPE = { 'Content-Type': 'application/json' }
export const IN_DEFAULT = { domain: { id: 'default' } }
export const PROJECT = { project: { name: '{run}', ...IN_DEFAULT } }
export const LOGIN = '/v3/auth/tokens'

export type StepOptions = Partial<Step>

/** Sends a request to Keystone. */
export const request = (method: string, path: string, options: StepOptions = {}): Step => ({
  method,
  path,
  service: 'identity',
  ...options,
})

/** Sends a login with this `auth`. */
export const logIn = (auth: unknown, options: StepOptions = {}): Step => ({
  method: 'POST',
  path: LOGIN,
  service: 'identity',
  as: 'nobody',
  body: { auth },
  ...options,
  headers: { ...JSON_TYPE, ...options.headers },
})

/** Sends a login whose body is exactly this text. */
export const logInWithBody = (body: string | undefined, headers: Record<string, string> = JSON_TYPE): Step => ({
  method: 'POST',
  path: LOGIN,
  service: 'identity',
  as: 'nobody',
  body,
  headers,
})

/** The `auth` of a login by password; the functions below give those of the other methods. */
export const passwordAuth = (user: unknown, scope?: unknown) => ({
  identity: { methods: ['password'], password: { user } },
  ...(scope !== undefined && { scope }),
})

export const member = { name: '{run}-member', ...IN_DEFAULT, password: '{run}-member' }
export const admin = { name: '{run}-admin', ...IN_DEFAULT, password: '{run}-admin' }

export const tokenAuth = (id: string, scope?: unknown) => ({
  identity: { methods: ['token'], token: { id } },
  ...(scope !== undefined && { scope }),
})

export const credentialAuth = (given: unknown, scope?: unknown) => ({
  identity: { methods: ['application_credential'], application_credential: given },
  ...(scope !== undefined && { scope }),
})

export const totpData = (given: unknown) => ({ identity: { methods: ['totp'], totp: given } })

export const totpAuth = (name: string, passcode: unknown) => totpData({ user: { name, ...IN_DEFAULT, passcode } })
export const passwordAndCredentialAuth = (user: unknown, given: unknown) => ({
  identity: {
    methods: ['password', 'application_credential'],
    password: { user },
    application_credential: given,
  },
})
