import { expect, it } from 'vitest'
import { cloud, INPUT } from '../../helpers/command.js'
import { COMMAND_NAMES } from '../../helpers/command-names.js'

/** Any Unicode text but ASCII. */
const OTHERS = /[^\p{ASCII}]/u

it.each([{ LANG: 'C' }, { LC_ALL: 'POSIX' }, { LANG: 'de_DE.ISO-8859-1' }, { LANG: '' }, { TERM: 'linux' }])(
  'a terminal with %j shows ASCII only',
  async (env) => {
    const { glance, create } = await cloud()
    await create({ ...INPUT, import_from: `http://images.example.org/${'long'.repeat(30)}` })
    const lines = [['doctor'], ['list', '--long'], ['list', '--timeline'], ['report'], ['clouds']]
    const mistakes = [['create'], ['import', 'ftp://h/a'], ['import', 'a', '--checksum', '0'], ['list', 'x', 'y', 'z']]
    for (const argv of [...lines, ...mistakes, ...COMMAND_NAMES.map((name) => ['help', name])]) {
      const { stdout, stderr } = await glance(argv, { env, terminal: { columns: 80 } })
      expect(OTHERS.exec(stdout + stderr)?.input).toBeUndefined()
    }
  },
)

it('in a pipe, and in UTF-8, other characters remain', async () => {
  const { glance } = await cloud()
  expect((await glance(['doctor'], { env: { LANG: 'C' } })).stdout).toContain('✓')
  expect((await glance(['doctor'], { terminal: { columns: 80 } })).stdout).toContain('✓')
})
