import type { LogIn } from './login.js'
import { logInWithAccessToken } from './oidc.js'
import { askProvider } from './oidc-provider.js'

/** An OpenID Connect client that acts for itself. */
export const logIn: LogIn = async (context) => {
  const secret = await context.secret('client_secret')
  const settings = { ...context.settings, auth: { ...context.settings.auth, client_secret: secret } }
  const accessToken = await askProvider({ grant_type: 'client_credentials' }, { ...context, settings })
  return logInWithAccessToken(accessToken, context)
}
