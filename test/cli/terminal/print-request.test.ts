import { describe, expect, it } from 'vitest'
import { run } from '../../helpers/cli.js'
import { INPUT } from '../../helpers/command.js'

const BIG = JSON.stringify(INPUT).replace('"image"', '12345678901234567890')
const dryRun = (...argv: string[]) => run(['create', '--type', 'import', '--input', BIG, '--dry-run', ...argv])

describe('the request that a create would send', () => {
  it('is printed as HTTP shows it', async () => {
    const { status, stdout, stderr } = await dryRun()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [line, ...rest] = stdout.split('\n')
    const end = rest.indexOf('')
    expect(line).toBe('POST /v2/tasks')
    expect(rest.slice(0, end)).toEqual([
      'Content-Type: application/json',
      expect.stringMatching(/^X-Openstack-Request-ID: req-[0-9a-f-]{36}$/),
    ])
    const body = rest.slice(end + 1).join('\n')
    expect(JSON.parse(body)).toMatchObject({ type: 'import', input: { import_from: INPUT.import_from } })
    expect(body).toContain('"name": 12345678901234567890')
    expect(body).toMatch(/^\{\n {2}"type": "import"/)
    expect(body.endsWith('}\n')).toBe(true)
  })

  it.each(['csv', 'value', 'shell'])('is printed so with -f %s too, which has no place for it', async (format) => {
    expect((await dryRun('-f', format)).stdout).toMatch(/^POST /)
  })

  it.each(['json', 'jsonl'])('is one object with -f %s', async (format) => {
    const { stdout } = await dryRun('-f', format)
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'POST',
      path: '/v2/tasks',
      headers: { 'Content-Type': 'application/json', 'X-Openstack-Request-ID': expect.stringMatching(/^req-/) },
      body: { type: 'import', input: { import_from_format: 'raw' } },
    })
    expect(stdout).toContain('12345678901234567890')
  })

  it('is a document with -f yaml', async () => {
    const { stdout } = await dryRun('-f', 'yaml')
    expect(stdout).toMatch(/^method: POST\npath: \/v2\/tasks\nheaders:\n/)
  })
})
