import { describe, expect, it } from 'vitest'
import { run } from '../../helpers/cli.js'
import { cloud, INPUT } from '../../helpers/command.js'

const create = (...argv: string[]) => run(['create', '--type', 'import', ...argv])

describe('--input that is not what it should be', () => {
  it('is a whole task', async () => {
    const { status, stderr } = await create('--input', JSON.stringify({ id: 'x', type: 'import', input: INPUT }))
    expect(status).toBe(2)
    expect(stderr).toBe(
      'error: The input is a complete task with the keys type and input.\n' +
        'hint: Use only its input: jq .input FILE | glance-tasks create --type import --input -\n',
    )
  })

  it('is an object of another type of task, which may have such keys', async () => {
    const input = JSON.stringify({ type: 'anything', input: {} })
    const { status } = await run(['create', '--type', 'other', '--input', input, '--dry-run'])
    expect(status).toBe(0)
  })

  it.each([
    ['{import_from:http://h/x}', '1:2'],
    ["{'import_from': 'http://h/x'}", '1:2'],
    ['{\\"import_from\\": \\"x\\"}', '1:2'],
    ['{import_from:', '1:2'],
  ])('was broken by the shell: %s', async (input, place) => {
    const { status, stderr } = await create('--input', input)
    expect(status).toBe(2)
    expect(stderr).toContain(`error: --input:${place}: invalid JSON: `)
    expect(stderr).toContain("hint: Quote the JSON with single quotes: '{")
  })

  it('was cut into words by the shell', async () => {
    const { status, stderr } = await create('--input', '{import_from:', 'http://h/x}')
    expect(status).toBe(2)
    expect(stderr).toContain(`hint: Quote a value that contains spaces: --input '{"key": "value"}'`)
  })

  it('is invalid JSON on standard input, without advice about the shell', async () => {
    const { stderr } = await run(['create', '--type', 'import', '--input', '-'], { stdin: '{nope}' })
    expect(stderr).toMatch(/hint: Fix the JSON at this position\.\n$/)
  })
})

describe('what Glance refuses', () => {
  it('is a type that it does not have', async () => {
    const { glance } = await cloud()
    const { status, stderr } = await glance(['create', '--type', 'imprt', '--input', '{}'])
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /^error: Glance has no task type "imprt"\. Its types are import, api_image_import\. \(HTTP 400, request req-.*\)\nhint: Did you mean "import"\?\n$/,
    )
  })

  it('is a URL that its filter does not let through', async () => {
    const { glance } = await cloud()
    const input = JSON.stringify({ ...INPUT, import_from: 'http://127.0.0.1:1/x' })
    const { status, stderr } = await glance(['create', '--type', 'import', '--input', input])
    expect(status).toBe(1)
    expect(stderr).toContain('error: URI for legacy import task does not pass filtering: http://127.0.0.1:1/x')
    expect(stderr).toContain(
      'hint: Glance cannot resolve the host, or its operator does not allow the host or the port',
    )
  })
})
