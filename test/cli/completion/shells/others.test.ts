import { describe, expect, it } from 'vitest'
import { run } from '../../../helpers/cli.js'

const NAMES = ['c:d', 'back\\slash', "it's", '$(x)', 'a b', 'x‘y', '-n']
const clouds = JSON.stringify({ clouds: Object.fromEntries(NAMES.map((name) => [name, {}])) })

async function lines(argv: string[]): Promise<string[]> {
  return (await run(['__complete', ...argv], { clouds })).stdout.split('\n').slice(0, -1)
}

describe('the answer for zsh', () => {
  it('has the head on a line of its own, and what _describe expects', async () => {
    expect(await lines(['zsh', '--', 'lo'])).toContain('logout:Delete cached tokens')
    expect(await lines(['zsh', '--', 'list', '--status', 'pending,'])).toEqual([
      'values',
      'pending,',
      'processing',
      'success',
      'failure',
    ])
    expect((await lines(['zsh', '--', 'list', '--format=x'])).slice(0, 3)).toEqual(['values', '--format=', 'table'])
    expect(await lines(['zsh', '--', 'create', '--input=x'])).toEqual(['files', '--input='])
    expect((await lines(['zsh', '--', 'import', '--checksum', ''])).slice(0, 3)).toEqual(['nospace', '', 'md5\\:'])
    expect(await lines(['zsh', '--', 'sandbox', '--', ''])).toEqual(['command'])
    const escaped = NAMES.map((name) => name.replaceAll('\\', '\\\\').replaceAll(':', '\\:'))
    expect(await lines(['zsh', '--', 'list', '--os-cloud', ''])).toEqual(['values', '', ...escaped])
  })
})

describe('the answer for fish', () => {
  it('has whole words and descriptions, unquoted', async () => {
    expect(await lines(['fish', '--', 'list', '--format="js'])).toContain('--format=jsonl\t')
    expect((await lines(['fish', '--', 'list', '--status', "'pending,"]))[1]).toBe('pending,processing\t')
    expect(await lines(['fish', '--', 'list', '--os-cloud', ''])).toEqual([
      'values',
      ...NAMES.map((name) => `${name}\t`),
    ])
    expect(await lines(['fish', '--', 'create', '--input=x'])).toEqual(['files', '--input='])
  })
})

describe('the answer for PowerShell', () => {
  /** The words as the script passes them: encoded behind a dot. */
  const encoded = (words: string[]) => words.map((word) => `.${encodeURIComponent(word)}`)
  const answer = (words: string[], replaced = words.at(-1) ?? '') =>
    lines(['powershell', ...encoded([replaced]), '--', ...encoded(words)])

  it('has the text to insert, what is shown, and a description', async () => {
    expect(await answer(['lo'])).toEqual(['values', 'logout\tlogout\tDelete cached tokens'])
    expect(await answer(['list', '--format=jsonl'])).toEqual([
      'values',
      '--format=jsonl\t--format=jsonl\t--format=jsonl',
    ])
    expect(await answer(['list', '--lo'])).toEqual([
      'values',
      '--long\t--long\talso show input, message and result (one request per task)',
    ])
  })

  it('replaces only what PowerShell takes for the word', async () => {
    expect(await answer(['list', '--status', 'pending,su'], 'su')).toEqual(['values', 'success\tsuccess\tsuccess'])
  })

  it('quotes what has a meaning in PowerShell, which has five single quotes', async () => {
    const texts = (await answer(['list', '--os-cloud', ''])).slice(1).map((line) => line.split('\t')[0])
    expect(texts).toEqual(['c:d', "'back\\slash'", "'it''s'", "'$(x)'", "'a b'", "'x‘‘y'", '-n'])
  })

  it('leaves files to PowerShell, and no others', async () => {
    expect(await answer(['import', ''])).toEqual(['files'])
    expect(await answer(['list', '--limit', ''])).toEqual(['values'])
  })
})
