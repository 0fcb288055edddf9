import { describe, expect, it } from 'vitest'
import { completeProgram } from '../../../src/cli/program.js'
import { FORMATS } from '../../../src/output/index.js'
import { run } from '../../helpers/cli.js'
import { COMMAND_NAMES } from '../../helpers/command-names.js'
import { completed, valuesAt } from '../../helpers/completion.js'

const program = await completeProgram({} as Parameters<typeof completeProgram>[0])

describe('at the beginning', () => {
  it('offers every command and alias, with its summary', async () => {
    const { values, descriptions } = await completed([''])
    expect([...values].sort()).toEqual([...COMMAND_NAMES, 'help', 'show'].sort())
    expect(descriptions.list).toBe('List tasks, newest first')
    expect(descriptions.show).toBe(descriptions.get)
    // After options, too, and no file.
    expect(await valuesAt(['-f', 'json', '--quiet', ''])).toEqual(values)
  })

  it('offers nothing after an unknown command', async () => {
    expect(await valuesAt(['lst', ''])).toEqual([])
    expect(await valuesAt(['lst', '--'])).toEqual([])
  })
})

describe('options', () => {
  it.each(COMMAND_NAMES)('of %s are all offered, its own first', async (name) => {
    const command = program.commands.find((each) => each.name() === name)
    const own = command?.options.map(({ long }) => long) ?? []
    const offered = await valuesAt([name, '--'])
    expect(offered.slice(0, own.length)).toEqual(own)
    for (const option of ['--help', '--format', '--os-cloud', '--no-token-cache']) expect(offered).toContain(option)
    expect(offered).not.toContain('--version')
  })

  it('have their descriptions', async () => {
    const { descriptions } = await completed(['list', '--'])
    const described = program.commands.find((each) => each.name() === 'list')?.options ?? []
    for (const { long = '', description } of described) expect(descriptions[long]).toBe(description)
    expect(Object.values(descriptions).filter((text) => text === '')).toEqual([])
  })

  it('have short names after a single dash', async () => {
    const offered = await valuesAt(['list', '-'])
    for (const option of ['-f', '-c', '-q', '-v', '-h', '--format', '--status']) expect(offered).toContain(option)
    expect(await valuesAt(['list', '--'])).not.toContain('-f')
    expect(await valuesAt(['-'])).toContain('-V')
  })

  it('that log in are offered for a word that begins like them', async () => {
    expect(await valuesAt(['list', '--'])).not.toContain('--os-username')
    expect(await valuesAt(['list', '--o'])).toContain('--os-username')
    expect(await valuesAt(['list', '--os-us'])).toContain('--os-user-id')
  })

  it('are offered once, unless they are repeatable', async () => {
    const given = ['--long', '-qf', 'json', '--limit=3', '--status', 'failure', '-cid', '--sort', 'id', '--no-header']
    const offered = await valuesAt(['--color', 'never', 'list', ...given, '-'])
    for (const option of ['--long', '--quiet', '-q', '--format', '-f', '--limit', '--sort', '--color', '--no-header'])
      expect(offered).not.toContain(option)
    for (const option of ['--status', '--column', '-c', '--type', '--timing']) expect(offered).toContain(option)
  })

  it('may name several clouds where a command can query several', async () => {
    for (const name of ['list', 'wait'])
      expect(await valuesAt([name, '--os-cloud', 'a', '--os-c'])).toContain('--os-cloud')
    for (const name of ['get', 'doctor']) {
      expect(await valuesAt([name, '--os-cloud', 'a', '--os-c'])).not.toContain('--os-cloud')
    }
  })

  it('are offered where a command takes nothing else, and not after --', async () => {
    expect(await valuesAt(['doctor', ''])).toContain('--format')
    expect(await valuesAt(['doctor', '--', ''])).toEqual([])
    expect(await valuesAt(['doctor', '--', '--f'])).toEqual([])
  })
})

describe('the values of an option', () => {
  const closed = [program, ...program.commands].flatMap((command) =>
    command.options.flatMap(({ long = '', short, argChoices }) =>
      argChoices === undefined || long === '--format'
        ? []
        : [{ words: command === program ? [] : [command.name()], long, short, argChoices }],
    ),
  )

  it('are those of its closed list, for every option that has one, in each spelling', async () => {
    expect(closed.length).toBeGreaterThan(7)
    for (const { words, long, short, argChoices } of closed) {
      expect(await valuesAt([...words, long, ''])).toEqual(argChoices)
      expect(await valuesAt([...words, `${long}=`])).toEqual(argChoices.map((value) => `${long}=${value}`))
      if (short) expect(await valuesAt([...words, short, ''])).toEqual(argChoices)
    }
  })

  it.each([
    [['get', '-f'], FORMATS],
    [['get', '-qf'], FORMATS],
    [
      ['report', '-f'],
      ['table', 'json', 'yaml', 'prometheus'],
    ],
    [
      ['report', '--fail-on'],
      ['failure', 'stuck'],
    ],
    [
      ['list', '--status'],
      ['pending', 'processing', 'success', 'failure'],
    ],
    [
      ['list', '--type'],
      ['import', 'api_image_import', 'location_import'],
    ],
    [
      ['create', '--type'],
      ['import', 'api_image_import', 'location_import'],
    ],
    [
      ['list', '--color'],
      ['auto', 'always', 'never'],
    ],
    [
      ['list', '--sort-dir'],
      ['asc', 'desc'],
    ],
    [
      ['create', '--if-unknown'],
      ['fail', 'resend'],
    ],
    [
      ['import', '--visibility'],
      ['public', 'private', 'shared', 'community'],
    ],
    [
      ['import', '--method'],
      ['web-download', 'glance-direct', 'copy-image', 'glance-download'],
    ],
    [['import', '--fallback'], ['local']],
    [['--os-interface'], ['public', 'internal', 'admin']],
  ])('%j are %j', async (words, values) => {
    expect(await valuesAt([...words, ''])).toEqual(values)
  })

  it('are the usual ones where others are possible', async () => {
    for (const words of [
      ['import', '--disk-format'],
      ['create', '--disk-format'],
      ['create', '--import-from-format'],
    ])
      expect(await valuesAt([...words, ''])).toEqual(expect.arrayContaining(['qcow2', 'raw', 'iso']))
    expect(await valuesAt(['import', '--container-format', ''])).toContain('bare')
    expect(await valuesAt(['doctor', '--os-auth-type', ''])).toContain('v3applicationcredential')
    expect(await valuesAt(['import', '--checksum', ''])).toContain('sha256:')
  })

  it('may be a list, with commas or repeated: none is offered twice', async () => {
    expect(await valuesAt(['list', '--status', 'pending,'])).toEqual([
      'pending,processing',
      'pending,success',
      'pending,failure',
    ])
    expect(await valuesAt(['list', '--status=pending,success,f'])).toEqual([
      '--status=pending,success,processing',
      '--status=pending,success,failure',
    ])
    expect(await valuesAt(['list', '--status', 'pending', '--status', ''])).toEqual([
      'processing',
      'success',
      'failure',
    ])
    expect(await valuesAt(['list', '--sort-dir', 'asc,'])).toEqual(['asc', 'desc'])
  })

  it('can be a column and a direction to sort by', async () => {
    const keys = ['id', 'type', 'status', 'owner', 'created_at', 'updated_at', 'expires_at']
    expect(await valuesAt(['list', '--sort', ''])).toEqual(keys)
    expect(await valuesAt(['list', '--sort-key', ''])).toEqual(keys)
    expect(await valuesAt(['list', '--sort', 'owner:'])).toEqual(expect.arrayContaining(['owner:asc', 'owner:desc']))
  })

  it('are unknown for numbers and texts: no files either', async () => {
    for (const words of [
      ['list', '--limit'],
      ['create', '--name'],
      ['list', '--since'],
      ['list', '--nope'],
    ]) {
      expect(await completed([...words, 'x'])).toMatchObject({ kind: 'values', values: [] })
    }
    expect(await valuesAt(['list', '--nope='])).toEqual([])
    expect(await valuesAt(['list', '--quiet='])).toEqual([])
  })

  it('are the next word, whatever it looks like', async () => {
    expect(await valuesAt(['list', '--format', '-'])).toEqual(FORMATS)
    // And a value that looks like an option is none.
    expect(await valuesAt(['create', '--name', '--long', '--dry'])).toContain('--dry-run')
  })
})

describe('files', () => {
  it('are left to the shell, for every option that names one', async () => {
    const options = [program, ...program.commands].flatMap((command) =>
      command.options
        .filter(({ flags }) => /<file/.test(flags))
        .map(({ long = '' }) => [...(command === program ? ['get'] : [command.name()]), long]),
    )
    expect(options.map((words) => words.at(-1))).toEqual(
      expect.arrayContaining(['--input', '--from', '--report', '--state', '--os-cacert', '--os-client-config-file']),
    )
    for (const words of options) expect(await completed([...words, ''])).toMatchObject({ kind: 'files', values: [''] })
    expect(await completed(['create', '--input=dir/f'])).toMatchObject({ kind: 'files', values: ['--input='] })
  })

  it('are the sources of an import', async () => {
    expect(await completed(['import', ''])).toMatchObject({ kind: 'files' })
    expect(await completed(['import', 'one', ''])).toMatchObject({ kind: 'values' })
  })
})

describe('other arguments', () => {
  it('are the shells of completion and the pages of help', async () => {
    expect(await valuesAt(['completion', ''])).toEqual(['bash', 'zsh', 'fish', 'powershell'])
    expect(await valuesAt(['help', ''])).toEqual(expect.arrayContaining(['list', 'import', 'auth', 'options']))
    expect(await valuesAt(['help', 'list', ''])).not.toContain('list')
  })

  it('of sandbox are a command line of its own', async () => {
    expect(await valuesAt(['sandbox', ''])).toEqual(['--'])
    expect(await completed(['sandbox', '--tls', '--', 'l'])).toMatchObject({ kind: 'command' })
    expect(await completed(['sandbox', '--', 'ls', '-'])).toMatchObject({ kind: 'command' })
    expect(await completed(['sandbox', 'glance-tasks', ''])).toMatchObject({ kind: 'command' })
    expect(await valuesAt(['sandbox', '--', 'glance-tasks', 'list', '--color', ''])).toEqual([
      'auto',
      'always',
      'never',
    ])
  })
})

describe('the columns of', () => {
  it.each([
    [['list'], ['id', 'created_at'], ['message', 'request_id']],
    [['list', '--long'], ['id', 'message'], ['name']],
    [['list', '--image', 'ID'], ['request_id'], ['name']],
    [['get', 'SOME-ID'], ['id', 'message', 'request_id'], ['name']],
    [['clouds'], ['name', 'auth_type', 'region', 'file'], ['id', 'setting']],
    [['clouds', 'prod'], ['setting', 'value', 'source'], ['file']],
    [['clouds', '--os-cloud', 'prod', '-f', 'json'], ['name', 'settings', 'sources'], ['value']],
    [['doctor'], ['step', 'status', 'hint', 'ms'], ['id']],
    [['schema'], ['property', 'values'], ['id']],
    [['schema', '-f', 'yaml'], ['name', 'properties'], ['property']],
    [['report'], ['total', 'by_status', 'stuck'], ['id']],
    [['explain', 'SOME-ID'], ['cause', 'evidence', 'remedy'], ['status']],
    [['import', 'FILE'], ['id', 'status'], ['outcome']],
    [['import', 'FILE', '--dry-run'], ['check', 'detail'], ['id']],
    [['import', '--from', 'FILE'], ['outcome', 'task_id'], ['status']],
    [['import', '--from', 'FILE', '--dry-run'], ['action', 'method'], ['outcome']],
  ])('%j are offered, and the command accepts them', async (words, some, not) => {
    const offered = await valuesAt([...words, '-c', ''])
    expect(offered).toEqual(expect.arrayContaining(some))
    for (const name of not) expect(offered).not.toContain(name)
    expect((await run([...words, '-c', offered.join(',')])).stderr).not.toMatch(/column|does not contain/)
    expect((await run([...words, '-c', 'nonsense'])).stderr).toContain('column')
  })

  it('a task can be chosen before the command, in a list, and inside', async () => {
    expect(await valuesAt(['-c', ''])).toContain('created_at')
    expect(await valuesAt(['get', '-c', 'id,sta'])).toContain('id,status')
    expect(await valuesAt(['get', '-c', 'id,'])).not.toContain('id,id')
    expect(await valuesAt(['get', '--column=result.'])).toContain('--column=result.image_id')
  })

  it('commands that print no rows are none', async () => {
    expect(await valuesAt(['get', '-c', ''])).not.toContain('result.image_id')
    expect(await valuesAt(['get', '-c', 'id,result.'])).toContain('id,result.image_id')
    for (const name of ['logout', 'sandbox', 'completion', 'help']) expect(await valuesAt([name, '-c', ''])).toEqual([])
  })
})
