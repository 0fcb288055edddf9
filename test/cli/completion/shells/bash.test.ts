import { describe, expect, it } from 'vitest'
import { readBashLine } from '../../../../src/cli/completion/shells/bash-words.js'
import { run } from '../../../helpers/cli.js'

const TAB = '9'
const LIST = '63'

/** The lines of the answer to a press of Tab in bash. `replaced` is what readline takes for the word. */
async function answer(line: string, replaced: string, { type = TAB, columns = '80', clouds = '' } = {}) {
  const { stdout } = await run(['__complete', 'bash', type, columns, replaced, '--', line], { clouds })
  return stdout.split('\n').slice(0, -1)
}

describe('a command line of bash', () => {
  it.each<[string, string[], string, string?]>([
    ['glance-tasks ', [], ''],
    ['gt list --status', ['list'], '--status'],
    [`gt "a b"'c d' e\\ f  "g \\"h \\$i \\j" x`, ['a bc d', 'e f', 'g "h $i \\j'], 'x'],
    ["gt '' ''", [''], ''],
    ['gt --name "a b', ['--name'], 'a b', '"'],
    ["gt --name='it", [], '--name=it', "'"],
    ['gt $(touch x) `y` $HOME ~', ['$(touch', 'x)', '`y`', '$HOME'], '~'],
    ['gt list >out 2>> err &>all < in -', ['list'], '-'],
    ['gt a\\', [], 'a'],
  ])('%j is read without expanding anything', (text, words, current, quote) => {
    expect(readBashLine(text)).toEqual({ words, current, quote })
  })
})

describe('the answer for bash', () => {
  it('has the part of a word that readline replaces', async () => {
    expect(await answer('glance-tasks li', 'li')).toEqual(['values', 'list'])
    expect(await answer('glance-tasks list --format=js', 'js')).toEqual(['values', 'json', 'jsonl'])
    expect(await answer('glance-tasks list --format=', '')).toContain('yaml')
    expect(await answer('glance-tasks list --sort created_at:d', 'd')).toEqual(['values', 'desc'])
    // Without = and : in COMP_WORDBREAKS.
    expect(await answer('glance-tasks list --format=jsonl', '--format=jsonl')).toEqual(['values', '--format=jsonl'])
    expect(await answer('glance-tasks list --status failure,pr', 'failure,pr')).toEqual([
      'values',
      'failure,processing',
    ])
  })

  it('matches any letter case if nothing matches as it is typed', async () => {
    expect(await answer('glance-tasks list -f JSONL', 'JSONL')).toEqual(['values', 'jsonl'])
    expect(await answer('glance-tasks LI', 'LI')).toEqual(['values', 'list'])
  })

  it('keeps the cursor behind a word that goes on', async () => {
    expect(await answer('glance-tasks import --checksum sha512', 'sha512')).toEqual(['nospace', 'sha512:'])
  })

  it('leaves files and other commands to bash', async () => {
    expect(await answer('glance-tasks import ', '')).toEqual(['files'])
    expect(await answer('glance-tasks sandbox -- l', 'l')).toEqual(['command'])
    expect(await answer('glance-tasks list --limit ', '')).toEqual(['values'])
  })

  it('has descriptions only in a list of several', async () => {
    expect(await answer('glance-tasks lo', 'lo', { type: LIST })).toEqual(['values', 'logout'])
    expect(await answer('glance-tasks l', 'l', { type: LIST })).toEqual([
      'values',
      'list    (List tasks, newest first)      ',
      'logout  (Delete cached tokens)          ',
    ])
    expect(await answer('glance-tasks l', 'l')).toEqual(['values', 'list', 'logout'])
    const narrow = await answer('glance-tasks ', '', { type: LIST, columns: '40' })
    expect(narrow.filter((row) => row.length > 40)).toEqual([])
    expect(narrow.join()).toContain('...)')
  })

  it('quotes whatever has a meaning in bash', async () => {
    const names = [
      '$(x)',
      '`x`',
      "it's",
      'a b',
      '*?[a]{b,c}',
      '!1',
      '~',
      'a;b|c&d>e<f',
      '#c',
      'back\\',
      'plain.x:1',
      'ü@x',
    ]
    const clouds = JSON.stringify({ clouds: Object.fromEntries(names.map((name) => [name, {}])) })
    const [, ...values] = await answer('glance-tasks clouds ', '', { clouds })
    expect(values).toEqual([
      '\\$\\(x\\)',
      '\\`x\\`',
      "it\\'s",
      'a\\ b',
      '\\*\\?\\[a\\]\\{b,c\\}',
      '\\!1',
      '\\~',
      'a\\;b\\|c\\&d\\>e\\<f',
      '\\#c',
      'back\\\\',
      'plain.x:1',
      'ü@x',
    ])
    // In an open quote, only what bash takes literally there.
    expect(await answer('glance-tasks clouds "', '', { clouds })).toEqual([
      'values',
      "it's",
      'a b',
      '*?[a]{b,c}',
      '~',
      'a;b|c&d>e<f',
      '#c',
      'plain.x:1',
      'ü@x',
    ])
    expect(await answer("glance-tasks clouds 'a", 'a', { clouds })).toEqual(['values', 'a b', 'a;b|c&d>e<f'])
  })
})
