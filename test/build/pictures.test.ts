import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
// @ts-expect-error the scripts have no types
import { SCENES } from '../../scripts/pictures/scenes.js'
// @ts-expect-error the scripts have no types
import { svgOf } from '../../scripts/pictures/svg.js'
// @ts-expect-error the scripts have no types
import { screenOf } from '../../scripts/pictures/terminal.js'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('a picture', () => {
  it('shows the screen of a real pseudo-terminal, with its colours', async () => {
    const command = "printf 'a \\033[1;31mred\\033[m <b>\\n'; tput cols"
    const env = { PATH: process.env.PATH, TERM: 'xterm-256color' }
    const lines = await screenOf(command, { columns: 50, env })
    const plain = { bold: false, dim: false, underline: false }
    expect(lines).toEqual([
      [
        { text: 'a ', column: 0, ...plain },
        { text: 'red', column: 2, colour: 1, ...plain, bold: true },
        { text: ' <b>', column: 5, ...plain },
      ],
      [{ text: '50', column: 0, ...plain }],
    ])
    const svg = svgOf(lines, 50, 'a & b')
    expect(svg).toContain('<title>a &amp; b</title>')
    expect(svg).toMatch(/<text x="32.8" y="30" [^>]*fill="#e06c75" font-weight="bold">red<\/text>/)
    expect(svg).toContain('> &lt;b&gt;</text>')
  })

  it('may end a command that never ends', async () => {
    const env = { PATH: process.env.PATH }
    const lines = await screenOf('echo ready; sleep 1000', { columns: 20, env, until: /ready/ })
    expect(lines).toMatchObject([[{ text: 'ready' }]])
  })
})

const scenes = SCENES as { name: string; command: string }[]

it('every scene has a picture of its command, and every picture a scene', () => {
  const names = scenes.map(({ name }) => `${name}.svg`).sort()
  expect(readdirSync(new URL('../../docs/pictures', import.meta.url)).sort()).toEqual(names)
  for (const { name, command } of scenes) {
    expect(read(`docs/pictures/${name}.svg`)).toContain(`<title>$ ${command}</title>`)
  }
})

it('README.md and docs/ show every picture', () => {
  const documents = ['README.md', ...readdirSync(new URL('../../docs', import.meta.url)).map((name) => `docs/${name}`)]
  const text = documents
    .filter((path) => path.endsWith('.md'))
    .map(read)
    .join('\n')
  expect(scenes.filter(({ name }) => !text.includes(`pictures/${name}.svg`))).toEqual([])
})
