import { execFileSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CloudSettings } from '../../src/config/settings.js'
import type { Source } from '../../src/config/source.js'
import { readTls } from '../../src/session/tls.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { IS_WINDOWS } from '../helpers/platform.js'
import { settingsWith } from '../helpers/settings.js'

const PEM = '-----BEGIN CERTIFICATE-----\n'

function machine() {
  const folder = cloudFolder()
  const read = (tls: Partial<CloudSettings['tls']>, sources: Record<string, Source> = {}) =>
    readTls(settingsWith({}, { tls: { verify: true, ...tls }, sources }), folder.environment)
  return { ...folder, read }
}

test('reads only files that are set', async () => {
  expect(await machine().read({})).toEqual({ insecure: false, ca: undefined, cert: undefined, key: undefined })
})

test('each file is read, from the home, the working directory or its whole path', async () => {
  const { read, write } = machine()
  write('home/ca.pem', `${PEM}ca`)
  write('work/cert.pem', `${PEM}cert`)
  const key = write('site/key.pem', `Bag Attributes\n${PEM}key`)
  expect(await read({ cacert: '~/ca.pem', cert: 'cert.pem', key })).toEqual({
    insecure: false,
    ca: `${PEM}ca`,
    cert: `${PEM}cert`,
    key: `Bag Attributes\n${PEM}key`,
  })
})

test('a byte order mark and the line endings of Windows do no harm', async () => {
  const { read, write } = machine()
  write('work/ca.pem', `\ufeff${PEM.replaceAll('\n', '\r\n')}ca`)
  expect(await read({ cacert: 'ca.pem' })).toMatchObject({ ca: '-----BEGIN CERTIFICATE-----\r\nca' })
})

test('does not read cacert if nothing is verified', async () => {
  expect(await machine().read({ verify: false, cacert: '/nowhere.pem' })).toEqual({ insecure: true })
})

describe('an error', () => {
  const thrown = async (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

  test.each(['cacert', 'cert', 'key'] as const)('names the setting, its source and the file: %s', async (name) => {
    const { read, root, write } = machine()
    const pair = { cert: write('work/good.pem', PEM), key: join(root, 'work/good.pem') }
    const sources = { [name]: { kind: 'variable', name: 'OS_FILE' } } as const
    const file = join(root, 'work/a.pem')
    const path = file.replaceAll('\\', '\\\\')
    expect(await thrown(read({ ...pair, [name]: 'a.pem' }, sources))).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(new RegExp(`^The ${name} file ${path} \\(OS_FILE\\) .*no such file`)),
      hint: expect.stringContaining('PEM'),
    })
    // A file without a line that begins with these words is not a PEM file.
    writeFileSync(file, `x${PEM}`)
    expect(await thrown(read({ ...pair, [name]: 'a.pem' }, sources))).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(new RegExp(`^The ${name} file ${path} \\(OS_FILE\\) .*PEM`)),
    })
  })

  test('has a position if the setting comes from a file', async () => {
    const { read, write } = machine()
    const file = write('work/clouds.yaml', 'clouds:\n  one:\n    cacert: a.pem\n')
    const source: Source = { kind: 'file', file, keys: ['clouds', 'one', 'cacert'] }
    expect(await thrown(read({ cacert: 'a.pem' }, { cacert: source }))).toMatchObject({
      message: expect.stringMatching(/clouds\.yaml:3:5: The cacert file /),
    })
    expect(await thrown(read({ cacert: 'a.pem' }))).toMatchObject({
      message: expect.stringMatching(/^The cacert file /),
    })
  })

  test.each([
    ['cert', 'key'],
    ['key', 'cert'],
  ] as const)('of an incomplete pair: %s without %s', async (given, missing) => {
    const { read, write } = machine()
    const file = write('work/clouds.yaml', `clouds:\n  one:\n    x: 1\n    ${given}: a.pem\n`)
    const source: Source = { kind: 'file', file, keys: ['clouds', 'one', given] }
    expect(await thrown(read({ [given]: 'a.pem' }, { [given]: source }))).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(new RegExp(`clouds\\.yaml:4:5: .*"one" .*a ${given} .*no ${missing}`)),
      hint: expect.stringMatching(new RegExp(`^Set ${missing}, .*${given}`)),
    })
  })

  // A clouds.yaml that another person wrote may name anything. To read it could take forever, or all memory.
  test.skipIf(IS_WINDOWS)(
    'of a pipe, a device or a huge file',
    async () => {
      const { read, root, write } = machine()
      execFileSync('mkfifo', [join(root, 'work/pipe')])
      truncateSync(write('work/huge.pem', PEM), 2 ** 33)
      for (const cacert of ['pipe', '/dev/zero', 'huge.pem', '.']) {
        expect(await thrown(read({ cacert }))).toMatchObject({
          code: 'configuration',
          message: expect.stringMatching(/^The cacert file .* is (not a file|larger than 2 MiB)\.$/),
        })
      }
    },
    5000,
  )
})
