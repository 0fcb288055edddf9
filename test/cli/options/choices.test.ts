import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { meantBy, spelled } from '../../../src/cli/options/choices.js'
import { completeProgram } from '../../../src/cli/program.js'
import { TASK_STATUSES, TASK_TYPES } from '../../../src/tasks/task.js'

const program = await completeProgram({ stdout: {}, env: {} } as Context)
const closed = [program, ...program.commands].flatMap((command) =>
  [...command.options, ...command.registeredArguments]
    .filter(({ argChoices }) => argChoices !== undefined)
    .map((option) => ({ name: `${command.name()} ${option.name()}`, option })),
)

describe('a closed list of values', () => {
  it('is one of these', () => {
    expect(closed.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'glance-tasks format',
        'glance-tasks color',
        'list status',
        'list sort-dir',
        'import method',
      ]),
    )
  })

  it.each(closed)(
    '$name is matched in any letter case, and a wrong value is answered with all of them',
    ({ option }) => {
      const { argChoices = [], parseArg } = option
      for (const choice of argChoices) {
        expect([parseArg?.(choice.toUpperCase(), undefined as unknown)].flat()).toEqual([choice])
        expect([parseArg?.(` ${choice} `, undefined as unknown)].flat()).toEqual([choice])
      }
      expect(() => parseArg?.('xyzzy', undefined as unknown)).toThrow(/( does not accept|^Unknown shell) "xyzzy"\.$/)
      try {
        parseArg?.(`${argChoices[0]}q`, undefined as unknown)
      } catch (error) {
        const list = `Its values are: ${argChoices.join(', ')}.`
        expect(error).toMatchObject({ code: 'usage', hint: `Did you mean "${argChoices[0]}"? ${list}` })
      }
    },
  )
})

it.each([
  ['failed', 'failure'],
  ['ERROR', 'failure'],
  ['done', 'success'],
  ['ok', 'success'],
  ['In-Progress', 'processing'],
  ['running', 'processing'],
  ['queued', 'pending'],
  ['proc', 'processing'],
  ['p', undefined],
  ['sucess', 'success'],
  ['nothing', undefined],
])('the status %s means %s', (word, status) => {
  expect(meantBy(word, TASK_STATUSES)).toBe(status)
})

it.each([
  ['imprt', 'import'],
  ['api-image-import', 'api_image_import'],
  ['api', 'api_image_import'],
  ['web-download', 'api_image_import'],
  ['constructor', undefined],
  ['i', undefined],
])('the type %s means %s', (word, type) => {
  expect(meantBy(word, TASK_TYPES)).toBe(type)
})

it('a known value may be in any case, with - or _', () => {
  expect(spelled('API-Image_import', TASK_TYPES)).toBe('api_image_import')
  expect(spelled('imprt', TASK_TYPES)).toBeUndefined()
})
