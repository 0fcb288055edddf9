import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/schema.js'
import { UsageError } from '../../../src/errors.js'
import { cloud } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'
import { login, send } from '../../helpers/sandbox.js'

describe('the plan of schema', () => {
  it('has the columns of a property, or of the schema as one object', () => {
    const names = (format: 'table' | 'json') => parse(optionsOf({ format })).columns.columns.map(({ name }) => name)
    expect(names('table')).toEqual(['property', 'type', 'values', 'read_only', 'description'])
    expect(names('json')).toEqual(['name', 'properties'])
  })

  it.each<[object, string]>([
    [{ format: 'shell' }, '-f shell'],
    [{ column: ['nothing'] }, 'Unknown column'],
    [{ osCloud: ['a', 'b'] }, 'schema accepts --os-cloud only once'],
  ])('%j is a usage error', (options, message) => {
    expect(() => parse(optionsOf(options))).toThrow(UsageError)
    expect(() => parse(optionsOf(options))).toThrow(message)
  })
})

describe('schema', () => {
  it('prints in json exactly what the cloud sends, also to a user without the admin role', async () => {
    const { box, glance } = await cloud()
    const sent = await send(`${box.imageUrl}/v2/schemas/task`, { token: await login(box) })
    const { status, stdout } = await glance(['schema', '-f', 'json', '--noindent', '--os-cloud', 'sandbox-member'])
    expect(status).toBe(0)
    expect(stdout).toBe(`${JSON.stringify(sent.json)}\n`)
  })

  it('prints a row for each property, with the values of an enumeration, in the other formats', async () => {
    const { glance } = await cloud()
    const rows = (await glance(['schema', '-f', 'value', '-c', 'property,type,values,read_only'])).stdout.split('\n')
    expect(rows.slice(0, 4)).toEqual([
      'id string  false',
      'type string import, api_image_import false',
      'status string pending, processing, success, failure false',
      'input null, object  false',
    ])
    expect(rows).toContain('self string  true')
    const table = (await glance(['schema', '--max-width', '80'])).stdout
    expect(table.split('\n').filter((line) => line.length > 80)).toEqual([])
    // A description is wrapped between words, and not cut.
    expect(table.replaceAll(/[|\s]+/g, ' ')).toContain('The parameters required by task, JSON blob')
  })

  it('prints unknown keys and digits of a newer server', async () => {
    const body = '{"name":"task","properties":{"size":{"enum":[1.0,null],"maximum":18446744073709551615}},"x":[1.0]}'
    const headers = { 'content-type': 'application/json' }
    const { glance } = await cloud({
      faults: ({ path }) =>
        path.endsWith('/schemas/task') ? { kind: 'answer', status: 200, headers, body } : undefined,
    })
    expect((await glance(['schema', '-f', 'jsonl'])).stdout).toBe(`${body}\n`)
    expect((await glance(['schema', '-f', 'yaml'])).stdout).toContain('maximum: 18446744073709551615')
    expect((await glance(['schema', '-f', 'value'])).stdout).toBe('size  1.0, null false \n')
  })

  it('reports an answer that is not a schema', async () => {
    const headers = { 'content-type': 'application/json', 'x-openstack-request-id': 'req-1' }
    const { glance } = await cloud({
      faults: ({ path }) =>
        path.endsWith('/schemas/task') ? { kind: 'answer', status: 200, headers, body: '[]' } : undefined,
    })
    const { status, stdout, stderr } = await glance(['schema'])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^error: The image service's response is not a schema.*req-1.*\nhint: .*glance-tasks doctor/)
  })
})
