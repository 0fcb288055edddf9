import { type Certificate, makeCertificate } from './http/certificate.js'
import { type TemporaryFile, temporaryFile } from './temporary-file.js'

/** A certificate, and the file by which others come to trust it. */
export interface Authority extends TemporaryFile {
  certificate: Certificate
}

/** Makes a certificate and writes it, without its key, into a file. */
export async function makeAuthority(): Promise<Authority> {
  const certificate = makeCertificate(Date.now())
  return { certificate, ...(await temporaryFile('ca.pem', certificate.cert)) }
}
