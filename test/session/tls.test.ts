import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Certificate, makeCertificate } from '../../src/sandbox/http/certificate.js'
import { run } from '../helpers/cli.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { PLATFORM } from '../helpers/platform.js'
import { sandbox } from '../helpers/sandbox.js'

const USER = 'username: admin, password: secret, project_name: admin'

/** A cloud with a certificate that nobody knows, and the files that make it known. */
async function secureCloud() {
  const cloud = await sandbox({ tls: true })
  const folder = cloudFolder()
  const write = (name: string, { cert, key }: Certificate) => ({
    cert: folder.write(`home/${name}.pem`, cert),
    key: folder.write(`home/${name}.key`, key),
  })
  const ca = cloud.caFile ?? ''
  folder.write('home/server.pem', readFileSync(ca))
  const list = (lines: string, ...argv: string[]) => {
    const auth = `{auth_url: "${cloud.identityUrl}", ${USER}}`
    return run(['list', '--retries', '0', ...argv], {
      clouds: `clouds:\n  one:\n    auth: ${auth}\n    ${lines}\n`,
      home: folder.environment.home,
      // Tokens are cached only where the files of this platform are private.
      platform: PLATFORM,
    })
  }
  return { cloud, ca, list, write }
}

describe('a certificate of an unknown authority', () => {
  test('is rejected, and the hint says how to trust it', async () => {
    const { cloud, list } = await secureCloud()
    const { status, stderr } = await list('')
    expect(status).toBe(6)
    expect(stderr).toMatch(/error: The certificate of 127\.0\.0\.1:\d+ is not trusted \(.*\)/)
    expect(stderr).toContain(
      'hint: Specify its CA certificate with --os-cacert FILE, OS_CACERT, or cacert: in clouds.yaml. FILE must also contain the intermediate certificates that the server does not send.',
    )
    expect(cloud.asked).toEqual([])
  })

  test('is accepted with cacert, also below ~, or with the option', async () => {
    const { ca, list } = await secureCloud()
    expect((await list(`cacert: ${ca}`)).status).toBe(0)
    expect((await list('cacert: ~/server.pem')).status).toBe(0)
    expect((await list('', '--os-cacert', ca)).status).toBe(0)
  })

  test.each(['insecure: yes', 'verify: false'])('is taken with %s', async (line) => {
    const { list } = await secureCloud()
    expect((await list(line)).status).toBe(0)
  })

  test.each(['insecure: yes', 'verify: false'])('%s neither keeps a token nor uses one', async (line) => {
    const { cloud, ca, list } = await secureCloud()
    await list(line)
    await list(line)
    expect(cloud.logins()).toBe(2)
    expect((await list(`cacert: ${ca}`)).status).toBe(0)
    expect(cloud.logins()).toBe(3)
    await list(line, '--os-cacert', ca)
    expect(cloud.logins()).toBe(4)
    await list(`cacert: ${ca}`)
    expect(cloud.logins()).toBe(4)
  })

  test('is rejected with the certificate of another authority', async () => {
    const { list, write } = await secureCloud()
    const { cert } = write('other', makeCertificate(Date.now()))
    expect((await list(`cacert: ${cert}`)).status).toBe(6)
  })

  test.each([
    [-800, 'CERT_HAS_EXPIRED', 'hint: Check the clock of this machine. If it is right, 127.0.0.1:'],
    [10, 'CERT_NOT_YET_VALID', 'hint: Check the clock of this machine: it is probably behind.'],
  ])('is rejected if it was made %i days from now', async (days, code, hint) => {
    const { list, write } = await secureCloud()
    const made = makeCertificate(Date.now() + days * 86_400_000)
    const server = createServer(made).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const url = `https://127.0.0.1:${port}/v3`
    const { status, stderr } = await list(`cacert: ${write('old', made).cert}`, '--os-auth-url', url)
    expect(status).toBe(6)
    expect(stderr).toContain(`error: The certificate of 127.0.0.1:${port} is not trusted (${code}): certificate `)
    expect(stderr).toContain(hint)
    expect(stderr).not.toContain('cacert')
  })

  test('warns that cacert is ignored if insecure is set as well', async () => {
    const { ca, list } = await secureCloud()
    const { status, stderr } = await list(`cacert: ${ca}`, '--insecure')
    expect(status).toBe(0)
    expect(stderr).toMatch(/warning: cacert \(.*clouds\.yaml\) is ignored, because certificate verification is off\./)
  })
})

describe('a server that requires a client certificate', () => {
  test('gets it', async () => {
    const { cloud, ca, list, write } = await secureCloud()
    const ours = makeCertificate(Date.now())
    const { cert, key } = write('ours', ours)
    await list(`cacert: ${ca}`)
    await list(`cacert: ${ca}`, '--os-cert', cert, '--os-key', key, '--no-token-cache')
    const shown = cloud.to('/identity/v3/auth/tokens').map(({ certificate }) => certificate)
    expect(shown).toEqual([undefined, new X509Certificate(ours.cert).fingerprint256])
  })

  test('causes an error that names cert and key if the key does not match', async () => {
    const { ca, list, write } = await secureCloud()
    const { cert } = write('ours', makeCertificate(Date.now()))
    const { key } = write('other', makeCertificate(Date.now()))
    const { status, stderr } = await list(`cacert: ${ca}`, '--os-cert', cert, '--os-key', key)
    expect(status).toBe(2)
    expect(stderr).toContain('Check cacert, cert and key in clouds.yaml')
  })
})

test('https to an http server is an error with a hint', async () => {
  const cloud = await sandbox()
  const auth = `{auth_url: "${cloud.identityUrl.replace('http:', 'https:')}", ${USER}}`
  const { status, stderr } = await run(['list', '--retries', '0'], { clouds: `clouds: {one: {auth: ${auth}}}` })
  expect(status).toBe(6)
  expect(stderr).toContain('Check the port, and whether the URL should begin with http://')
})

describe('doctor', () => {
  const examine = async (cacert: string) => {
    const { cloud, ca } = await secureCloud()
    const auth = `{auth_url: "${cloud.identityUrl}", ${USER}}`
    const clouds = `clouds: {one: {auth: ${auth}${cacert.replace('CA', ca)}}}`
    const { stdout } = await run(['doctor', '-f', 'json'], { clouds })
    return JSON.parse(stdout).find(({ step }: { step: string }) => step === 'tls')
  }

  test('shows a trusted certificate', async () => {
    expect(await examine(', cacert: CA')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^TLSv1\.[23]; certificate of .* valid until .* It is trusted\.$/),
    })
    expect(await examine(', insecure: true')).toMatchObject({ detail: expect.stringContaining('It was not verified') })
  })

  test('shows what is wrong with an untrusted certificate', async () => {
    expect(await examine('')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('is not trusted'),
      hint: expect.stringContaining('--os-cacert'),
    })
  })
})
