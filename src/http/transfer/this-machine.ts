import { lookup as systemLookup } from 'node:dns'
import { isIP } from 'node:net'
import type { Lookup } from '../connection/connection.js'

/** Whether a host is a loopback or link-local address, which Glance never downloads from unless the operator lists it. */
export function isLocal(hostname: string): boolean {
  const host = addressOf(hostname)
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  if (isIP(host) === 4) return /^(?:127|169\.254)\./.test(host)
  return isIP(host) === 6 && /^(?:::1$|fe[89ab][\da-f]:|::ffff:(?:7f[\da-f]{2}|a9fe):)/.test(host)
}

/**
 * Whether a host leads to this machine or its link: also the unspecified address, to which Linux connects like to a loopback
 * one.
 */
export function isHere(host: string): boolean {
  return isLocal(host) || /^(0\.0\.0\.0|::|::ffff:0:0)$/.test(addressOf(host))
}

/** A host in lower case. A lookup gives an IPv4 address within IPv6 as `::ffff:127.0.0.1`, a URL as `::ffff:7f00:1`. */
function addressOf(host: string): string {
  return withoutBrackets(host)
    .toLowerCase()
    .replace(/^::ffff:(?=[\d.]+$)/, '')
}

/** The text of a host without the brackets around an IPv6 address. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

/** A lookup that fails with this error for a name that leads to this machine. */
export function lookupElsewhere(lookup: Lookup = systemLookup as Lookup, error: Error): Lookup {
  return (host, options, done) =>
    lookup(host, { ...options, all: true }, (failure, found) => {
      if (failure || typeof found === 'string') done(failure, found)
      else if (found.some(({ address }) => isHere(address))) done(error, '')
      else if (options.all) done(null, found)
      else done(null, found[0]?.address ?? '', found[0]?.family)
    })
}
