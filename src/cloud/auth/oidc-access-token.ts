import type { LogIn } from './login.js'
import { logInWithAccessToken } from './oidc.js'

/** An access token of an OpenID Connect provider that is there already. */
export const logIn: LogIn = async (context) => logInWithAccessToken(await context.secret('access_token'), context)
