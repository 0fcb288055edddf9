// Runs mutation tests: changes one place of the code at a time and runs the tests that cover it. Prints the changes that no
// test detects (the survivors). See test/MUTANTS.md.
//
//   npm run mutants -- PART... [--file TEXT]... [--sample SHARE] [--seed N] [--static] [--again]
//
//   PART      a folder below src, such as tasks or output
//   --file    only the files whose path contains TEXT (repeatable)
//   --sample  only this share of the functions, such as 0.2 (default 1)
//   --seed    selects a different sample (default 1)
//   --static  also code that runs at load time, such as tables: each such mutant needs all tests
//   --again   runs every mutant again; by default, results are reused if code and tests are unchanged
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'

const COMMANDS = ['create', 'get', 'list', 'wait'].map((name) => `test/cli/commands/${name}`)
/** Tests of a part outside the folder that mirrors it. */
const MORE_TESTS = {
  tasks: ['test/library/', ...COMMANDS],
  config: ['test/cli/commands/clouds'],
  session: ['test/cli/commands/faults', 'test/cli/commands/get'],
  doctor: ['test/cli/commands/doctor'],
}
/** Tests that run the mutated code in-process, although they start another program. */
const CHILDREN = ['test/cli/child/run-child', 'test/cli/commands/sandbox']
const OUT = '.mutants' // ignored by git

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: 'string', multiple: true, default: [] },
    sample: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    static: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
  },
})
if (positionals.length === 0) {
  console.error('error: missing part. Example: npm run mutants -- tasks')
  process.exit(2)
}
const unknown = positionals.filter((part) => !existsSync(`src/${part}`))
if (unknown.length > 0) {
  console.error(`error: unknown folder: src/${unknown.join(', src/')}`)
  process.exit(2)
}
const sources = new Map()
const accepted = readFileSync('test/MUTANTS.md', 'utf8')
for (const part of positionals) report(part, await runPart(part))

async function runPart(part) {
  const mutate = filesBelow(`src/${part}`).filter(isChosen)
  if (mutate.length === 0) throw new Error(`src/${part} contains no file that matches "${values.file.join('" or "')}"`)
  // Read before the run, because the files may change during it.
  for (const file of mutate) sources.set(file, readFileSync(file, 'utf8').split('\n'))
  const whole = values.sample === '1' && values.file.length === 0 && !values.static
  mkdirSync(OUT, { recursive: true })
  // Read by mutants-sample.js and mutants-vitest.js.
  process.env.MUTANTS_SAMPLE = values.sample
  process.env.MUTANTS_SEED = values.seed
  process.env.MUTANTS_FILES = JSON.stringify(mutate)
  process.env.MUTANTS_TESTS = JSON.stringify(testsOf(part))
  return new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', fileURLToPath(new URL('mutants-sample.js', import.meta.url))],
    ignorers: ['sample'],
    vitest: { configFile: 'scripts/mutants-vitest.js', related: false },
    coverageAnalysis: 'perTest',
    ignoreStatic: !values.static,
    concurrency: 2,
    timeoutMS: 10_000,
    incremental: whole,
    incrementalFile: `${OUT}/${part}.json`,
    force: values.again,
    tempDirName: `${OUT}/work`,
    ignorePatterns: [OUT, 'coverage', '*.tgz', 'bench', 'test/real'],
    tsconfigFile: 'none', // nothing to rewrite
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only'],
    allowConsoleColors: false,
    logLevel: 'warn',
    warnings: { slow: false },
  }).runMutationTest()
}

function isChosen(file) {
  return values.file.length === 0 || values.file.some((text) => file.includes(text))
}

function filesBelow(folder, end = '.ts') {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .sort()
}

/**
 * The tests of a part that run in a worker thread. Tests that start the built program are excluded, because it contains no
 * mutants.
 */
function testsOf(part) {
  const places = [`test/${part}/`, `test/${part}.`, ...(MORE_TESTS[part] ?? [])]
  const helpers = filesBelow('test/helpers').filter((file) => needsProcess(file, []))
  return filesBelow('test', '.test.ts')
    .filter((file) => places.some((place) => file.startsWith(place)))
    .filter((file) => !needsProcess(file, helpers) || CHILDREN.some((child) => file.startsWith(child)))
}

function needsProcess(file, helpers) {
  const text = readFileSync(file, 'utf8')
  return (
    /process\.execPath|process\.chdir|'npm'|@lydell\/node-pty/.test(text) ||
    helpers.some((helper) => text.includes(`helpers/${basename(helper, '.ts')}.js'`))
  )
}

/** Prints each new survivor as a table row for test/MUTANTS.md, and the score. Omits survivors that are listed there. */
function report(part, results) {
  const by = (...statuses) => results.filter(({ status }) => statuses.includes(status))
  const noticed = by('Killed', 'Timeout')
  const survivors = by('Survived', 'NoCoverage')
  const rows = survivors.map(rowOf)
  const open = rows.filter(({ row }) => !accepted.includes(row))
  for (const { row, place } of open) console.log(`${row} ${place} |`)
  const errors = by('RuntimeError', 'CompileError').length
  const share = ((100 * noticed.length) / (noticed.length + survivors.length)).toFixed(1)
  console.log(
    `${part}: ${share} % of ${noticed.length + survivors.length} changes were noticed; ` +
      `${open.length} survive, ${rows.length - open.length} more are accepted` +
      (errors > 0 ? `; ${errors} made the code unusable and do not count` : ''),
  )
}

function rowOf({ fileName, location, replacement, status }) {
  const file = fileName.slice(fileName.indexOf('src/'))
  const lines = sources.get(file) ?? []
  const { start, end } = location // counted from 1
  const code = lines
    .slice(start.line - 1, end.line)
    .map((line, i, all) =>
      line.slice(i === 0 ? start.column - 1 : 0, i === all.length - 1 ? end.column - 1 : undefined),
    )
    .join('\n')
  const row = `| \`${file}\` | \`${short(code)}\` → \`${short(replacement ?? '')}\` |`
  return { row, place: `line ${start.line}${status === 'NoCoverage' ? ', reached by no test' : ''}` }
}

/** Shortens text in the middle, and removes characters that would break a table cell. */
function short(code) {
  const line = code.replace(/\s+/g, ' ').replaceAll('|', '¦').replaceAll('`', "'")
  return line.length <= 70 ? line : `${line.slice(0, 45)} … ${line.slice(-20)}`
}
