import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, makeCertificate } from './certificate.js'

/** A certificate, and the file by which others come to trust it. */
export interface Authority {
  certificate: Certificate
  /** Where the file is; to be removed at the end. */
  folder: string
  file: string
}

/** Makes a certificate and writes it, without its key, into a folder that only its user may enter. */
export async function makeAuthority(): Promise<Authority> {
  const certificate = makeCertificate(Date.now())
  const folder = await mkdtemp(join(tmpdir(), 'glance-tasks-sandbox-'))
  const file = join(folder, 'ca.pem')
  await writeFile(file, certificate.cert, { mode: 0o600 })
  return { certificate, folder, file }
}
