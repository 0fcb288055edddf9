import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { type TemporaryFile, temporaryFile } from '../temporary-file.js'
import {
  bitString,
  boolean,
  contextTag,
  encode,
  integer,
  octetString,
  oid,
  sequence,
  set,
  time,
  utf8String,
} from './der.js'

/** A certificate and its key, as PEM text. */
export interface Certificate {
  cert: string
  key: string
}

/** A certificate, and a file that holds it without its key, for clients to trust. */
export interface CertificateFile extends TemporaryFile {
  certificate: Certificate
}

const DAY = 86_400_000
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'

/** Creates a certificate and its file. */
export async function createCertificateFile(): Promise<CertificateFile> {
  // Clients compare the validity with the clock of the machine, even if the sandbox has another clock.
  const certificate = makeCertificate(Date.now())
  return { certificate, ...(await temporaryFile('ca.pem', certificate.cert)) }
}

/**
 * Creates a self-signed certificate for `localhost`, 127.0.0.1 and ::1 that clients can use as `cacert`. Node can sign but
 * cannot create certificates, and the openssl program may be missing. The DER encoding takes a hundred lines, which is
 * less than a library.
 *
 * @param now milliseconds since the epoch. The certificate is valid from one day before `now` to one year after it.
 */
export function makeCertificate(now: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const algorithm = sequence(oid(ECDSA_WITH_SHA256))
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8String('glance-tasks sandbox'))))
  const serial = randomBytes(16)
  // A serial number is positive and has no leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const body = sequence(
    contextTag(0, integer(2)),
    encode(0x02, serial),
    algorithm,
    name,
    sequence(time(now - DAY), time(now + 365 * DAY)),
    name,
    spki,
    contextTag(3, sequence(...extensions(spki))),
  )
  const signature = sign('sha256', body, privateKey)
  return {
    cert: pem('CERTIFICATE', sequence(body, algorithm, bitString(signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function extensions(spki: Buffer): Buffer[] {
  // RFC 5280, 4.2.1.2: the hash of the key's bits. For this curve they follow a header of 26 bytes.
  const keyId = createHash('sha1').update(spki.subarray(26)).digest()
  const extension = (id: string, critical: boolean, content: Buffer) =>
    sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(content))
  return [
    extension('2.5.29.14', false, octetString(keyId)),
    extension('2.5.29.35', false, sequence(encode(0x80, keyId))),
    extension('2.5.29.19', true, sequence(boolean(true))),
    // digitalSignature and keyCertSign
    extension('2.5.29.15', true, bitString(Buffer.from([0b1000_0100]), 2)),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, sequence(...alternativeNames())),
  ]
}

function alternativeNames(): Buffer[] {
  return [
    encode(0x82, Buffer.from('localhost', 'ascii')),
    encode(0x87, Buffer.from([127, 0, 0, 1])),
    encode(0x87, Buffer.from([...new Array(15).fill(0), 1])),
  ]
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
