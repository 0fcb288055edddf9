import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/import.js'
import type { ImportCommandOptions } from '../../../src/cli/options/import-options.js'
import { UsageError } from '../../../src/errors.js'
import { folder, run } from '../../helpers/cli.js'
import { cloud } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'
import { webServer } from '../../helpers/web-server.js'

const IMAGE = '0a1b2c3d-0000-4000-8000-00000000abcd'
const SOURCE = 'http://images.example.org/image.raw'
const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/

type Flags = Partial<ImportCommandOptions>
const plan = (source: string | undefined, flags: Flags = {}) => parse(source, optionsOf(flags), '/here')

describe('the plan of an import', () => {
  it('has the image, the way to follow it, and the columns', () => {
    const flags: Flags = { name: 'n', property: ['a=b', 'c=d=e', 'f='], wait: true, timeout: 5, column: ['id'] }
    expect(plan('x.raw', flags)).toMatchObject({
      image: {
        method: 'glance-direct',
        source: { path: resolve('/here/x.raw') },
        spec: { name: 'n', property: { a: 'b', c: 'd=e', f: '' } },
      },
      wait: { timeout: 5 },
      isOne: true,
      chosen: [{ name: 'id' }],
    })
    expect(plan(SOURCE)).toMatchObject({ wait: undefined, chosen: undefined })
    expect(plan(SOURCE)).not.toHaveProperty('checks')
  })

  it('of a dry run checks a command whether it waits or not', () => {
    expect(plan(SOURCE, { dryRun: true, retryImport: 1 })).toMatchObject({
      wait: undefined,
      checks: { isChosen: false },
    })
    expect(plan(SOURCE, { dryRun: true, wait: true, retryImport: 1, column: ['Status'] })).toMatchObject({
      checks: { columns: [{ name: 'status' }] },
    })
  })

  it('for many has the file, the defaults and the number at a time', () => {
    expect(plan(undefined, { from: 'f.yaml', store: ['a'], keepFailed: true })).toMatchObject({
      from: 'f.yaml',
      defaults: { store: ['a'], keepFailed: true },
      parallel: 4,
      dryRun: false,
      wait: {},
      columns: { isChosen: false },
    })
    expect(plan(undefined, { from: 'f', parallel: 1, report: 'r.xml', wait: true, timeout: 5 })).toMatchObject({
      parallel: 1,
      report: 'r.xml',
      wait: { timeout: 5 },
    })
  })

  it.each<[string | undefined, Flags, string]>([
    ['x', { parallel: 2 }, '--parallel requires --from. | Specify a file that lists images'],
    ['x', { report: 'r.xml' }, '--report requires --from.'],
    ['x', { timeout: 5 }, '--timeout requires --wait.'],
    ['x', { pollInterval: 0, wait: true }, '--poll-interval must be greater than 0.'],
    ['x', { column: ['nope'] }, 'Unknown column "nope".'],
    ['x', { dryRun: true, column: ['id'] }, 'Unknown column "id".'],
    ['x', { dryRun: true, format: 'shell' }, '-f shell can print'],
    ['x', { osCloud: ['a', 'b'] } as Flags, 'accepts --os-cloud only once.'],
    ['x', { property: ['novalue'] }, '--property: "novalue" is not KEY=VALUE. | For example'],
    ['x', { property: ['=v'] }, '--property: "=v" is not KEY=VALUE.'],
    ['x', { property: ['a=1', 'a=2'] }, '--property: "a" was given twice.'],
    ['x', { property: ['disk_format=raw'] }, '--property: disk_format has its own option. | Use --disk-format.'],
    ['x', { from: 'f' }, 'SOURCE and --from cannot be used together.'],
    [undefined, { from: 'f', name: 'n' }, '--name and --from cannot be used together. | Set name for each image in f.'],
    [
      undefined,
      { from: 'f', fromRegion: 'R' },
      '--from-region and --from cannot be used together. | Set from_region for',
    ],
    [undefined, { from: 'f', image: IMAGE }, '--image and --from cannot be used together.'],
    [undefined, { from: 'f', report: '' }, '--report must not be empty.'],
    [undefined, { from: 'f', report: 'r', dryRun: true }, '--dry-run and --report cannot be used together.'],
    [undefined, { from: 'f', format: 'shell' }, '-f shell can print'],
    [
      undefined,
      { from: 'f', column: ['id'] },
      'Unknown column "id". | The columns are: name, outcome, image_id, task_id, message, seconds.',
    ],
    [undefined, {}, 'import requires a source.'],
  ])('%j with %j is an error', (source, flags, message) => {
    try {
      plan(source, flags)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      expect(`${(error as UsageError).message} | ${(error as UsageError).hint}`).toContain(message)
    }
  })
})

describe('before any login', () => {
  it.each([
    [['import'], 'error: import requires a source.'],
    [['import', '-', '--name', 'n', '--retry-import', '2', '--wait'], 'standard input, which can be read only once'],
    [['import', 'none.raw'], 'error: none.raw cannot be read: no such file.'],
    [['import', '.'], 'error: . is a directory, not an image.'],
    [['import', '--from', 'none.yaml'], 'error: none.yaml cannot be read: no such file.'],
    [['import', 'x', '--checksum', 'abc'], 'error: --checksum: "abc" is not ALGORITHM:HEX.'],
    [['import', 'x', '--checksum', `md5:${'a'.repeat(32)}`, '--checksum', `md5:${'b'.repeat(32)}`], 'was given twice'],
    [['import', 'x', '--method', 'copy'], '--method does not accept "copy"'],
    [['import', 'x', '--retry-import', '0'], 'not a whole number of at least 1'],
  ])('%j fails with status 2', async (argv, message) => {
    const { status, stdout, stderr } = await run(argv)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  it('a report that cannot be written is found', async () => {
    const cwd = await folder()
    await mkdir(join(cwd, 'reports'))
    await writeFile(join(cwd, 'images.yaml'), '- {source: a.raw, name: a}')
    const report = (name: string) => run(['import', '--from', 'images.yaml', '--report', name], { cwd })
    expect(await report('reports')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('The report reports cannot be written: it is a directory.'),
    })
    expect((await report('no/r.xml')).stderr).toContain(
      'The report no/r.xml cannot be written: its directory does not exist.',
    )
  })
})

/** A cloud, and a folder with a file to import. */
async function world(options: Parameters<typeof cloud>[0] = {}) {
  const www = await webServer(({ url }, response) => {
    if (url === '/away') return response.writeHead(302, { location: 'http://127.0.0.1:1/image.raw' }).end()
    response.statusCode = url === '/404' ? 404 : 200
    response.end(url === '/404' ? 'Not found' : Buffer.alloc(2000, 'y'))
  })
  const importFilter = { allowedHosts: ['127.0.0.1'], allowedPorts: [Number(www.at().port)] }
  const { glance, ...rest } = await cloud({ importFilter, ...options })
  const cwd = await folder()
  await writeFile(join(cwd, 'disk.raw'), Buffer.alloc(3000, 'x'))
  const inFolder: typeof glance = (argv, more = {}) =>
    glance(argv, { cwd, ...more, env: { OS_CLOUD: 'sandbox-member', ...more.env } })
  return { glance: inFolder, cwd, source: www.at('/image.raw').href, missing: www.at('/404').href, ...rest }
}

const RAW = ['--disk-format', 'raw']

describe('an import', () => {
  it('of a URL starts, and prints the task', async () => {
    const { glance, source } = await world()
    const { status, stdout, stderr } = await glance(['import', source, '--name', 'n', ...RAW, '-f', 'json'])
    expect(status).toBe(0)
    const task = JSON.parse(stdout)
    expect(task).toMatchObject({
      type: 'api_image_import',
      input: { import_req: { method: { name: 'web-download', uri: source } } },
    })
    expect(stderr).toContain(`image ${task.image_id}: creating\ntask ${task.id}: started\n`)
  })

  it('of a file with --wait follows it to its end', async () => {
    const { glance } = await world()
    const argv = ['import', 'disk.raw', '--name', 'n', ...RAW, '--wait', '-f', 'value', '-c', 'status,image_id']
    const { status, stdout, stderr } = await glance(argv)
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^success\n[\da-f-]{36}\n$/) })
    expect(stderr).toContain('uploading 2.9 KiB\nuploaded 2.9 KiB in 0 s\n')
    expect(stderr).toMatch(new RegExp(`task ${UUID.source}: success\n$`))
  })

  it('of standard input sends all of it', async () => {
    const { glance } = await world()
    const { status, stdout } = await glance(
      ['import', '-', '--name', 'n', ...RAW, '--wait', '-f', 'shell', '-c', 'status'],
      {
        stdin: 'data',
      },
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: "status='success'\n" })
  })

  it('that fails exits with 3, prints its task and says why', async () => {
    const { glance, missing } = await world()
    const argv = ['import', missing, '--name', 'n', ...RAW, '--wait', '-f', 'value', '-c', 'status']
    const { status, stdout, stderr } = await glance(argv)
    expect({ status, stdout }).toEqual({ status: 3, stdout: 'failure\n' })
    expect(stderr).toMatch(/^error: The import of image .* failed: /m)
    expect(stderr).toContain('hint: The source does not exist: its URL returns 404 Not Found. Check the URL')
  })

  it('from a region that does not exist creates nothing', async () => {
    const { glance, box } = await cloud()
    const { status, stderr } = await glance(['import', IMAGE, '--from-region', 'RegionTow', '--name', 'n'])
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'error: The cloud has no image service in the region "RegionTow".\nhint: Did you mean "RegionTwo"?\n',
    })
    expect(box.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/v2'))).toEqual([])
  })

  it('that fails proposes --fallback local, unless it was tried', async () => {
    const { glance, source } = await world()
    const argv = ['import', source.replace('image.raw', 'away'), '--name', 'n', ...RAW, '--wait', '-q']
    expect((await glance(argv)).stderr).toMatch(/ or upload the file from here: --fallback local\n$/)
    const { status, stderr } = await glance([...argv, '--fallback', 'local'])
    expect({ status, stderr }).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('The download to this machine also failed'),
    })
    expect(stderr).toMatch(/ or upload the file from here\.\n$/)
  })

  it('that fails in a store says to delete an image that is kept, and not one that is deleted', async () => {
    const { glance } = await world({ stores: ['broken', 'local'] })
    const argv = ['import', 'disk.raw', '--name', 'n', ...RAW, '--wait', '-q', '-f', 'value', '-c', 'image_id']
    const deleted = await glance(argv)
    expect(deleted.stderr).toContain('hint: The store broken did not')
    expect(deleted.stderr).not.toContain('delete')
    const kept = await glance([...argv, '--keep-failed'])
    expect(kept.stderr).toContain(`is kept.\n`)
    expect(kept.stderr).toContain('delete the image')
    expect(kept.stderr).not.toContain('Import into it again')
  })

  it('that times out exits with 124, prints its task, and names the command that resumes it', async () => {
    const { glance, source } = await world({ taskDuration: 60_000 })
    const argv = ['import', source, '--name', 'n', ...RAW, '--wait', '--timeout', '5s', '-f', 'value', '-c', 'id']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(124)
    expect(stdout).toMatch(new RegExp(`^${UUID.source}\n$`))
    const [, command = ''] = /hint: Wait for it again: glance-tasks (.*)\n$/.exec(stderr) ?? []
    expect(command).toMatch(new RegExp(`^import --image ${UUID.source} --wait$`))
    const again = await glance([...command.split(' '), '-f', 'value', '-c', 'id,status'])
    expect(again).toMatchObject({ status: 0, stdout: `${stdout}success\n` })
  })

  it('that is interrupted exits with 130, prints its task, and names the command that resumes it', async () => {
    const { glance, source } = await world({ taskDuration: 60_000 })
    const controller = new AbortController()
    const { clock } = await cloud()
    let sleeps = 0
    const sleep = async () => {
      if (++sleeps === 3) controller.abort('SIGINT')
      await clock.sleep(0, controller.signal)
    }
    const argv = ['import', source, '--name', 'n', ...RAW, '--wait', '-f', 'value', '-c', 'id,status']
    const { status, stdout, stderr } = await glance(argv, { signal: controller.signal, sleep })
    expect(status).toBe(130)
    // The task as it was last seen.
    const [id, state] = stdout.trim().split(/\s+/)
    expect(state).toMatch(/^(pending|processing)$/)
    expect(stderr).toContain(`task ${id}`)
    expect(stderr).toMatch(/hint: Wait for it again: glance-tasks import --image [\da-f-]{36} --wait\n$/)
  })

  it('whose task cannot be printed names it, so that it is not imported again', async () => {
    const { glance } = await world()
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    })
    const { status, stderr } = await glance(['import', 'disk.raw', '--name', 'n'], { stdout })
    expect(status).toBe(1)
    const [, id] = /^task (\S+): started$/m.exec(stderr) ?? []
    expect(stderr).toContain(`The output is incomplete. The task was started: ${id}.`)
    const [, command = ''] = /Show it with: glance-tasks (list .*)$/m.exec(stderr) ?? []
    // Without the admin role.
    expect((await glance([...command.split(' '), '-f', 'value', '-c', 'id'])).stdout).toBe(`${id}\n`)
  })
})

it('an import whose reader has closed the pipe ends quietly', async () => {
  const { glance } = await world()
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  })
  const { status, stderr } = await glance(['import', 'disk.raw', '--name', 'n', '-q'], { stdout })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

/** Four images, of which the last two cannot work. */
const IMAGES = (source: string, missing: string) => `
- {source: disk.raw, name: from-file, disk_format: raw}
- {source: ${source}, name: from-url, disk_format: raw}
- source: ${missing}
  name: broken
  disk_format: raw
- {source: none.raw, name: missing, disk_format: raw}
`

describe('a file of images', () => {
  async function many(imagesOf = IMAGES) {
    const { glance, cwd, source, missing, ...rest } = await world()
    await writeFile(join(cwd, 'images.yaml'), imagesOf(source, missing))
    return {
      glance,
      cwd,
      source,
      ...rest,
      from: (...argv: string[]) => glance(['import', '--from', 'images.yaml', ...argv]),
    }
  }

  it('is imported: a row for each image, in order, and the worst status', async () => {
    const { from } = await many()
    const { status, stdout, stderr } = await from('-f', 'json')
    expect(status).toBe(3)
    const rows = JSON.parse(stdout)
    expect(rows).toEqual([
      {
        name: 'from-file',
        outcome: 'imported',
        image_id: expect.stringMatching(UUID),
        task_id: expect.stringMatching(UUID),
        message: '',
        seconds: expect.any(Number),
      },
      {
        name: 'from-url',
        outcome: 'imported',
        image_id: expect.stringMatching(UUID),
        task_id: expect.stringMatching(UUID),
        message: '',
        seconds: expect.any(Number),
      },
      {
        name: 'broken',
        outcome: 'failed',
        image_id: null,
        task_id: expect.stringMatching(UUID),
        message: expect.stringMatching(/failed: .*\. The source does not exist: its URL returns 404 Not Found\.$/),
        seconds: expect.any(Number),
      },
      {
        name: 'missing',
        outcome: 'failed',
        image_id: null,
        task_id: null,
        message: 'none.raw cannot be read: no such file.',
        seconds: expect.any(Number),
      },
    ])
    expect(stderr).toContain('"broken: The import of image')
    expect(stderr).toMatch(/^\[4\/4\] [\w-]+: \w+( after \d+ s)?$/m)
  })

  it('is skipped if it already exists', async () => {
    const { from, box } = await many()
    await from()
    const posts = () =>
      box.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/v2/images')).length
    const before = posts()
    const { status, stdout } = await from('-f', 'value', '-c', 'name,outcome,message')
    expect(status).toBe(3)
    expect(stdout).toMatch(
      /^from-file skipped An active image has this name\.\nfrom-url skipped .*\nbroken failed .*\nmissing failed .*\n$/,
    )
    expect(posts() - before).toBe(1)
  })

  it.each(['table', 'csv', 'yaml', 'jsonl', 'value'])('prints its rows as %s', async (format) => {
    const { from } = await many(() => '- {source: disk.raw, name: only, disk_format: raw}')
    const { status, stdout } = await from('-f', format)
    expect(status).toBe(0)
    expect(stdout).toContain('only')
    expect(stdout).toContain('imported')
  })

  it('writes a report, and annotations for GitHub', async () => {
    const { glance, cwd } = await many()
    const argv = ['import', '--from', 'images.yaml', '--report', 'r.xml']
    const { stdout, stderr } = await glance(argv, { env: { GITHUB_ACTIONS: 'true' } })
    const xml = await readFile(join(cwd, 'r.xml'), 'utf8')
    expect(xml).toContain('<testsuite name="images.yaml" tests="4" failures="2" errors="0" skipped="0"')
    expect(xml).toContain('<failure type="input" message="none.raw cannot be read: no such file.">')
    expect(stderr).toContain('::error file=images.yaml,line=4,col=3,title=broken::The import of image')
    expect(stderr).toContain('::error file=images.yaml,line=7,col=3,title=missing::none.raw cannot be read')
    expect(stdout).not.toContain('::error')
  })

  it.runIf(process.platform === 'linux')('says that the report does not fit on the disk', async () => {
    const { from } = await many(() => '- {source: disk.raw, name: only, disk_format: raw}')
    const { status, stdout, stderr } = await from('--report', '/dev/full', '-f', 'csv')
    expect(status).toBe(1)
    expect(stdout).toContain('"only","imported"')
    expect(stderr).toContain(
      'error: The report /dev/full cannot be written: no space left on the device. It is incomplete.\nhint: Free',
    )
  })

  it('names an existing image even if its copy is refused', async () => {
    const { glance, source, cwd } = await world({ stores: ['local', 'second'] })
    const argv = ['import', source, '--name', 'n', ...RAW, '--wait', '-q', '-f', 'value', '-c', 'image_id']
    const image = (await glance(argv)).stdout.trim()
    await writeFile(join(cwd, 'images.yaml'), `- {image: ${image}, method: copy-image, store: second}`)
    const { status, stdout } = await glance(['import', '--from', 'images.yaml', '-f', 'json'])
    expect(status).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject([{ name: image, outcome: 'failed', image_id: image }])
  })

  it('that is interrupted prints what is known, and how to go on', async () => {
    const { glance, source, cwd } = await world({ taskDuration: 60_000 })
    const images = ['a', 'b', 'c'].map((name) => `- {source: ${source}, name: ${name}, disk_format: raw}`)
    await writeFile(join(cwd, 'images.yaml'), images.join('\n'))
    const controller = new AbortController()
    let sleeps = 0
    const { clock } = await cloud()
    const sleep = async () => {
      if (++sleeps === 3) controller.abort('SIGINT')
      await clock.sleep(0, controller.signal)
    }
    const argv = ['import', '--from', 'images.yaml', '--parallel', '2', '-f', 'json', '--report', 'r.xml']
    const { status, stdout, stderr } = await glance(argv, { signal: controller.signal, sleep })
    expect(status).toBe(130)
    const rows = JSON.parse(stdout)
    expect(rows).toHaveLength(3)
    expect(rows[0]).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining(`The import continues: image ${rows[0].image_id}`),
    })
    expect(rows[2]).toMatchObject({ outcome: 'failed', image_id: null, message: 'Not started: interrupted' })
    expect(stderr).toContain('Interrupted: 3 images are not imported.')
    expect(stderr).toContain('Run the same command again')
    expect(await readFile(join(cwd, 'r.xml'), 'utf8')).toContain('failures="3"')
  })

  it('finishes what an earlier run began', async () => {
    const { glance, source, from } = await many((url) => `- {source: ${url}, name: again, disk_format: raw}`)
    const first = await glance(['import', source, '--name', 'again', ...RAW, '-f', 'value', '-c', 'image_id'])
    const rows = JSON.parse((await from('-f', 'json')).stdout)
    expect(rows).toMatchObject([
      {
        outcome: 'imported',
        image_id: first.stdout.trim(),
        message: 'Completed the import that an earlier run started.',
      },
    ])
  })

  it('creates no second image while another run uploads one', async () => {
    let isUploading = false
    const { glance, cwd, missing, box } = await world({
      script: ({ method, path }) =>
        isUploading && method === 'GET' && /\/v2\/images(\/[\da-f-]+)?(\?|$)/.test(path)
          ? {
              kind: 'change',
              change: (answer) => ({ ...answer, body: `${answer.body}`.replace('"queued"', '"uploading"') }),
            }
          : undefined,
    })
    await glance(['import', missing, '--name', 'busy', ...RAW, '--wait', '--keep-failed'])
    isUploading = true
    await writeFile(join(cwd, 'images.yaml'), '- {source: disk.raw, name: busy}')
    const { status, stdout } = await glance(['import', '--from', 'images.yaml', '-f', 'json'])
    expect(status).toBe(1)
    const id = expect.stringMatching(UUID)
    const message = expect.stringMatching(/^Image .* is uploading: an upload to it is running\.$/)
    expect(JSON.parse(stdout)).toMatchObject([{ outcome: 'failed', image_id: id, message }])
    const posts = box.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/v2/images'))
    expect(posts).toHaveLength(1)
  })

  it.each([
    [80, '| name | outcome | message | seconds |'],
    [120, '| name | outcome | image_id | message | seconds |'],
    [170, '| name | outcome | image_id | task_id | message | seconds |'],
  ])('is a table of complete outcomes and IDs in %i columns', async (columns, head) => {
    const { cwd, glance } = await many()
    const { stdout } = await glance(['import', '--from', 'images.yaml', '--color', 'never'], {
      cwd,
      terminal: { columns },
    })
    const lines = stdout.trimEnd().split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
    expect(lines[1]?.replaceAll(/ +/g, ' ')).toBe(head)
    expect(stdout).toMatch(/^\| from-file +\| imported +\|/m)
    expect(stdout).toMatch(/^\| missing +\| failed +\|/m)
  })

  it('stops if every image would fail', async () => {
    const { glance, cwd, box } = await many()
    const clouds = box.cloudsYaml.replaceAll(/password: .*/g, 'password: wrong')
    const { status, stdout, stderr } = await glance(['import', '--from', 'images.yaml'], { clouds, cwd })
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' })
    expect(stderr.match(/^error:/gm)).toHaveLength(1)
  })
})
