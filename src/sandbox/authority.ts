import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, makeCertificate } from './certificate.js'

/** A certificate, and the file by which others come to trust it. */
export interface Authority {
  certificate: Certificate
  file: string
  /** Removes the file, and the folder that was made for it. */
  remove(): Promise<void>
}

/** Makes a certificate and writes it, without its key, into a folder that only its user may enter. */
export async function makeAuthority(): Promise<Authority> {
  const certificate = makeCertificate(Date.now())
  const folder = await mkdtemp(join(tmpdir(), 'glance-tasks-sandbox-'))
  const file = join(folder, 'ca.pem')
  await writeFile(file, certificate.cert, { mode: 0o600 })
  return { certificate, file, remove: () => rm(folder, { recursive: true, force: true }) }
}
