import type { LogIn } from '../login.js'

/** A loader for each login method, so that only the code of the used method is read from disk. */
const LOADERS: Readonly<Record<string, () => Promise<LogIn>>> = {
  password: () => keystone('password'),
  v3password: () => keystone('password'),
  token: () => keystone('token'),
  v3token: () => keystone('token'),
  v3applicationcredential: () => keystone('application_credential'),
  v3totp: () => keystone('totp'),
  v3multifactor: async () => (await import('./multifactor.js')).logIn,
  v3oidcaccesstoken: async () => (await import('./oidc.js')).logInByAccessToken,
  v3oidcclientcredentials: async () => (await import('./oidc.js')).logInByClientCredentials,
  v3oidcpassword: async () => (await import('./oidc.js')).logInByPassword,
  none: async () => (await import('./endpoint-login.js')).none,
  http_basic: async () => (await import('./endpoint-login.js')).httpBasic,
  admin_token: async () => (await import('./endpoint-login.js')).adminToken,
}

/** Loads a login method by its name in AUTH_TYPES. */
export async function loadLogin(authType: string): Promise<LogIn> {
  const load = Object.hasOwn(LOADERS, authType) ? LOADERS[authType] : undefined
  if (!load) throw new Error(`auth_type ${authType} is in AUTH_TYPES but has no loader.`)
  return load()
}

async function keystone(method: string): Promise<LogIn> {
  const { logInWith } = await import('../keystone.js')
  return (context) => logInWith([method], context)
}
