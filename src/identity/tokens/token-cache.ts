import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../../config/environment.js'
import type { CloudSettings } from '../../config/settings.js'
import type { Clock } from '../../http/clock.js'
import { throwIfAborted } from '../../http/signal.js'
import type { Login } from '../login.js'
import { type CachedToken, formatCachedToken, parseCachedToken, tokenFolder } from './cached-token.js'
import { codeOf, makePrivateFolder, readPrivate, reasonOf, replacePrivate } from './private-file.js'
import type { LoginStore } from './session-login.js'
import { holderOf, isHolder, nameOf, recordOf, type TokenHolder } from './token-holder.js'

/** How far in the future the time of saving may be before the file is ignored, in milliseconds. Clocks may be adjusted. */
const CLOCK_SLACK = 60_000

/**
 * Stores the login of one cloud and identity in a file between runs. Problems are only reported with `say`, because the
 * program can always log in again.
 */
export class TokenCache implements LoginStore {
  readonly #folder: string
  readonly #file: string
  readonly #cloud: string
  readonly #holder: TokenHolder
  readonly #platform: NodeJS.Platform
  readonly #clock: Clock
  readonly #say: (text: string) => void

  constructor(settings: CloudSettings, environment: Environment, clock: Clock, say: (text: string) => void) {
    this.#folder = tokenFolder(environment)
    this.#holder = holderOf(settings, environment)
    this.#file = join(this.#folder, `${nameOf(this.#holder)}.json`)
    this.#cloud = settings.name
    this.#platform = environment.platform
    this.#clock = clock
    this.#say = say
  }

  async load(): Promise<Login | undefined> {
    try {
      const cached = parseCachedToken(await readPrivate(this.#file, this.#platform))
      const { holder, login, savedAt } = cached
      const now = this.#clock.now()
      if (savedAt > now + CLOCK_SLACK) throw new Error('it was saved in the future')
      if (login.renewAt <= now) return undefined
      if (!holder || !(await isHolder(holder, this.#holder))) throw new Error('it was issued for other credentials')
      await this.#noteOrigin(cached)
      this.#say(`Using the cached token in ${this.#file}.`)
      return login
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#say(`Ignoring the cached token in ${this.#file}: ${await reasonOf(error)}.`)
      return undefined
    }
  }

  async turn(signal: AbortSignal): ReturnType<NonNullable<LoginStore['turn']>> {
    const onWait = () => this.#say('Waiting for the login of another process.')
    try {
      await makePrivateFolder(this.#folder, this.#platform)
      const { lockLogin } = await import('./login-lock.js')
      const load = () => this.load()
      return await lockLogin(this.#file.replace(/json$/, 'lock'), { clock: this.#clock, signal, onWait, load })
    } catch {
      // A login works without a lock, too.
      throwIfAborted(signal)
      return {}
    }
  }

  async save(login: Login): Promise<void> {
    const { renewAt, headers } = login
    const savedAt = this.#clock.now()
    if (headers['x-auth-token'] === undefined || renewAt === undefined || renewAt <= savedAt) return
    try {
      await makePrivateFolder(this.#folder, this.#platform)
      const holder = await recordOf(this.#holder)
      const cached = { cloud: this.#cloud, holder, savedAt, login: { ...login, renewAt } }
      await replacePrivate(this.#file, formatCachedToken(cached))
      await this.#sweep(savedAt)
    } catch (error) {
      this.#say(`Cannot cache the token in ${this.#file}: ${await reasonOf(error)}.`)
    }
  }

  /** After a change of the file that the secrets come from, makes the next run quick again. */
  async #noteOrigin({ holder, ...cached }: CachedToken): Promise<void> {
    const { origin } = this.#holder
    if (!holder || origin === undefined || origin === holder.origin) return
    try {
      await replacePrivate(this.#file, formatCachedToken({ ...cached, holder: { ...holder, origin } }))
    } catch (error) {
      this.#say(`Cannot update the cached token in ${this.#file}: ${await reasonOf(error)}.`)
    }
  }

  async drop({ headers }: Login): Promise<void> {
    try {
      // Another process may have stored a newer token since.
      const { login } = parseCachedToken(await readPrivate(this.#file, this.#platform))
      if (login.headers['x-auth-token'] === headers['x-auth-token']) await unlink(this.#file)
    } catch {
      // A file that cannot be read is not used either.
    }
  }

  /** Deletes the files of expired tokens. */
  async #sweep(now: number): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const file = join(this.#folder, name)
      try {
        const { login } = parseCachedToken(await readPrivate(file, this.#platform))
        if (login.renewAt < now) await unlink(file)
      } catch {
        // Another process is writing this file, or it is not a cache file.
      }
    }
  }
}
