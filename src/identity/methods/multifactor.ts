import { ConfigurationError } from '../../errors.js'
import { logInWith } from '../keystone.js'
import type { LogIn } from '../login.js'

/** v3multifactor: several methods in one login. `auth_methods` lists them, with or without the prefix "v3". */
export const logIn: LogIn = async (context) => {
  const { name, auth } = context.settings
  const methods = (auth.auth_methods ?? '').split(',').map(methodOf).filter(Boolean)
  if (methods.length > 0) return logInWith([...new Set(methods)], context)
  throw new ConfigurationError(`The cloud "${name}" has no auth_methods.`, {
    hint: 'Add "auth_methods: [v3password, v3totp]", or the methods that your Keystone requires, under auth:.',
  })
}

function methodOf(written: string): string {
  const method = written.trim().replace(/^v3/, '')
  return method === 'applicationcredential' ? 'application_credential' : method
}
