import type { Clock } from '../../http/clock.js'
import { throwIfAborted } from '../../http/signal.js'
import type { Login } from '../login.js'
import { SharedPromise } from './shared-promise.js'

/** Stores a login between runs of the program. */
export interface LoginStore {
  load(): Promise<Login | undefined>
  /**
   * Called before a login. Waits while another process logs in for the same holder.
   *
   * @returns the login that it has stored; else a function to call when ours is stored, or has failed.
   * @throws AbortedError
   */
  turn?(signal: AbortSignal): Promise<{ login?: Login | undefined; end?: () => Promise<void> }>
  /** Never rejects. */
  save(login: Login): Promise<void>
  drop(login: Login): Promise<void>
}

/** The login of a session, shared by all requests. It logs in on the first request, and again when the token expires. */
export class SessionLogin {
  readonly #logIn: (signal: AbortSignal) => Promise<Login>
  readonly #store: LoginStore | undefined
  readonly #clock: Pick<Clock, 'now'>
  readonly #prepare: () => Promise<boolean>
  #current: Login | undefined
  #pending: SharedPromise<Login> | undefined
  #hasReadStore = false
  #saved: Promise<void> = Promise.resolve()

  /**
   * @param prepare called before each login. Resolves to whether the login may wait for that of another process, and another one
   *   for it. Default: it may.
   */
  constructor(
    logIn: (signal: AbortSignal) => Promise<Login>,
    clock: Pick<Clock, 'now'>,
    store?: LoginStore,
    prepare = async () => true,
  ) {
    this.#logIn = logIn
    this.#clock = clock
    this.#store = store
    this.#prepare = prepare
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
    const isFirst = !this.#hasReadStore
    const stored = isFirst ? await this.#store?.load() : undefined
    // Not before: if all requests are aborted until then, the next one reads the store.
    this.#hasReadStore = true
    if (stored && this.#isFresh(stored)) return stored
    // Before the turn, for which other processes wait.
    const takesTurns = await this.#prepare()
    // Not after a stored token was rejected: it may still be in the store.
    const turn = isFirst && takesTurns ? await this.#store?.turn?.(signal) : undefined
    if (turn?.login && this.#isFresh(turn.login)) return turn.login
    try {
      const login = await this.#logIn(signal)
      // Requests do not wait for the disk.
      this.#saved = this.#saved.then(() => this.#store?.save(login))
      return login
    } finally {
      this.#saved = this.#saved.then(turn?.end)
    }
  }

  #isFresh({ renewAt }: Login): boolean {
    return renewAt === undefined || this.#clock.now() < renewAt
  }
}
