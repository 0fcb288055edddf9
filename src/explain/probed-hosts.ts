import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { HostAddress, Lookup } from '../http/connection/connection.js'
import { isHere, withoutBrackets } from '../http/transfer/this-machine.js'

/** Resolves to the addresses of a host. */
export type Resolve = (host: string) => Promise<readonly HostAddress[]>

const resolveHost: Resolve = (host) => systemLookup(host, { all: true })

/**
 * The hosts of one probe. Each is looked up once, so that a name server cannot return another address for the connection than for
 * the check. Refuses addresses of this machine, unless the cloud is here.
 */
export class ProbedHosts {
  readonly #isCloudHere: () => Promise<boolean>
  readonly #resolve: Resolve
  readonly #found = new Map<string, Promise<readonly HostAddress[]>>()
  #refusal: unknown

  constructor(isCloudHere: () => Promise<boolean>, resolve: Resolve = resolveHost) {
    this.#isCloudHere = isCloudHere
    this.#resolve = resolve
  }

  /** The lookup for connections to names. */
  readonly lookup: Lookup = (host, { all }, done) => {
    this.addressesOf(host).then(
      (found) => {
        const [first] = found
        if (first === undefined) done(new Error(`${host} has no address.`), '')
        else if (all) done(null, [...found])
        else done(null, first.address, first.family)
      },
      (error) => done(error, ''),
    )
  }

  /** The addresses of a host, which may be an address itself. Rejects if it is refused, or cannot be resolved. */
  addressesOf(host: string): Promise<readonly HostAddress[]> {
    const found = this.#found.get(host) ?? this.#find(host)
    this.#found.set(host, found)
    return found
  }

  /** @throws the reason if a host was refused, or the error if it is unknown whether it must be. */
  throwIfRefused(): void {
    if (this.#refusal !== undefined) throw this.#refusal
  }

  async #find(host: string): Promise<readonly HostAddress[]> {
    const bare = withoutBrackets(host)
    const family = isIP(bare)
    const found = family === 0 ? await this.#resolve(bare) : [{ family, address: bare }]
    if (isHere(host) || found.some(({ address }) => isHere(address))) await this.#mayLeadHere(host)
    return found
  }

  async #mayLeadHere(host: string): Promise<void> {
    try {
      if (await this.#isCloudHere()) return
      throw new Error(`${host} is a loopback or link-local address, which refers to another machine in the cloud.`)
    } catch (error) {
      this.#refusal = error
      throw error
    }
  }
}
