import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { AUTH_TYPES } from '../../src/config/auth-types.js'
import { folder } from '../helpers/cli.js'
import { usedHome } from '../helpers/home.js'
import { needsLinux } from '../helpers/platform.js'
import { NODES, Screen } from '../helpers/pty.js'
import { sandbox } from '../helpers/sandbox.js'

needsLinux('/proc')

/** Every prompt in a real terminal. Typed secrets never appear on the screen. */

const SECRET = 's3cr3t'

const KINDS: Record<string, { question: string; keys: string; answer: unknown }> = {
  secret: { question: 'Password for me at localhost (cloud one): ', keys: `${SECRET}\r`, answer: SECRET },
  choice: { question: 'Which cloud? ', keys: '2\r', answer: 'two' },
  yesNo: { question: 'Send it? [y/N] ', keys: 'y\r', answer: true },
}
const names = Object.keys(KINDS)
const pairs = names.flatMap((first) => names.map((second) => [first, second] as const))

let script = ''
beforeAll(async () => {
  script = join(await folder(), 'ask.mjs')
  const entry = fileURLToPath(new URL('ask-in-turn.ts', import.meta.url))
  await build({ entryPoints: [entry], outfile: script, bundle: true, platform: 'node', format: 'esm' })
})

// The line after the program shows the state of the terminal.
const THEN_STTY = '"$@"; stty -a | tr " " "\\n" | grep -E "^-?(echo|icanon|isig);?$" | tr "\\n" " "; echo end'

async function ask(kinds: readonly string[], node: string) {
  const file = join(await folder(), 'answers.json')
  const screen = new Screen([file, ...kinds], { script, node, shell: THEN_STTY })
  return {
    screen,
    /** The answers, after checking that the terminal is in its original state. */
    async answers() {
      expect(await screen.see(/^.*end$/m)).toMatch(/^isig icanon echo end$/m)
      expect(screen.showsCursor).toBe(true)
      expect(screen.raw).not.toContain(SECRET)
      return JSON.parse(await readFile(file, 'utf8'))
    },
  }
}

const USER = { username: 'admin', project_name: 'admin' }
const OIDC = { identity_provider: 'idp', protocol: 'openid', client_id: 'me' }
const HERE = { endpoint: 'http://127.0.0.1:1' }

/** The settings of each login method that lack its secrets, and the prompts for these. */
const LOGINS: [string, Record<string, unknown>, ...string[]][] = [
  ['password', USER, 'Password'],
  ['v3password', USER, 'Password'],
  ['token', {}, 'Token'],
  ['v3token', {}, 'Token'],
  ['v3applicationcredential', { application_credential_id: 'abc' }, 'Credential secret'],
  ['v3totp', USER, 'Passcode'],
  ['v3multifactor', { ...USER, auth_methods: ['v3password', 'v3totp'] }, 'Password', 'Passcode'],
  ['v3oidcaccesstoken', OIDC, 'Access token'],
  ['v3oidcclientcredentials', { ...OIDC, access_token_endpoint: 'http://127.0.0.1:1/' }, 'Client secret'],
  ['v3oidcpassword', { ...OIDC, ...USER, access_token_endpoint: 'http://127.0.0.1:1/' }, 'Password'],
  ['admin_token', HERE, 'Token'],
  ['http_basic', { ...HERE, username: 'admin' }, 'Password'],
]

it('covers each login method that has a secret', () => {
  const without = ['none']
  expect([...LOGINS.map(([type]) => type), ...without].sort()).toEqual([...AUTH_TYPES.keys()].sort())
})

describe.each(NODES)('under %s', (node) => {
  test.each(pairs)('%s, then %s', async (first, second) => {
    const { screen, answers } = await ask([first, second], node)
    let shown = 0
    for (const kind of [first, second]) {
      const { question = '', keys = '' } = KINDS[kind] ?? {}
      await screen.see(
        new RegExp(`(${question.replace(/[[\]?()]/g, '\\$&').trimEnd()}[^]*){${kind === first ? ++shown : 1}}`),
      )
      screen.type(keys)
    }
    expect(await answers()).toEqual([KINDS[first]?.answer, KINDS[second]?.answer])
  })

  describe.each(names)('at the question: %s', (kind) => {
    test.each([
      ['Ctrl-C', '\u0003', 'AbortedError'],
      ['Ctrl-D', '\u0004', 'InputError'],
    ])('%s cancels the prompt, and no other prompt follows', async (_key, keys, error) => {
      const { screen, answers } = await ask([kind, 'secret'], node)
      await screen.see(KINDS[kind]?.question.trimEnd() ?? '')
      screen.type(keys)
      expect(await answers()).toEqual([error])
    })

    it('ends on a signal', async () => {
      const { screen, answers } = await ask([kind], node)
      await screen.see(KINDS[kind]?.question.trimEnd() ?? '')
      process.kill(await screen.pid(), 'SIGTERM')
      expect(await answers()).toEqual(['AbortedError'])
    })
  })

  it('repeats a yes/no question until it is answered, and takes Enter as no', async () => {
    const { screen, answers } = await ask(['yesNo', 'yesNo'], node)
    await screen.see('Send it?')
    screen.type('perhaps\r')
    await screen.see(/Please answer yes or no\.\nSend it\?/)
    screen.type('No\r')
    await screen.see(/No\nSend it\?/)
    screen.type('\r')
    expect(await answers()).toEqual([false, false])
  })

  it('shows no secret of any login method, after a cloud was chosen', async () => {
    const { identityUrl } = await sandbox()
    const one = async ([authType, auth, ...labels]: (typeof LOGINS)[number]) => {
      const home = await usedHome()
      const settings = { auth_type: authType, auth: { auth_url: identityUrl, ...auth } }
      const file = join(home, 'clouds.yaml')
      await writeFile(file, JSON.stringify({ clouds: { other: {}, tested: settings } }))
      const env = { HOME: home, OS_CLIENT_CONFIG_FILE: file }
      const screen = new Screen(['list', '--retries', '0'], { env, node, columns: 200 })
      await screen.see('Which cloud?')
      screen.type('tested\r')
      for (const label of labels) {
        await screen.see(new RegExp(`${label} for .*:$`))
        screen.type(`${SECRET}\r`)
      }
      // A refused secret is asked for again. Ctrl-D gives up.
      if (!(await screen.see(/^error: |Try again\.\n.*:$/m)).includes('error: ')) screen.type('\u0004')
      await screen.ended
      expect([authType, screen.text()]).toEqual([authType, expect.stringMatching(/^error: /m)])
      expect(screen.raw).not.toContain(SECRET)
    }
    for (let at = 0; at < LOGINS.length; at += 4) await Promise.all(LOGINS.slice(at, at + 4).map(one))
  })

  it('shows no secret, and no spinner, while a command waits', async () => {
    const cloud = await sandbox()
    const home = await usedHome()
    const file = join(home, 'clouds.yaml')
    await writeFile(file, cloud.cloudsYaml.replaceAll(/^ +password: .*\n/gm, ''))
    const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home }
    const screen = new Screen(['wait', '11111111-0000-4000-8000-000000000000'], { env, node, columns: 200 })
    await screen.see(/^Password for admin at 127\.0\.0\.1:\d+ \(cloud sandbox\):$/m)
    for (const key of SECRET) screen.type(key)
    screen.type('\r')
    // The password is wrong, and Ctrl-D gives up.
    await screen.see(/Try again\.\n.*:$/)
    screen.type('\u0004')
    expect(await screen.ended).toBe(2)
    expect(screen.raw).not.toMatch(new RegExp(`${SECRET}|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]`))
  })

  it('shows no password after a cloud was chosen', async () => {
    const cloud = await sandbox()
    const home = await usedHome()
    const file = join(home, 'clouds.yaml')
    await writeFile(file, cloud.cloudsYaml.replaceAll(/^ +password: .*\n/gm, ''))
    const env = { OS_CLIENT_CONFIG_FILE: file, HOME: home }
    const screen = new Screen(['list', '-f', 'json'], { env, node })
    await screen.see('Which cloud?')
    screen.type('sandbox\r')
    await screen.see('Password for admin')
    screen.type('secret\r')
    expect(await screen.ended).toBe(0)
    expect(screen.text()).toMatch(/Password for admin at 127\.0\.0\.1:\d+ \(cloud sandbox\):\n\[\]\nno task matches$/)
    expect(cloud.logins()).toBe(1)
  })

  /** `list` with a cloud whose users have no passwords in the file. */
  async function listWithoutPassword() {
    const cloud = await sandbox()
    const home = await usedHome()
    const file = join(home, 'clouds.yaml')
    await writeFile(file, cloud.cloudsYaml.replaceAll(/^ +password: .*\n/gm, ''))
    const env = { OS_CLIENT_CONFIG_FILE: file, HOME: home }
    return { cloud, screen: new Screen(['list', '-f', 'json'], { env, node }) }
  }

  it('asks again after a wrong choice and after a refused password', async () => {
    const { cloud, screen } = await listWithoutPassword()
    await screen.see('Which cloud?')
    screen.type('sandbux\r')
    await screen.see(/"sandbux" is not in the list. Did you mean "sandbox"\?\n {2}1 {2}sandbox\n.*Which cloud\?$/s)
    screen.type('1\r')
    await screen.see('Password for admin')
    screen.type(`${SECRET}\r`)
    await screen.see(/The password was refused. Try again.\nPassword for admin.*:$/)
    screen.type('secret\r')
    expect(await screen.ended).toBe(0)
    expect(screen.text()).toMatch(/Password for admin at 127\.0\.0\.1:\d+ \(cloud sandbox\):\n\[\]\nno task matches$/)
    expect(screen.raw).not.toContain(SECRET)
    expect(screen.raw).not.toContain('secret')
    expect(cloud.to('/identity/v3/auth/tokens')).toHaveLength(2)
  })

  it('gives up after three refused passwords', async () => {
    const { cloud, screen } = await listWithoutPassword()
    await screen.see('Which cloud?')
    screen.type('sandbox\r')
    for (let count = 1; count <= 3; count++) {
      await screen.see(new RegExp(`(Password for[^]*){${count}}`))
      screen.type(`${SECRET}${count}\r`)
    }
    expect(await screen.ended).toBe(4)
    const text = screen.text().replaceAll('\n', '')
    expect(text).toMatch(/Keystone rejected the login.*password \(typed at the prompt\)/)
    expect(screen.raw).not.toContain(SECRET)
    expect(cloud.to('/identity/v3/auth/tokens')).toHaveLength(3)
  })

  it.each([
    ['Ctrl-C', '\u0003', 130],
    ['Ctrl-D', '\u0004', 2],
  ])('%s ends the second question, too', async (_key, keys, status) => {
    const { screen } = await listWithoutPassword()
    await screen.see('Which cloud?')
    screen.type('sandbox\r')
    await screen.see('Password for')
    screen.type(`${SECRET}\r`)
    await screen.see(/Try again.\nPassword for.*:$/)
    screen.type(keys)
    expect(await screen.ended).toBe(status)
    expect(screen.raw).not.toContain(SECRET)
  })

  it('does not ask for a password again that is in the file', async () => {
    const cloud = await sandbox()
    const home = await usedHome()
    const file = join(home, 'clouds.yaml')
    await writeFile(file, cloud.cloudsYaml.replaceAll(/^( +password: ).*\n/gm, `$1${SECRET}\n`))
    const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home }
    const screen = new Screen(['list'], { env, node })
    expect(await screen.ended).toBe(4)
    expect(screen.text()).toMatch(/^error: Keystone rejected the login/)
    expect(cloud.to('/identity/v3/auth/tokens')).toHaveLength(1)
  })
})
