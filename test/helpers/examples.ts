import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Context } from '../../src/cli/context.js'
import { helpOf } from '../../src/cli/help/command-help.js'
import { completeProgram } from '../../src/cli/program.js'

/** A command line, or a script, that the help or a document shows. */
export interface Example {
  /** Where it stands: `docs/import.md:44`, or `help of list`. */
  from: string
  script: string
  /** The exit status that the text names; undefined: any but 0, because the text shows an error. */
  status: number | undefined
}

const root = new URL('../../', import.meta.url)

/** The examples in the help of all commands. */
export async function helpExamples(): Promise<Example[]> {
  const program = await completeProgram({} as Context)
  return program.commands.flatMap((command) =>
    (helpOf(command)?.examples ?? []).map((script) => ({
      from: `help of ${command.name()}`,
      script,
      status: named(script),
    })),
  )
}

/** The examples in README.md and docs/. docs/commands.md has those of the help. */
export function documentExamples(): Example[] {
  const pages = readdirSync(new URL('docs', root)).filter((name) => name.endsWith('.md') && name !== 'commands.md')
  return ['README.md', ...pages.map((page) => `docs/${page}`)].flatMap((path) =>
    examplesIn(path, readFileSync(new URL(path, root), 'utf8')),
  )
}

/** The examples in the sh and console blocks of a document. */
export function examplesIn(path: string, text: string): Example[] {
  const lines = text.split('\n')
  const fences = lines.flatMap((line, at) => (line.trimStart().startsWith('```') ? [at] : []))
  return fences.flatMap((begin, i) => {
    if (i % 2 === 1) return []
    const kind = lines[begin]?.trim().slice(3)
    const block = lines.slice(begin + 1, fences[i + 1]).map((text, at) => ({ text, from: `${path}:${begin + 2 + at}` }))
    return READERS[kind ?? '']?.(block) ?? []
  })
}

interface Line {
  text: string
  from: string
}

/** How to find the scripts in each kind of block. */
const READERS: Record<string, (block: readonly Line[]) => Example[]> = {
  console: typedIn,
  sh: scriptsIn,
  yaml: (block) => stepsIn(block, parse(textOf(block))),
  crontab: (block) => block.flatMap((line) => oneScript(line, line.text.split(/\s+/).slice(5).join(' '))),
  ini: (block) => block.flatMap((line) => oneScript(line, /^ExecStart=(.*)$/.exec(line.text)?.[1] ?? '')),
}

/** The scripts in the configuration of a CI: of GitHub's `run`, and of GitLab's `script`. */
function stepsIn(block: readonly Line[], value: unknown): Example[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const scripts: string[] = key === 'run' || key === 'script' ? [inner].flat() : []
    return scripts.length > 0 ? scripts.flatMap((script) => oneScript(block[0], script)) : stepsIn(block, inner)
  })
}

function oneScript(line: Line | undefined, script: string): Example[] {
  return isOurs(script) ? [{ from: line?.from ?? '', script, status: named(script) }] : []
}

function textOf(block: readonly Line[]): string {
  return block.map(({ text }) => text).join('\n')
}

/** What a console block shows as typed, after `$ `. The status is what `echo $?` shows after it. */
function typedIn(block: readonly Line[]): Example[] {
  const starts = block.flatMap(({ text }, at) => (text.startsWith('$ ') ? [at] : []))
  const entries = starts.map((start, i) => entryOf(block.slice(start, starts[i + 1])))
  return entries.flatMap(({ from, script, output }, i) => {
    if (!isOurs(script)) return []
    const next = entries[i + 1]
    if (next?.script === 'echo $?') return [{ from, script, status: Number(next.output[0]) }]
    const isError = output.some(
      (line) => line.startsWith('error: ') || line.startsWith('{"error":') || line.startsWith('✗'),
    )
    return [{ from, script, status: isError ? undefined : 0 }]
  })
}

function entryOf(lines: readonly Line[]): { from: string; script: string; output: string[] } {
  const texts = lines.map(({ text }, at) => (at === 0 ? text.slice(2) : text))
  const last = texts.findIndex((text) => !text.endsWith('\\'))
  return { from: lines[0]?.from ?? '', script: texts.slice(0, last + 1).join('\n'), output: texts.slice(last + 1) }
}

/** A block whose lines are all command lines of ours: each is an example. Any other block is one script. */
function scriptsIn(block: readonly Line[]): Example[] {
  const statements = statementsIn(block.filter(({ text }) => text.trim() !== '' && !text.startsWith('# ')))
  const isSimple = statements.every(({ text }) => text.startsWith('glance-tasks '))
  return isSimple ? statements.flatMap((line) => oneScript(line, line.text)) : oneScript(block[0], textOf(block))
}

/** The lines, joined where a statement goes on. */
function statementsIn(lines: readonly Line[]): Line[] {
  const statements: Line[] = []
  for (const line of lines) {
    const before = statements.at(-1)
    if (before && /(\\|\||&&)$/.test(before.text)) before.text += `\n${line.text}`
    else statements.push({ ...line })
  }
  return statements
}

/** Whether a script runs our program: it, or a script of the same page, stands where the shell expects a command. */
function isOurs(script: string): boolean {
  return /(^|[;&|(!]|\b(if|then|do|else|while|until|env)\b)\s*glance-tasks |\$HOME\/bin\//m.test(script)
}

/** The status that a comment names: `# exit status 3`. */
function named(script: string): number {
  return Number(/# .*\bexit status (\d+)/.exec(script)?.[1] ?? 0)
}

/**
 * The arguments of a command line of ours that needs no shell; undefined if it has a pipe, a variable, a redirection or
 * another program.
 */
export function argumentsOf(script: string): string[] | undefined {
  const line = script.replaceAll('\\\n', ' ').replace(/\s#\s.*$/, '')
  const word = /\s*((?:'[^']*'|"[^"$`\\]*"|[^\s'"$`\\|&;<>(){}*?!#~]+)+)/y
  const words: string[] = []
  while (line.slice(word.lastIndex).trim() !== '') {
    const match = word.exec(line)
    if (!match) return undefined
    words.push((match[1] ?? '').replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'))
  }
  return words[0] === 'glance-tasks' ? words.slice(1) : undefined
}
