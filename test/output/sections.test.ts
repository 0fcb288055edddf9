import { expect, it } from 'vitest'
import { STATUS } from '../../src/output/columns.js'
import { sectionsText } from '../../src/output/sections.js'

const SECTIONS = [
  { label: 'Task', paragraphs: [{ text: 'failure: t1', word: 'failure', style: STATUS }, 'failure: none'] },
  { label: 'Cause', paragraphs: ['The source is not here, and nothing can be done.'] },
  { label: 'Evidence', paragraphs: ['- one', '- two\u001b[31m\nthree'] },
]
const plain = () => undefined

it('puts labels on the left, and wraps paragraphs between words', async () => {
  expect(await sectionsText(SECTIONS, { maxWidth: 46 }, plain)).toBe(
    [
      'Task      failure: t1',
      '          failure: none',
      'Cause     The source is not here, and nothing',
      '          can be done.',
      'Evidence  - one',
      '          - two\\u001b[31m\\nthree',
      '',
    ].join('\n'),
  )
})

it('puts paragraphs below their labels where an ID would not fit beside them', async () => {
  const id = '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'
  const sections = [
    ...SECTIONS,
    { label: 'Image', paragraphs: [`active: ${id} (debian)`] },
    { label: 'X', paragraphs: [] },
  ]
  expect(await sectionsText(sections, { maxWidth: 38 }, plain)).toBe(
    [
      'Task',
      '  failure: t1',
      '  failure: none',
      'Cause',
      '  The source is not here, and nothing',
      '  can be done.',
      'Evidence',
      '  - one',
      '  - two\\u001b[31m\\nthree',
      'Image',
      '  active:',
      `  ${id}`,
      '  (debian)',
      '',
    ].join('\n'),
  )
})

it('indents the lines after the first of an item', async () => {
  const sections = [{ label: 'Evidence', paragraphs: ['- the source is not here, and nothing can be done', '- two'] }]
  expect(await sectionsText(sections, { maxWidth: 48 }, plain)).toBe(
    ['Evidence  - the source is not here, and nothing', '            can be done', '          - two', ''].join('\n'),
  )
})

it('gives no command to the runner of a CI system', async () => {
  const sections = [{ label: 'Types', paragraphs: ['import', '::set-output name=a::b', '- ##vso[task.complete]'] }]
  expect(await sectionsText(sections, {}, plain)).toBe(
    ['Types  import', '       \\u003a:set-output name=a::b', '       - #\\u0023vso[task.complete]', ''].join('\n'),
  )
})

it('gives no command to the runner where it wraps a line', async () => {
  const sections = [{ label: 'Types', paragraphs: [`${'import '.repeat(6)}::set-output name=a::b`] }]
  expect(await sectionsText(sections, { maxWidth: 50 }, plain)).toMatch(/^ +\\u003a:set-output name=a::b$/m)
})

it('does not wrap without a width', async () => {
  expect((await sectionsText(SECTIONS, {}, plain)).split('\n')).toHaveLength(6)
})

it('colours the first word of a paragraph that has a colour, and nothing else', async () => {
  const palette = (_style: object, status: string) => (status === 'failure' ? (text: string) => `<${text}>` : undefined)
  const text = await sectionsText(SECTIONS, {}, palette)
  expect(text).toContain('Task      <failure>: t1\n          failure: none\n')
  expect(text.match(/</g)).toHaveLength(1)
})
