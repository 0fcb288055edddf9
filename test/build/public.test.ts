import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sandbox } from '../helpers/sandbox.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The output of a program inside this package, where the package name resolves as it does for users. */
async function printedBy(program: string, options: string[] = []): Promise<string> {
  const args = [...options, '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: { PATH: process.env.PATH } })
  return stdout
}

const namesOf = async (specifier: string): Promise<string[]> =>
  JSON.parse(await printedBy(`console.log(JSON.stringify(Object.keys(await import('${specifier}'))))`))

// A change of this list affects users.
const VALUES =
  `AbortedError ApiError AuthenticationError BadRequestError CertificateError ConfigurationError ConflictError
  ConnectionError ExactNumber ForbiddenError GlanceTasksError Images ImportError InputError NotFoundError RateLimitError ServerError TASK_STATUSES
  TaskStateError Tasks TimeoutError UnexpectedAnswerError UnknownOutcomeError UsageError WaitTimeoutError connect formatJson
  hasEnded isGlanceTasksError jsonOf mergePages parseJson`.split(/\s+/)

const TYPES =
  `Advice Answer ApiErrorDetails Checksum Clock ConnectOptions Connection ContainerFormat CreateOptions DiskFormat
  Dispatcher Download Environment ErrorCode ErrorDetails FetchOptions Fetcher HttpObserver HttpRequest Image ImageStatus ImportErrorDetails
  ImportEvent ImportImageProperties ImportInput ImportMethod ImportOptions ImportPhase ImportPromise ImportSource ImportStatus
  Imported InputOf JsonObject JsonValue ListOptions MergeOptions Place PollFault Query Remedy RequestOptions RetryOptions
  Service ServiceRequest SettingPath Settings SortKey StreamSource Task TaskFilter TaskList TaskPromise TaskStatus
  TaskType Upload WaitManyOptions WaitOptions WaitResult`.split(/\s+/)

const SANDBOX_TYPES =
  `Account ApplicationCredential Clock Fault FaultChooser FaultyRequest ImportFilter LoggedRequest QuotaName Quotas ReadyTask
  RoleName Sandbox SandboxAnswer SandboxOptions ServiceName`.split(/\s+/)

describe('the public API', () => {
  it('has these exports of the library', async () => {
    expect(await namesOf('glance-tasks')).toEqual(VALUES)
    expect(await declared('index.d.ts')).toEqual({ values: VALUES, types: TYPES })
  })

  it('has these exports of the sandbox', async () => {
    expect(await namesOf('glance-tasks/sandbox')).toEqual(['startSandbox', 'totpPasscode'])
    expect(await declared('sandbox.d.ts')).toEqual({ values: ['startSandbox', 'totpPasscode'], types: SANDBOX_TYPES })
  })

  it('has no other files', async () => {
    const names = ['dist/index.js', 'dist/pool.js', 'dist/keystone.js', 'dist/cli/main.js', 'errors']
    const program = `for (const name of ${JSON.stringify(names)})
      console.log(await import(\`glance-tasks/\${name}\`).catch(({ code }) => code))`
    expect(await printedBy(program)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n'.repeat(names.length))
  })

  it('can be loaded with require()', async () => {
    const program = `import { createRequire } from 'node:module'
      console.log(typeof createRequire(process.cwd() + '/')('glance-tasks').connect)`
    expect(await printedBy(program, ['--no-warnings'])).toBe('function\n')
  })
})

it('has two declaration files, without unused declarations', async () => {
  const files = await readdir(`${root}/dist`, { recursive: true })
  expect(files.filter((name) => name.endsWith('.d.ts')).sort()).toEqual(['index.d.ts', 'sandbox.d.ts'])
  const text = await readFile(`${root}/dist/index.d.ts`, 'utf8')
  for (const [, name] of text.matchAll(/^(?:declare (?:class|function|const)|interface|type) (\w+)/gm)) {
    expect([name, text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length]).toEqual([name, expect.not.toBeOneOf([0, 1])])
  }
})

it('lets a process end by itself, even without close()', async () => {
  const box = await sandbox()
  const program = `import { connect } from 'glance-tasks'
    const settings = {
      'auth.auth_url': '${box.identityUrl}', 'auth.username': 'admin', 'auth.password': 'secret',
      'auth.project_name': 'admin', 'auth.user_domain_id': 'default', 'auth.project_domain_id': 'default',
    }
    const { tasks } = await connect({ settings })
    console.log(await tasks.list().all())`
  expect(await printedBy(program)).toBe('[]\n')
})

it('has source maps, so that the stack of an error names the sources', async () => {
  const program = `import { connect } from 'glance-tasks'
    await connect({ retries: -1 }).catch(({ stack }) => console.log(stack))`
  expect(await printedBy(program, ['--enable-source-maps'])).toMatch(/src\/library\/connect\.ts:\d+/)
  const map = JSON.parse(await readFile(`${root}/dist/index.js.map`, 'utf8'))
  const own = map.sources.indexOf('../src/library/connect.ts')
  expect(map.sourcesContent[own]).toContain('export async function connect')
})

// Node prints the line of code that throws an uncaught error.
it('has short lines of code', async () => {
  const names = (await readdir(`${root}/dist`)).filter((name) => name.endsWith('.js.map'))
  expect(names).toContain('index.js.map')
  for (const name of names) {
    const code = await readFile(`${root}/dist/${name.replace('.map', '')}`, 'utf8')
    expect(Math.max(...code.split('\n').map((line) => line.length)), name).toBeLessThan(2000)
  }
})

it('does not use import.meta', async () => {
  const names = (await readdir(`${root}/dist`)).filter((name) => name.endsWith('.js'))
  for (const name of names) {
    expect(await readFile(`${root}/dist/${name}`, 'utf8'), name).not.toMatch(/import\.meta|createRequire/)
  }
})

/** The export list at the end of a declaration file. */
async function declared(name: string): Promise<{ values: string[]; types: string[] }> {
  const text = await readFile(`${root}/dist/${name}`, 'utf8')
  const names = /export \{ ([^}]*) \}\s*$/.exec(text)?.[1]?.split(', ') ?? []
  return {
    values: names.filter((each) => !each.startsWith('type ')),
    types: names.filter((each) => each.startsWith('type ')).map((each) => each.replace('type ', '')),
  }
}
