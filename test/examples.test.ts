import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { run } from './helpers/cli.js'
import { type ExampleWorld, exampleWorlds } from './helpers/example-cloud.js'
import { argumentsOf, documentExamples, type Example, examplesIn, helpExamples } from './helpers/examples.js'
import { needsPosix } from './helpers/platform.js'

needsPosix('a POSIX shell')

/** Examples that the test cannot run, and why. */
const NOT_RUN: [script: RegExp, why: string][] = [
  [/^glance-tasks sandbox( --port 5000)?( +#.*)?$/, 'serves until Ctrl-C: test/cli/commands/sandbox.test.ts'],
  [/ list .*--watch/, 'runs until Ctrl-C: test/cli/watch/watch.test.ts'],
  [/\._incomplete\]/, 'the server fails for one of the tasks: test/cli/commands/list-options.test.ts'],
]

/** As many at a time: most of the time they wait for the cloud. */
const AT_A_TIME = 6

let examples: Example[]
beforeAll(async () => {
  examples = [...(await helpExamples()), ...documentExamples()]
})

it('each example in help, README and docs/ works in the sandbox', async () => {
  const worldFor = await exampleWorlds()
  const queue = examples.filter(({ script }) => !NOT_RUN.some(([pattern]) => pattern.test(script)))
  expect(queue.length).toBeGreaterThan(100)
  const wrong: object[] = []
  const work = async () => {
    for (let example = queue.shift(); example; example = queue.shift()) {
      const world = await worldFor(example)
      const { status, stderr } = await runExample(world).finally(world.close)
      const isRight = example.status === undefined ? status > 0 : status === example.status
      if (!isRight) wrong.push({ ...example, script: world.script, expected: example.status, status, stderr })
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  expect(wrong).toEqual([])
})

/** Runs a command line of ours in-process, and everything else in a shell with the built program. */
async function runExample({ script, env, cwd }: ExampleWorld): Promise<{ status: number; stderr: string }> {
  const argv = argumentsOf(script)
  if (argv !== undefined && argv[0] !== 'sandbox') return run(argv, { env, cwd, home: cwd })
  const strict = script.startsWith('#!') ? [] : ['-e', '-o', 'pipefail']
  return promisify(execFile)('bash', [...strict, '-c', script], { cwd, env, timeout: 50_000 }).then(
    ({ stderr }) => ({ status: 0, stderr }),
    ({ code, stderr }) => ({ status: typeof code === 'number' ? code : -1, stderr }),
  )
}

it('every exception is needed', () => {
  for (const [pattern] of NOT_RUN) expect(examples.filter(({ script }) => pattern.test(script))).not.toEqual([])
})

it('no document has a command line in a block that is not run', () => {
  const pages = readdirSync(new URL('../docs', import.meta.url)).filter((name) => name.endsWith('.md'))
  const blocks = ['README.md', ...pages.map((name) => `docs/${name}`)].flatMap((path) => {
    const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
    return [...text.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)].map(([, kind, code = '']) => ({ path, kind, code }))
  })
  expect(blocks.length).toBeGreaterThan(60)
  const isRun = ({ kind = '', code }: { kind?: string | undefined; code: string }) =>
    kind === 'console' ? code.startsWith('$ ') : ['sh', 'yaml', 'crontab', 'ini'].includes(kind)
  const shown = blocks.filter(({ path, code }) => path !== 'docs/commands.md' && /^(\$ )?glance-tasks /m.test(code))
  expect(shown.filter((block) => !isRun(block))).toEqual([])
})

it('finds the examples in the blocks of a document', () => {
  const text = [
    '```console',
    '$ glance-tasks get a \\',
    '    -f json',
    '{}',
    '$ glance-tasks get b',
    'error: x',
    '$ glance-tasks wait c',
    '$ echo $?',
    '3',
    '$ echo other',
    '```',
    '```sh',
    'glance-tasks list',
    '',
    'glance-tasks list --limit nothing   # exit status 2',
    '```',
    '```sh',
    'id=$(glance-tasks list -f value -c id)',
    'glance-tasks get "$id"',
    '```',
    '```',
    'glance-tasks in no block that is run',
    '```',
  ].join('\n')
  expect(examplesIn('x.md', text)).toEqual([
    { from: 'x.md:2', script: 'glance-tasks get a \\\n    -f json', status: 0 },
    { from: 'x.md:5', script: 'glance-tasks get b', status: undefined },
    { from: 'x.md:7', script: 'glance-tasks wait c', status: 3 },
    { from: 'x.md:13', script: 'glance-tasks list', status: 0 },
    { from: 'x.md:15', script: 'glance-tasks list --limit nothing   # exit status 2', status: 2 },
    { from: 'x.md:18', script: 'id=$(glance-tasks list -f value -c id)\nglance-tasks get "$id"', status: 0 },
  ])
})

it.each<[string, string[] | undefined]>([
  ['glance-tasks list --limit 1   # the newest', ['list', '--limit', '1']],
  [`glance-tasks create --input '{"a b": 1}' \\\n  --type "x y"`, ['create', '--input', '{"a b": 1}', '--type', 'x y']],
  ['glance-tasks list | head', undefined],
  ['glance-tasks get "$id"', undefined],
  ['glance-tasks get <(cat ids)', undefined],
  ['jq .', undefined],
])('%s needs a shell or not', (script, argv) => {
  expect(argumentsOf(script)).toEqual(argv)
})
