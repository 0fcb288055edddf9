import type { Clock } from '../../http/clock.js'
import type { Login } from '../login.js'
import { SharedPromise } from './shared-promise.js'

/** Where a login may be kept from one run of the program to the next. */
export interface LoginStore {
  load(): Promise<Login | undefined>
  /** Never rejects. */
  save(login: Login): Promise<void>
  drop(login: Login): Promise<void>
}

/** Holds the login of a session: made when it is first needed, renewed when it is due, one for all requests. */
export class SessionLogin {
  readonly #logIn: (signal: AbortSignal) => Promise<Login>
  readonly #store: LoginStore | undefined
  readonly #clock: Pick<Clock, 'now'>
  #current: Login | undefined
  #underWay: SharedPromise<Login> | undefined
  #looked = false
  #saved: Promise<void> = Promise.resolve()

  constructor(logIn: (signal: AbortSignal) => Promise<Login>, clock: Pick<Clock, 'now'>, store?: LoginStore) {
    this.#logIn = logIn
    this.#clock = clock
    this.#store = store
  }

  /** A login that is good for a request, made anew if need be. */
  get(signal?: AbortSignal): Promise<Login> {
    if (this.#current && this.#isFresh(this.#current)) return Promise.resolve(this.#current)
    if (!this.#underWay || this.#underWay.abandoned) this.#underWay = this.#start()
    return this.#underWay.join(signal)
  }

  /** Forgets a login that a service refused; a newer one that another request has made meanwhile stays. */
  async drop(login: Login): Promise<void> {
    if (this.#current === login) this.#current = undefined
    await this.#saved
    await this.#store?.drop(login)
  }

  /** Resolves when the login is kept, or could not be: the next run shall find it. */
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
        if (this.#underWay === shared) this.#underWay = undefined
      }
    })
    return shared
  }

  async #obtain(signal: AbortSignal): Promise<Login> {
    const kept = this.#looked ? undefined : await this.#store?.load()
    this.#looked = true
    if (kept && this.#isFresh(kept)) return kept
    const login = await this.#logIn(signal)
    // The disk takes its time, for which no request has to wait.
    this.#saved = this.#saved.then(() => this.#store?.save(login))
    return login
  }

  #isFresh({ renewAt }: Login): boolean {
    return renewAt === undefined || this.#clock.now() < renewAt
  }
}
