import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ReadyTask } from '../../src/sandbox/index.js'
import { usedHome } from '../helpers/home.js'
import { needsLinux } from '../helpers/platform.js'
import { Screen } from '../helpers/pty.js'
import { sandbox } from '../helpers/sandbox.js'

needsLinux('/proc')

/** What a person sees in terminals of different widths. */

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000 - 60_000).toISOString()

const TASKS: ReadyTask[] = [
  {
    id: 'fc85950c-9878-4bfe-89be-348e7babf130',
    type: 'api_image_import',
    status: 'success',
    owner: '3a828229ccd041ed8b4a0260917a8733',
    message: 'Copied 57 MiB',
    created_at: hoursAgo(3),
    input: { image_id: 'baaccf65-5fc4-4218-a4b6-79fffc6d643f' },
    result: { image_id: 'baaccf65-5fc4-4218-a4b6-79fffc6d643f' },
  },
  {
    id: 'd5a03b37-407c-4683-acc4-ed962f207f6f',
    type: 'import',
    status: 'failure',
    owner: '13d7bc3dd0584ff589dc7a6c2b7e386b',
    message: 'Uploading the image failed due to: HTTP Error 404: Not Found',
    created_at: hoursAgo(8),
    input: { import_from: 'http://images.example.org/image.raw', import_from_format: 'raw' },
  },
]

/** The screens of commands after their end, in a terminal of this width. */
async function screens<const Argv extends string[]>(columns: number, ...lines: Argv): Promise<string[]> {
  const box = await sandbox({ tasks: TASKS })
  const home = await usedHome()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home }
  const texts: string[] = []
  for (const line of lines) {
    const screen = new Screen(line.split(' '), { env, columns })
    expect(await screen.ended).toBe(0)
    expect(screen.showsCursor).toBe(true)
    for (const shown of screen.text().split('\n')) expect(shown.length).toBeLessThanOrEqual(columns || 80)
    texts.push(`${screen.text()}\n`)
  }
  return texts
}

/** The text without what differs from run to run. */
function masked(text: string): string {
  return text
    .replace(/ *│.*/, ' (axis)')
    .replace(/\d{4}-\d\d-\d\d .* UTC/s, '(period)')
    .replaceAll(/\d{4}-\d\d-\d\dT.*Z/g, '2026-11-29T12:00:00.000Z')
    .replaceAll(/^(. \w+) +\d+ ms/gm, (_, step) => `${step.padEnd(21)}9 ms`)
    .replaceAll(/127.0.0.1:\d{5}/g, '127.0.0.1:99999')
    .replaceAll(/[0-9a-f]{32}/g, '0'.repeat(32))
}

it('40 columns: lines instead of a table', async () => {
  const [list, get] = await screens(40, 'list --limit 1', `get ${TASKS[1]?.id}`)
  expect(list).toContain(`\
id
  fc85950c-9878-4bfe-89be-348e7babf130
type        api_image_import
status      success
`)
  expect(get).toContain(`\
message     Uploading the image failed
            due to: HTTP Error 404: Not
            Found
`)
})

it('60 columns', async () => {
  const [list, long, timeline] = await screens(60, 'list', 'list --long', 'list --timeline')
  expect(list).toBe(`\
+--------------------------------------+---------+
| id                                   | status  |
+--------------------------------------+---------+
| fc85950c-9878-4bfe-89be-348e7babf130 | success |
| d5a03b37-407c-4683-acc4-ed962f207f6f | failure |
+--------------------------------------+---------+
2 tasks: 1 success, 1 failure
`)
  expect(long).toBe(`\
+--------------------------------------+---------+---------+
| id                                   | status  | message |
+--------------------------------------+---------+---------+
| fc85950c-9878-4bfe-89be-348e7babf130 | success | Copied… |
| d5a03b37-407c-4683-acc4-ed962f207f6f | failure | Upload… |
+--------------------------------------+---------+---------+
2 tasks: 1 success, 1 failure
`)
  expect(masked(timeline ?? '')).toBe(`\
id                                   status (axis)
fc85950c-9878-4bfe-89be-348e7babf130 success               ▒
d5a03b37-407c-4683-acc4-ed962f207f6f failure ▒
▒ waited, then ran  (period)
2 tasks: 1 success, 1 failure
`)
})

it('80 columns, and a terminal that does not know its width', async () => {
  for (const columns of [80, 0]) {
    const [list, long, timeline] = await screens(columns, 'list', 'list --long', 'list --timeline')
    expect(list).toBe(LIST)
    expect(long).toBe(LONG)
    expect(masked(timeline ?? '')).toBe(TIMELINE)
  }
})

it('200 columns', async () => {
  const [list, long] = await screens(200, 'list', 'list --long')
  expect(list).toBe(`\
+--------------------------------------+------------------+---------+----------------------------------+-------------+
| id                                   | type             | status  | owner                            | created_at  |
+--------------------------------------+------------------+---------+----------------------------------+-------------+
| fc85950c-9878-4bfe-89be-348e7babf130 | api_image_import | success | 3a828229ccd041ed8b4a0260917a8733 | 3 hours ago |
| d5a03b37-407c-4683-acc4-ed962f207f6f | import           | failure | 13d7bc3dd0584ff589dc7a6c2b7e386b | 8 hours ago |
+--------------------------------------+------------------+---------+----------------------------------+-------------+
2 tasks: 1 success, 1 failure
`)
  expect(long).toBe(`\
+--------------------------------------+---------+---------+----------------------------------+-------------+------------------------------------+-----------------------------------------------------+
| id                                   | type    | status  | owner                            | created_at  | message                            | result                                              |
+--------------------------------------+---------+---------+----------------------------------+-------------+------------------------------------+-----------------------------------------------------+
| fc85950c-9878-4bfe-89be-348e7babf130 | api_im… | success | 3a828229ccd041ed8b4a0260917a8733 | 3 hours ago | Copied 57 MiB                      | {"image_id":"baaccf65-5fc4-4218-a4b6-79fffc6d643f"} |
| d5a03b37-407c-4683-acc4-ed962f207f6f | import  | failure | 13d7bc3dd0584ff589dc7a6c2b7e386b | 8 hours ago | Uploading the image failed due to… |                                                     |
+--------------------------------------+---------+---------+----------------------------------+-------------+------------------------------------+-----------------------------------------------------+
2 tasks: 1 success, 1 failure
`)
})

it.each([60, 80, 200, 0])('doctor and clouds are wrapped between words in %i columns', async (columns) => {
  const [doctor = '', clouds = ''] = await screens(columns, 'doctor', 'clouds sandbox')
  // The first lines contain the path of a folder of this run.
  const fromDns = masked(doctor.slice(doctor.indexOf('– dns')))
  expect(fromDns).toBe({ 60: DOCTOR_60, 80: DOCTOR_80, 200: DOCTOR_200, 0: DOCTOR_80 }[columns])
  expect(doctor + clouds).not.toContain('…')
  const cells = clouds.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  expect(cells.map(([, setting]) => setting)).toContain('auth.project_domain_name')
  expect(cells.map((row) => row[3]).join(' ')).toContain('default (from the other settings)')
})

const LIST = `\
+--------------------------------------+---------------+---------+-------------+
| id                                   | type          | status  | created_at  |
+--------------------------------------+---------------+---------+-------------+
| fc85950c-9878-4bfe-89be-348e7babf130 | api_image_im… | success | 3 hours ago |
| d5a03b37-407c-4683-acc4-ed962f207f6f | import        | failure | 8 hours ago |
+--------------------------------------+---------------+---------+-------------+
2 tasks: 1 success, 1 failure
`
const LONG = `\
+--------------------------------------+---------+-----------------------------+
| id                                   | status  | message                     |
+--------------------------------------+---------+-----------------------------+
| fc85950c-9878-4bfe-89be-348e7babf130 | success | Copied 57 MiB               |
| d5a03b37-407c-4683-acc4-ed962f207f6f | failure | Uploading the image failed… |
+--------------------------------------+---------+-----------------------------+
2 tasks: 1 success, 1 failure
`
const TIMELINE = `\
id                                   status (axis)
fc85950c-9878-4bfe-89be-348e7babf130 success                                   ▒
d5a03b37-407c-4683-acc4-ed962f207f6f failure ▒
▒ waited, then ran  (period)
2 tasks: 1 success, 1 failure
`
const DOCTOR_60 = `\
– dns                      127.0.0.1 is an IP address.
– tls                      127.0.0.1:99999 does not use TLS.
                           Requests are not encrypted.
✓ keystone           9 ms  Keystone v3.14 at
                           http://127.0.0.1:99999/identity/
                           v3/.
✓ login              9 ms  Keystone issued a token for
                           project
                           00000000000000000000000000000000.
                           It will be renewed at
                           2026-11-29T12:00:00.000Z.
✓ catalog            9 ms  The image service is at
                           http://127.0.0.1:99999/v2/.
✓ glance             9 ms  Glance (API v2.15) responds and
                           supports tasks.
✓ policy             9 ms  This user can use the Tasks API.
`
const DOCTOR_80 = `\
– dns                      127.0.0.1 is an IP address.
– tls                      127.0.0.1:99999 does not use TLS. Requests are not
                           encrypted.
✓ keystone           9 ms  Keystone v3.14 at
                           http://127.0.0.1:99999/identity/v3/.
✓ login              9 ms  Keystone issued a token for project
                           00000000000000000000000000000000. It will be renewed
                           at 2026-11-29T12:00:00.000Z.
✓ catalog            9 ms  The image service is at http://127.0.0.1:99999/v2/.
✓ glance             9 ms  Glance (API v2.15) responds and supports tasks.
✓ policy             9 ms  This user can use the Tasks API.
`
const DOCTOR_200 = `\
– dns                      127.0.0.1 is an IP address.
– tls                      127.0.0.1:99999 does not use TLS. Requests are not encrypted.
✓ keystone           9 ms  Keystone v3.14 at http://127.0.0.1:99999/identity/v3/.
✓ login              9 ms  Keystone issued a token for project 00000000000000000000000000000000. It will be renewed at 2026-11-29T12:00:00.000Z.
✓ catalog            9 ms  The image service is at http://127.0.0.1:99999/v2/.
✓ glance             9 ms  Glance (API v2.15) responds and supports tasks.
✓ policy             9 ms  This user can use the Tasks API.
`
