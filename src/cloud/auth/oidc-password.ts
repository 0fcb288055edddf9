import type { LogIn } from './login.js'
import { logInWithAccessToken, needed } from './oidc.js'
import { askProvider } from './oidc-provider.js'

/** A user and a password of an OpenID Connect provider. */
export const logIn: LogIn = async (context) => {
  const username = needed(context.settings.auth.username, 'username', context.settings.name)
  const password = await context.secret('password')
  return logInWithAccessToken(await askProvider({ grant_type: 'password', username, password }, context), context)
}
