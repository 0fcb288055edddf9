import type { Prove } from './login.js'
import { userOf } from './user.js'

/** A user and a password. */
export const prove: Prove = async (context) => ({
  user: { ...userOf(context.settings), password: await context.secret('password') },
})
