import type { Prove } from './login.js'
import { userOf } from './user.js'

/** A user and a passcode that is good for one login. */
export const prove: Prove = async (context) => ({
  user: { ...userOf(context.settings), passcode: await context.secret('passcode') },
})
