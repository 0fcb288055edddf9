import { logInWith } from './keystone.js'
import type { LogIn } from './login.js'

/** A token that is there already; a scope, where one is given, makes another of it. */
export const logIn: LogIn = async (context) =>
  logInWith({ methods: ['token'], token: { id: await context.secret('token') } }, context)
