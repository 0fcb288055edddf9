import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeCertificate } from '../../../src/sandbox/http/certificate.js'
import { startSandbox } from '../../../src/sandbox/index.js'
import { folder } from '../../helpers/cli.js'
import { sandbox } from '../../helpers/sandbox.js'

function get(url: string, ca: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ca, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

test('clients trust a sandbox with TLS through its certificate file only', async () => {
  const cloud = await startSandbox({ tls: true })
  const file = cloud.caFile ?? ''
  const ca = readFileSync(file, 'utf8')
  expect(cloud.url).toMatch(/^https:/)
  expect(cloud.cloudsYaml).toContain(`cacert: ${JSON.stringify(file)}`)
  expect(ca).not.toContain('PRIVATE KEY')
  expect(await get(cloud.identityUrl, ca)).toBe(200)
  expect(await get(cloud.identityUrl.replace('127.0.0.1', 'localhost'), ca)).toBe(200)
  await expect(get(cloud.identityUrl, undefined)).rejects.toThrow(/self-signed/)
  await cloud.close()
  expect(existsSync(file)).toBe(false)
})

test.each(['reset', 'lost'])('the fault %s closes a TLS connection', async (faults) => {
  const { url, caFile = '' } = await sandbox({ tls: true, faults })
  await expect(get(url, readFileSync(caFile, 'utf8'))).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('a sandbox that cannot start leaves no certificate file behind', async () => {
  const temporary = await folder()
  for (const name of ['TMPDIR', 'TEMP']) vi.stubEnv(name, temporary)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { url } = await sandbox()
  await expect(startSandbox({ tls: true, port: Number(new URL(url).port) })).rejects.toThrow('cannot listen')
  expect(readdirSync(temporary)).toEqual([])
})

test('the certificate is valid for loopback, for a year, and as a CA', () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  const { cert } = makeCertificate(now)
  const read = new X509Certificate(cert)
  expect(read.subject).toBe('CN=glance-tasks sandbox')
  expect(read.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  expect([read.validFrom, read.validTo].map((date) => Date.parse(date) - now)).toEqual([-86_400_000, 365 * 86_400_000])
  expect(read.ca).toBe(true)
  expect(read.verify(read.publicKey)).toBe(true)
  expect(new X509Certificate(makeCertificate(now).cert).serialNumber).not.toBe(read.serialNumber)
})

test.each(['2026-11-23T12:00:00Z', '2049-06-01T00:00:00Z', '2050-06-01T00:00:00Z'])(
  'the certificate has its times in the format of RFC 5280 in %s',
  (date) => {
    const now = Date.parse(date)
    const read = new X509Certificate(makeCertificate(now).cert)
    expect([read.validFrom, read.validTo].map((text) => Date.parse(text) - now)).toEqual([
      -86_400_000,
      365 * 86_400_000,
    ])
    for (const text of [read.validFrom, read.validTo]) {
      const digits = new Date(text).toISOString().slice(0, 19).replace(/\D/g, '')
      // UTCTime through 2049, GeneralizedTime from 2050 on.
      const expected = digits < '2050' ? `\x17\x0d${digits.slice(2)}Z` : `\x18\x0f${digits}Z`
      expect(read.raw.includes(expected, 0, 'latin1')).toBe(true)
    }
  },
)
