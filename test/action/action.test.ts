import { spawn } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load, loadAll } from 'js-yaml'
import { describe, expect, it } from 'vitest'
// @ts-expect-error the scripts of the action have no types
import { commandLine } from '../../action/command-line.js'
// @ts-expect-error the scripts of the action have no types
import { summaryOf } from '../../action/summary.js'
import { BINARY, finish } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { usedHome } from '../helpers/home.js'
import { packed } from '../helpers/installed.js'
import { needsPosix } from '../helpers/platform.js'
import { sandbox, type TestSandboxOptions } from '../helpers/sandbox.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFile(join(root, path), 'utf8')

/** Runs the second step of the action against a sandbox, as GitHub's runner does. */
async function runAction(inputs: Record<string, string>, options: TestSandboxOptions = {}) {
  const home = await usedHome()
  const { cloudsYaml } = await sandbox({ taskDuration: 50, ...options })
  await writeFile(join(home, 'clouds.yaml'), cloudsYaml)
  await mkdir(join(home, 'glance-tasks/node_modules'), { recursive: true })
  await symlink(root, join(home, 'glance-tasks/node_modules/glance-tasks'), 'junction')
  const [output, summary] = [join(home, 'output'), join(home, 'summary')]
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    RUNNER_TEMP: home,
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    OS_CLIENT_CONFIG_FILE: join(home, 'clouds.yaml'),
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  }
  const child = spawn(process.execPath, [join(root, 'action/run.js')], { env, cwd: home })
  child.stdin.end()
  const finished = await finish(child)
  const text = (file: string) => readFile(file, 'utf8').catch(() => '')
  const lines = (await text(output)).split('\n').filter(Boolean)
  return {
    ...finished,
    summary: await text(summary),
    outputs: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))) as Record<string, string>,
  }
}

const ID = /^[0-9a-f-]{36}$/
const FAILED = '5a17c0de-4c1d-4e2f-8a3b-9c0ffee00000'

describe('the GitHub Action', () => {
  it('imports an image and gives its outputs and a summary', async () => {
    const inputs = {
      command: 'import',
      source: 'http://example.org/disk.raw',
      name: 'debian 13',
      cloud: 'sandbox-member',
    }
    const { status, outputs, summary } = await runAction({
      ...inputs,
      options: '--disk-format=raw\n\n--tag=a b',
      timeout: '1m',
    })
    expect(outputs).toEqual({
      'task-id': expect.stringMatching(ID),
      'image-id': expect.stringMatching(ID),
      status: 'success',
      'exit-status': '0',
    })
    expect(summary).toMatch(/^### glance-tasks import succeeded in \d+ s\n/)
    expect(summary).toContain(`| success | \`${outputs['task-id']}\` | \`${outputs['image-id']}\` |`)
    expect(status).toBe(0)
  })

  it('creates a task, and fails with its message', async () => {
    const input = { import_from: 'http://example.org/404', import_from_format: 'raw', image_properties: {} }
    const inputs = { command: 'create', type: 'import', input: JSON.stringify(input), cloud: 'sandbox' }
    // Its errors are then events.
    const { status, outputs, summary, stderr } = await runAction({ ...inputs, options: '--progress=json' })
    expect(status).toBe(3)
    expect(outputs).toMatchObject({ 'task-id': expect.stringMatching(ID), status: 'failure', 'exit-status': '3' })
    expect(summary).toContain('failed with exit status 3')
    expect(summary).toMatch(/```text\nerror: Task \S+ failed: .*\nhint: /)
    expect(stderr).toMatch(/^::error title=glance-tasks::Task \S+ failed: /m)
  })

  it('gives no command of a server to the runner', async () => {
    const inputs = { command: 'wait', ids: FAILED, cloud: 'sandbox' }
    const tasks = [{ id: FAILED, status: 'failure', message: 'why\n::set-output name=x::y\n::error::no' }] as const
    const { stderr, outputs } = await runAction(inputs, { tasks: [...tasks] })
    const [, mark = ''] = /^::stop-commands::(\S+)$/m.exec(stderr) ?? []
    const [, inside = '', after = ''] = stderr.split(mark)
    expect(inside).toContain('why')
    expect(after.match(/^\s*::.*/gm)).toEqual([
      '::',
      expect.stringMatching(/^::error title=glance-tasks::Task \S+ failed: /),
    ])
    expect(outputs).toMatchObject({ 'task-id': FAILED, status: 'failure' })
  })

  // A workflow may use an output in a script: run: echo ${{ steps.image.outputs.image-id }}
  it('gives outputs of a server that no shell reads as a command', async () => {
    const image_id = '"; touch harm; $(touch harm) `touch harm`\nstatus=success'
    const tasks = [{ id: FAILED, status: 'failure', result: { image_id } }] as const
    const { outputs } = await runAction(
      { command: 'wait', ids: FAILED, cloud: 'sandbox' },
      { tasks: [...tasks] as never },
    )
    expect(outputs).toEqual({
      'task-id': FAILED,
      'image-id': 'touchharmtouchharmtouchharmstatussuccess',
      status: 'failure',
      'exit-status': '3',
    })
  })

  it.each(['install.js', 'run.js'])('%s needs the folder of the runner, not one that others share', async (script) => {
    const env = {
      PATH: process.env.PATH,
      INPUT_COMMAND: 'wait',
      INPUT_IDS: 'abcd',
      PACKAGE: '',
      npm_config_offline: 'true',
    }
    const child = spawn(process.execPath, [join(root, 'action', script)], { env, cwd: await folder() })
    expect(await finish(child)).toMatchObject({
      status: 2,
      stderr: '::error title=glance-tasks::The variable RUNNER_TEMP is not set.\n',
    })
  })

  it('names an input that is wrong', async () => {
    const { status, stderr } = await runAction({ command: 'remove' })
    expect(status).toBe(2)
    expect(stderr).toBe(
      '::error title=glance-tasks::The input "command" must be import, create or wait, not "remove".\n',
    )
  })

  it.each([
    [{}, 'The command import requires the input "source".'],
    [{ INPUT_SOURCE: 'x', INPUT_TYPE: 'import' }, 'The command import does not accept the input "type".'],
    [{ INPUT_COMMAND: 'wait', INPUT_IDS: ' ' }, 'The command wait requires the input "ids".'],
    [{ INPUT_COMMAND: 'toString' }, 'The input "command" must be import, create or wait, not "toString".'],
  ])('refuses the inputs %j', (env, message) => {
    expect(() => commandLine(env)).toThrow(message)
  })

  it('passes each line of options as one argument, and waits for several tasks', () => {
    const { argv } = commandLine({
      INPUT_COMMAND: 'wait',
      INPUT_IDS: 'a b\nc',
      INPUT_OPTIONS: '--any\n  -c id, status ',
    })
    expect(argv).toEqual(['wait', '--any', '-c id, status', '--format', 'json', '--', 'a', 'b', 'c'])
  })

  it.each(['name', 'timeout'])('takes no option from the input %s', (name) => {
    const value = '--os-auth-url=http://127.0.0.1:1'
    const { argv } = commandLine({ INPUT_SOURCE: 'x', [`INPUT_${name.toUpperCase()}`]: value })
    expect(argv.filter((word: string) => word.includes(value))).toEqual([`--${name}=${value}`])
  })

  it('takes no option from an input that names a source or a task', async () => {
    const elsewhere = await sandbox()
    const inputs = { command: 'wait', ids: `${FAILED} --os-auth-url=${elsewhere.identityUrl}`, cloud: 'sandbox' }
    const { status } = await runAction(inputs, { tasks: [{ id: FAILED, status: 'failure' }] })
    expect(status).toBe(2)
    expect(elsewhere.asked).toEqual([])
    expect(commandLine({ INPUT_SOURCE: '--from=images.yaml' }).argv.slice(-2)).toEqual(['--', '--from=images.yaml'])
  })

  it.each([
    ['keeps the exit status of a program that was ended while it printed', '{"id": "a', 130, /status 130 in \d s\n\n$/],
    [
      'shows the plan of a dry run in the summary',
      '{"plan": {}}',
      0,
      /succeeded in \d s\n\n```text\n{"plan": {}}\n```\n$/,
    ],
  ])('%s', async (_, stdout, status, summary) => {
    const home = await folder()
    const bin = join(home, 'glance-tasks/node_modules/glance-tasks/bin')
    await mkdir(bin, { recursive: true })
    await writeFile(join(bin, 'glance-tasks.js'), `process.stdout.write('${stdout}'); process.exitCode = ${status}`)
    const files = { HOME: home, RUNNER_TEMP: home, GITHUB_STEP_SUMMARY: join(home, 'summary') }
    const env = { ...files, INPUT_COMMAND: 'wait', INPUT_IDS: 'abcd' }
    const child = spawn(process.execPath, [join(root, 'action/run.js')], { env, cwd: home })
    expect(await finish(child)).toMatchObject({ status })
    expect(await readFile(files.GITHUB_STEP_SUMMARY, 'utf8')).toMatch(summary)
  })

  it('writes a message of any length into the summary', () => {
    const message = '` '.repeat(200_000)
    const outcome = { tasks: [], errors: [{ message, hint: null }], status: 1, seconds: 1 }
    expect(summaryOf('wait', outcome)).toContain(message)
  })

  it('writes a message into a code block that it cannot end', () => {
    const errors = [{ message: 'no\n```\n<script>', hint: null }]
    const outcome = { tasks: [{ id: '<b>', status: 'a|b' }], errors, status: 1, seconds: 61 }
    expect(summaryOf('import', outcome)).toBe(
      '### glance-tasks import failed with exit status 1 in 1 min 1 s\n\n' +
        '| status | task | image |\n| --- | --- | --- |\n| ab | `b` |  |\n\n````text\nerror: no\n```\n<script>\n````\n',
    )
  })

  it('passes every input to the script, and no other', async () => {
    const { inputs, runs } = load(await read('action.yml')) as {
      inputs: Record<string, unknown>
      runs: { steps: { run: string; env: Record<string, string> }[] }
    }
    const names = runs.steps.flatMap(({ env }) => Object.values(env)).map((value) => /inputs\.(\w+)/.exec(value)?.[1])
    expect(names.filter(Boolean).sort()).toEqual(Object.keys(inputs).sort())
    expect(runs.steps.filter(({ run }) => run.includes('${{'))).toEqual([])
  })

  it.each(['npm:left-pad@1.3.0', '1.0.0 & calc', 'https://example.org/x.tgz', '../x.tgz'])(
    'does not install %s, and finds its scripts also in a container',
    async (wanted) => {
      const { runs } = load(await read('action.yml')) as { runs: { steps: { run: string }[] } }
      const env = { PATH: process.env.PATH, RUNNER_TEMP: await folder(), GITHUB_ACTION_PATH: root, PACKAGE: wanted }
      const child = spawn('bash', ['--noprofile', '--norc', '-c', runs.steps[0]?.run ?? ''], {
        env: { ...env, npm_config_offline: 'true' },
      })
      const { status, stderr } = await finish(child)
      expect(stderr).toBe(
        `::error title=glance-tasks::The input "package" must be a version, or the path of a tarball, not ${JSON.stringify(wanted)}.\n`,
      )
      expect(status).toBe(2)
    },
  )

  it('installs a tarball where it runs the program', async () => {
    const home = await folder()
    const PACKAGE = await packed()
    const env = { PATH: process.env.PATH, HOME: home, RUNNER_TEMP: home, PACKAGE, npm_config_offline: 'true' }
    const child = spawn(process.execPath, [join(root, 'action/install.js')], { env, cwd: home })
    expect(await finish(child)).toMatchObject({ status: 0 })
    await expect(
      readFile(join(home, 'glance-tasks/node_modules/glance-tasks/bin/glance-tasks.js')),
    ).resolves.toBeTruthy()
  })
})

describe('the GitLab component', () => {
  needsPosix('bash')

  /** Runs the script of the job in a shell, without the installation. */
  async function runJob(variables: Record<string, string>) {
    const [, jobs] = loadAll(await read('templates/import.yml')) as [unknown, Record<string, { script: string[] }>]
    const [job] = Object.values(jobs)
    const [installation, ...script] = job?.script ?? []
    expect(installation).toMatch(/^npm install .* "\$IMPORT_PACKAGE"$/)
    const home = await usedHome()
    const { cloudsYaml } = await sandbox({ taskDuration: 50 })
    await writeFile(join(home, 'clouds.yaml'), cloudsYaml)
    const program = `glance-tasks() { "${process.execPath}" "${BINARY}" "$@"; }\n`
    const env = { OS_CLIENT_CONFIG_FILE: join(home, 'clouds.yaml'), OS_CLOUD: 'sandbox-member', ...variables }
    const child = spawn('bash', ['-eo', 'pipefail', '-c', program + script.join('\n')], {
      cwd: home,
      env: { PATH: process.env.PATH, HOME: home, ...env },
    })
    child.stdin.end()
    return { ...(await finish(child)), variables: await readFile(join(home, 'task.env'), 'utf8') }
  }

  // The name is not read as an option.
  const name = '--os-auth-url=http://127.0.0.1:1 "$(touch x)"'
  const given = { IMPORT_NAME: name, IMPORT_OPTIONS: '--disk-format raw --tag *', IMPORT_TIMEOUT: '1m' }

  it('reads no variable in an input', async () => {
    const [, jobs] = loadAll(await read('templates/import.yml')) as [unknown, Record<string, { variables: object }>]
    const variables = Object.values(Object.values(jobs)[0]?.variables ?? {})
    expect(variables).toHaveLength(5)
    // GitLab would replace $OS_PASSWORD in the name of an image.
    for (const variable of variables) expect(variable).toEqual({ value: expect.any(String), expand: false })
  })

  it('imports an image and gives its variables to later jobs', async () => {
    const { status, variables } = await runJob({ ...given, IMPORT_SOURCE: 'http://example.org/disk.raw' })
    expect(status).toBe(0)
    expect(variables).toMatch(/^TASK_ID=[0-9a-f-]{36}\nIMAGE_ID=[0-9a-f-]{36}\nTASK_STATUS=success\n$/)
  })

  it('takes no option from the source', async () => {
    const { status, stderr } = await runJob({ ...given, IMPORT_SOURCE: '--os-auth-url=http://127.0.0.1:1' })
    expect(stderr).toContain('--os-auth-url=http://127.0.0.1:1 cannot be read: no such file')
    expect(status).toBe(2)
  })

  it('fails as the import does', async () => {
    const { status, variables, stderr } = await runJob({ ...given, IMPORT_SOURCE: 'http://example.org/404' })
    expect(status).toBe(3)
    expect(stderr).toContain('failed')
    expect(variables).toContain('TASK_STATUS=failure\n')
  })
})
