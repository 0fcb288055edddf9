import { describe, expect, it } from 'vitest'
import { cloud, FAILING, INPUT } from '../../helpers/command.js'

/** A cloud in which one task has failed. */
async function withFailed(input: object = FAILING) {
  const world = await cloud()
  const failed = await world.create(input)
  await world.glance(['wait', failed, '--poll-interval', '20ms', '-q'])
  return { ...world, failed }
}

describe('retry', () => {
  it('starts a task of the same type with the same input, to its last digit, and prints it', async () => {
    const { glance, failed, create } = await withFailed()
    const { status, stdout, stderr } = await glance(['retry', failed, '-f', 'json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const task = JSON.parse(stdout)
    expect(task).toMatchObject({ type: 'import', status: 'pending', input: FAILING })
    expect(task.id).not.toBe(failed)

    const exact = `{"import_from":"http://h/404","import_from_format":"raw","image_properties":{"big":12345678901234567890}}`
    void create
    const argv = ['create', '--type', 'import', '--input', exact, '--wait', '--poll-interval', '20ms', '-q']
    const first = (await glance([...argv, '-f', 'value', '-c', 'id'])).stdout.trim()
    expect((await glance(['retry', first, '-f', 'json'])).stdout).toContain('"big": 12345678901234567890')
  })

  it('with --wait follows the new task, and ends with 3 when it fails again', async () => {
    const { glance, failed } = await withFailed()
    const { status, stdout } = await glance(['retry', failed, '--wait', '--poll-interval', '20ms', '-f', 'json'])
    expect(status).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'failure' })
  })

  it('takes the id from standard input', async () => {
    const { glance, failed } = await withFailed()
    expect(await glance(['retry', '-'], { stdin: `${failed}\n` })).toMatchObject({ status: 0 })
    expect(await glance(['retry', '-'], { stdin: 'a\nb\n' })).toMatchObject({ status: 2 })
    expect(await glance(['retry', '-'])).toMatchObject({ status: 2 })
  })

  it('starts nothing where the task has not failed, or is not there', async () => {
    const { glance, create } = await cloud({ taskDuration: 3_600_000 })
    const id = await create(INPUT)
    const { status, stdout, stderr } = await glance(['retry', id])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(`Task ${id} has not failed, it is pending`)
    expect(stderr).toContain(`hint: See how it ends with: glance-tasks wait ${id}`)
    expect(await glance(['retry', '00000000-0000-4000-8000-000000000000'])).toMatchObject({ status: 5 })
    expect(JSON.parse((await glance(['list', '-f', 'json'])).stdout)).toHaveLength(1)
  })

  it('says how to start once more what has succeeded', async () => {
    const { glance, create } = await cloud()
    const id = await create(INPUT, '--wait', '--poll-interval', '20ms')
    const { status, stderr } = await glance(['retry', id])
    expect(status).toBe(1)
    expect(stderr).toContain('glance-tasks create --type import --input -\n')
  })

  it('knows the options of a wait only with --wait', async () => {
    const { glance } = await cloud()
    const { status, stderr } = await glance(['retry', 'x', '--timeout', '5'])
    expect(status).toBe(2)
    expect(stderr).toContain('--timeout needs --wait')
  })
})
