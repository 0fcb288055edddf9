import type { Clock } from '../../http/clock.js'
import { throwIfAborted } from '../../http/signal.js'
import type { Login } from '../login.js'
import { SharedPromise } from './shared-promise.js'

/** Stores a login between runs of the program. */
export interface LoginStore {
  load(): Promise<Login | undefined>
  /** Never rejects. */
  save(login: Login): Promise<void>
  drop(login: Login): Promise<void>
}

/** The login of a session, shared by all requests. It logs in on the first request, and again when the token expires. */
export class SessionLogin {
  readonly #logIn: (signal: AbortSignal) => Promise<Login>
  readonly #store: LoginStore | undefined
  readonly #clock: Pick<Clock, 'now'>
  #current: Login | undefined
  #pending: SharedPromise<Login> | undefined
  #hasReadStore = false
  #saved: Promise<void> = Promise.resolve()

  constructor(logIn: (signal: AbortSignal) => Promise<Login>, clock: Pick<Clock, 'now'>, store?: LoginStore) {
    this.#logIn = logIn
    this.#clock = clock
    this.#store = store
  }

  /** Returns a valid login. Logs in if necessary. */
  async get(signal?: AbortSignal): Promise<Login> {
    throwIfAborted(signal)
    if (this.#current && this.#isFresh(this.#current)) return this.#current
    if (!this.#pending || this.#pending.abandoned) this.#pending = this.#start()
    return this.#pending.join(signal)
  }

  /** Discards a login that a service rejected. Keeps a newer login that another request has made since. */
  async drop(login: Login): Promise<void> {
    if (this.#current === login) this.#current = undefined
    await this.#saved
    await this.#store?.drop(login)
  }

  /** Resolves when the attempt to store the login has ended, so that the next run can use it. */
  saved(): Promise<void> {
    return this.#saved
  }

  #start(): SharedPromise<Login> {
    const shared = new SharedPromise(async (signal) => {
      try {
        const login = await this.#obtain(signal)
        this.#current = login
        return login
      } finally {
        if (this.#pending === shared) this.#pending = undefined
      }
    })
    return shared
  }

  async #obtain(signal: AbortSignal): Promise<Login> {
    const stored = this.#hasReadStore ? undefined : await this.#store?.load()
    this.#hasReadStore = true
    if (stored && this.#isFresh(stored)) return stored
    const login = await this.#logIn(signal)
    // Requests do not wait for the disk.
    this.#saved = this.#saved.then(() => this.#store?.save(login))
    return login
  }

  #isFresh({ renewAt }: Login): boolean {
    return renewAt === undefined || this.#clock.now() < renewAt
  }
}
