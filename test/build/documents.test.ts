import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { type Documents, makeDocuments } from '../../src/cli/help/documents.js'
import { inline } from '../../src/cli/help/man.js'
import { FORMATS } from '../../src/output/index.js'
import { COMMAND_NAMES } from '../helpers/command-names.js'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const pages = readdirSync(new URL('docs', root)).filter((name) => name.endsWith('.md'))

let documents: Documents
beforeAll(async () => {
  documents = await makeDocuments()
})

test('docs/configuration.md has the table of settings that `npm run docs` makes', () => {
  expect(documents.settings.split('\n').length).toBeGreaterThan(40)
  expect(read('docs/configuration.md')).toContain(`\n\n${documents.settings}\n\n`)
})

describe('docs/commands.md', () => {
  it('is what `npm run docs` makes from the help texts', () => {
    // A line that differs is easier to read than two documents.
    const [shown, made] = [read('docs/commands.md'), documents.commands].map((text) => text.split('\n')) as string[][]
    expect(shown?.filter((line) => !made?.includes(line))).toEqual([])
    expect(made?.filter((line) => !shown?.includes(line))).toEqual([])
    expect(shown).toEqual(made)
  })

  it('has every command, with its details, examples and options uncut', () => {
    const sections = [...documents.commands.matchAll(/^## (\S+)$/gm)].map(([, name]) => name)
    expect(sections.sort()).toEqual(COMMAND_NAMES)
    for (const option of ['--checksum <algorithm:hex>', '--if-unknown <action>', '--all-stores'])
      expect(documents.commands).toContain(`| \`${option}\` | `)
    expect(documents.commands).not.toContain('…\n')
    expect(documents.commands).toContain('curl -fL https://example.org/debian.qcow2.xz | xz -d \\\n')
  })

  it('marks the values of options as code', () => {
    for (const description of [
      'use colours: `auto` (default), `always` or `never`',
      'filter by type (repeatable): `import`, `api_image_import` or `location_import`',
      'the longest wait: `30m`, `1h` (default), 0: no limit',
      'created at or after this time: `2h` (ago), `3d`, `2026-11-23T18:00Z`',
      'verify the data: `md5`, `sha1`, `sha224`, `sha256`, `sha384` or `sha512`',
      'task IDs, or `-` to read them from standard input',
    ])
      expect(documents.commands).toContain(`| ${description} |`)
    expect(documents.commands).toContain('With `--if-unknown resend`, it')
    expect(documents.commands).toContain('dir: `asc` or `desc` (default) |')
  })

  it('names the variable of each option of every command', () => {
    expect(documents.commands).toContain('| `--request-timeout <duration>` | `GLANCE_TASKS_REQUEST_TIMEOUT` | ')
    expect(documents.commands).toContain('| `--os-cloud <name>` | `OS_CLOUD` | ')
  })
})

/** Options of npm, sha256sum and docker. */
const OF_OTHERS = ['--global', '--check', '--ignore-missing', '--prefix', '--rm']

describe('the other documents', () => {
  test.each(COMMAND_NAMES)('%s has a row in README.md', (name) => {
    expect(read('README.md')).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
  })

  test.each(FORMATS)('%s has a row in docs/output.md', (name) => {
    expect(read('docs/output.md')).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
  })

  test('name no option that does not exist', () => {
    const all = documents.commands + documents.man['glance-tasks.1']?.replaceAll('\\-', '-')
    const ours = new Set(['--version', ...(all.match(/--[a-z][a-z-]+/g) ?? []), ...OF_OTHERS])
    const named = ['README.md', ...pages.map((page) => `docs/${page}`)].flatMap((path) =>
      (read(path).match(/(?<![\w-])--[a-z][a-z-]+/g) ?? []).map((option) => `${path}: ${option}`),
    )
    expect(named.length).toBeGreaterThan(200)
    expect(named.filter((each) => !ours.has(each.split(': ')[1] ?? ''))).toEqual([])
  })

  test('link to pages and headings that exist', () => {
    const links = ['README.md', 'CONTRIBUTING.md', ...pages.map((page) => `docs/${page}`)].flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => ({ path, to })),
    )
    expect(links.length).toBeGreaterThan(40)
    const broken = links.filter(({ to }) => !to.includes('://')).filter(({ path, to }) => !exists(path, to))
    expect(broken).toEqual([])
  })
})

function exists(path: string, link: string): boolean {
  const target = new URL(link, new URL(path, root))
  const heading = target.hash.slice(1)
  target.hash = ''
  return existsSync(target) && (heading === '' || headingsOf(readFileSync(target, 'utf8')).includes(heading))
}

/** The anchors of a page, as forges make them from its headings. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('the man pages', () => {
  it('are one of the program and one of each command', () => {
    expect(Object.keys(documents.man).sort()).toEqual(
      ['glance-tasks.1', ...COMMAND_NAMES.map((name) => `glance-tasks-${name}.1`)].sort(),
    )
  })

  it('are in the package, as the build made them', () => {
    const { man } = JSON.parse(read('package.json')) as { man: string[] }
    expect(man).toEqual(Object.keys(documents.man).map((name) => `./dist/man/${name}`))
    for (const [name, text] of Object.entries(documents.man)) expect(read(`dist/man/${name}`)).toBe(text)
  })

  it('escape what troff would read as a request or change', () => {
    expect(inline('.TH')).toBe('\\&.TH')
    expect(inline("'quoted' `code` ~ ^")).toBe('\\(aqquoted\\(aq \\(gacode\\(ga \\(ti \\(ha')
    expect(inline('C:\\n --dry-run')).toBe('C:\\en \\-\\-dry\\-run')
    expect(inline('broken… → 1\n.2')).toBe('broken\\[u2026] \\[u2192] 1 .2')
  })

  it('show the same text everywhere, have no date, and no line that begins a request by mistake', () => {
    for (const text of Object.values(documents.man)) {
      expect(text).toMatch(/^\.TH "GLANCE\\-TASKS[^"]*" "1" "" "glance\\-tasks \d/)
      expect(text).toMatch(/^[\n\x20-\x7e]*$/)
      const requests = text.split('\n').filter((line) => /^[.']/.test(line))
      expect(requests.filter((line) => !/^\.(TH|SH|SS|TP|PP|EX|EE|B|BR|I|RI)( |$)/.test(line))).toEqual([])
    }
  })

  it('are clean for groff and mandoc, where these are installed', async () => {
    for (const name of ['glance-tasks.1', 'glance-tasks-import.1']) {
      for (const [command, ...args] of LINTERS) {
        const file = new URL(`dist/man/${name}`, root).pathname
        const result = await promisify(execFile)(command ?? '', [...args, file]).catch((error) =>
          error.code === 'ENOENT' ? { stdout: '', stderr: '' } : error,
        )
        const [stdout, stderr] = [command === 'mandoc' ? result.stdout : '', result.stderr]
        expect(
          `${stdout}${stderr}`
            .split('\n')
            .filter((line) => line && !/missing date|line longer than 80 bytes/.test(line)),
        ).toEqual([])
      }
    }
  })
})

const LINTERS = [
  // Without its remarks on style: lines of the source may be long.
  ['mandoc', '-T', 'lint', '-W', 'warning'],
  ['groff', '-man', '-ww', '-z', '-Tutf8'],
]
