import { describe, expect, it } from 'vitest'
import { BadRequestError, ForbiddenError } from '../../../src/errors.js'
import { explainRefusal } from '../../../src/tasks/create/refusal.js'

/** Messages of Glance 25.1, without their `<br />`. */
const UNKNOWN_TYPE = `Provided object does not match schema 'task': 'imprt' is not one of ['import', 'api_image_import']
Failed validating 'enum' in schema['properties']['type']:
{'description': 'The type of task represented by this content',
'enum': ['import', 'api_image_import'],
'type': 'string'}
On instance['type']:
'imprt'`
const WRONG_INPUT = `Provided object does not match schema 'task': 'x' is not of type 'null', 'object'
Failed validating 'type' in schema['properties']['input']:
{'description': 'The parameters required by task, JSON blob',
'type': ['null', 'object']}
On instance['input']:
'x'`

const refusal = (message: string) => new BadRequestError(message, { status: 400, requestId: 'req-1' })
const explained = (message: string, type = 'import') => explainRefusal(refusal(message), type) as BadRequestError

describe('a rejection by Glance', () => {
  it('of an unknown type lists the types, with a suggestion', () => {
    const error = explained(UNKNOWN_TYPE, 'imprt')
    expect(error).toMatchObject({
      message: 'Glance has no task type "imprt". Its types are import, api_image_import.',
      hint: 'Did you mean "import"?',
      status: 400,
      requestId: 'req-1',
    })
    expect(explained(UNKNOWN_TYPE.replaceAll('imprt', 'export_all'), 'export_all')).toMatchObject({
      hint: 'Choose one of these types.',
      remedy: { kind: 'choose_type' },
    })
  })

  it('of an invalid object names the problem in one line', () => {
    const error = explained(WRONG_INPUT)
    expect(error.message).toBe("Provided object does not match schema 'task': 'x' is not of type 'null', 'object'")
    expect(error.hint).toContain('/v2/schemas/task')
  })

  it('of a URL by the filter explains the filter', () => {
    const error = explained('URI for legacy import task does not pass filtering: http://h:81/x')
    expect(error.message).toBe('URI for legacy import task does not pass filtering: http://h:81/x')
    expect(error.hint).toMatch(/cannot resolve the host.*80 and 443/)
  })

  it('of a URL scheme names the valid schemes', () => {
    const text =
      "The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']"
    expect(explained(text).hint).toBe('Write a URL that begins with http:// or https://, in lower case.')
  })

  it('of another enum value lists no types', () => {
    const first = "Provided object does not match schema 'task': 'x' is not one of ['raw', 'qcow2']"
    const error = explained(`${first}\nFailed validating 'enum' in schema['properties']['input']:`)
    expect(error.message).toBe(first)
    expect(error.hint).toContain('/v2/schemas/task')
  })

  it('that only quotes such words is unchanged', () => {
    for (const text of [
      'A proxy says: The given uri is not valid. Please specify a valid uri from the list',
      "A proxy says: Provided object does not match schema 'task': 'x' is not one of ['a']",
    ]) {
      const other = refusal(text)
      expect(explainRefusal(other, 'import')).toBe(other)
    }
  })

  it('of anything else is unchanged', () => {
    const other = refusal("Task 'input' is required")
    expect(explainRefusal(other, 'import')).toBe(other)
    const forbidden = new ForbiddenError(UNKNOWN_TYPE, { status: 403 })
    expect(explainRefusal(forbidden, 'import')).toBe(forbidden)
  })

  it('is parsed in linear time', () => {
    const hostile = `Provided object does not match schema 'task': ${"['".repeat(500_000)}\n['properties']['type']`
    expect(explained(hostile).status).toBe(400)
  })
})
