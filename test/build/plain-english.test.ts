import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Phrases that readers have to read twice, and what to write instead. */
const FORBIDDEN: [phrase: RegExp, instead: string][] = [
  [/\b(is|are|was|were|be|been) told\b/i, 'say who reports what, or "is reported"'],
  [/\banew\b/i, '"again"'],
  [/\bwhoever\b/i, 'name the user or the caller'],
  [/\bfor ever\b/i, '"forever"'],
  [/\b(in )?like ?wise\b/i, '"also"'],
  [/\bmend(s|ed)?\b/i, '"fix"'],
  [/\bcontent (with|when|if)\b/i, '"accepts", or "ends when"'],
  [/\b(take|takes|taken) (\w+ )?up again\b/i, '"continue" or "resume"'],
  [/\bso many (?!that\b)/i, 'a number, or "this many"'],
  [/\b(what|that|which) is no(?! longer\b)\b/i, '"is not a"'],
  [/\bone's own\b/i, '"your own", or name the owner'],
  [/\ball the same\b/i, '"anyway" or "nevertheless"'],
  [/\bin good time\b/i, '"early enough"'],
  [/\bthere is no setting\b/i, '"unknown setting"'],
  [/\bof several \w+,? the \w+ counts\b/i, 'say which one is used'],
  [/\bhas no effect: /i, '"is ignored, because"'],
  [/\bat the most\b/i, '"at most"'],
  [/\b(is|are|was|were) taken (to be|for)\b/i, '"is assumed to be" or "is mistaken for"'],
  [/\bnot take the (image|format)\b/i, '"does not accept"'],
  [/\b(breaks?|broke) off\b/i, '"is interrupted"'],
  [/\banswer(s|ed) (\d{3}\b|\$\{)/, '"returns", as in "returns 404"'],
  [/\bnot there( any more)?[.:,;]/i, '"does not exist"'],
  [/\bmay not (see|read|look|use|write|list|delete)\b/i, '"is not allowed to": "may not" also means "perhaps not"'],
  [/\bmay stand\b/i, '"you can write … before", or "is allowed"'],
  [/\bis one too many\b/i, '"unexpected argument"'],
  [/\bnothing will end (it|the)\b/i, '"will never end"'],
  [/\bdata (are|were|do|have|differ)\b/i, '"data is": singular'],
  [/, also (if|when)\b/i, '"even if", or "also" with a verb'],
  [/\b(is|are|was|were) no part of\b/i, '"is not part of"'],
  [/\bone (line|object|row) an? \w+/i, '"one … per …"'],
  [/, or else\b/i, '"otherwise" or "or"'],
  [/\b(what|that) (has|had|would|will)? ?becomes? of\b/i, '"how it ends", "the outcome"'],
  [/\b(first|last|next|two|three|each|every|further) looks?\b(?! (like|up)\b)/i, '"poll", "refresh" or "check"'],
]

const READ = [
  'src',
  'test',
  'docs',
  'bin',
  'scripts',
  'bench',
  'action',
  '.github',
  'templates',
  '.clouds.example.yaml',
]
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'RELEASING.md', 'SKILL.md']
const EXCEPT = ['test/build/plain-english.test.ts']

/** All files with text that people read. */
function* textFiles(path: string): Generator<string> {
  const entries = statSync(path).isFile() ? undefined : readdirSync(path, { withFileTypes: true })
  if (entries === undefined) {
    if (/\.(ts|js|cjs|md|yaml|yml)$/.test(path)) yield path
    return
  }
  for (const entry of entries) {
    const file = join(path, entry.name)
    if (entry.isDirectory()) yield* textFiles(file)
    else if (/\.(ts|js|cjs|md|yaml|yml)$/.test(entry.name)) yield file
  }
}

it('code, tests and documents avoid phrases that are hard to read', () => {
  const files = [...READ, ...DOCUMENTS]
    .flatMap((name) => [...textFiles(join(root, name))])
    .map((file) => relative(root, file))
  expect(files.length).toBeGreaterThan(300)
  const found = files
    .filter((file) => !EXCEPT.includes(file))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .map((line, i) => ({ line, at: `${file}:${i + 1}` })),
    )
    .flatMap(({ line, at }) =>
      FORBIDDEN.flatMap(([phrase, instead]) => {
        const match = phrase.exec(line)
        return match ? [`${at}: instead of "${match[0]}" write ${instead}`] : []
      }),
    )
  expect(found).toEqual([])
})
