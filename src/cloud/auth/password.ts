import { logInWith } from './keystone.js'
import type { LogIn } from './login.js'
import { userOf } from './user.js'

/** A user and a password. */
export const logIn: LogIn = async (context) => {
  const user = { ...userOf(context.settings), password: await context.secret('password') }
  return logInWith({ methods: ['password'], password: { user } }, context)
}
