import type { Prove } from './login.js'

/** A token that is there already; a scope, where one is given, makes another of it. */
export const prove: Prove = async (context) => ({ id: await context.secret('token') })
