import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder } from '../../helpers/cli.js'
import { completed, valuesAt } from '../../helpers/completion.js'

const AUTH = 'auth: {auth_url: "http://127.0.0.1:9/v3", username: u, password: p, project_name: p}'

const CLOUDS = `
clouds:
  prod: {${AUTH}, regions: [RegionOne, RegionTwo]}
  test: {${AUTH}, region_name: Third}
  bare: {${AUTH}}
  public: {profile: otc, ${AUTH}}
`

describe('clouds', () => {
  it('are those of the files', async () => {
    for (const words of [['list', '--os-cloud'], ['clouds'], ['--os-cloud']])
      expect(await valuesAt([...words, ''], { clouds: CLOUDS })).toEqual(['prod', 'test', 'bare', 'public'])
    expect(await valuesAt(['get', '--os-cloud=p'], { clouds: CLOUDS })).toContain('--os-cloud=public')
  })

  it('are offered once', async () => {
    const words = ['list', '--os-cloud', 'prod', '--os-cloud', '']
    expect(await valuesAt(words, { clouds: CLOUDS })).toEqual(['test', 'bare', 'public'])
    expect(await valuesAt(['clouds', 'prod', ''], { clouds: CLOUDS })).not.toContain('test')
  })

  it('are those of the file that the command line names, and of the variables', async () => {
    const file = join(await folder(), 'other.yaml')
    await writeFile(file, `clouds: {other: {${AUTH}}}`)
    const words = ['--os-client-config-file', file, 'list', '--os-cloud', '']
    expect(await valuesAt(words, { clouds: CLOUDS })).toEqual(['other'])
    expect(await valuesAt(words, { clouds: CLOUDS, env: { OS_AUTH_URL: 'http://127.0.0.1:9' } })).toEqual([
      'other',
      'envvars',
    ])
  })
})

describe('regions', () => {
  it.each([
    [
      ['--os-cloud', 'prod'],
      ['RegionOne', 'RegionTwo'],
    ],
    [['--os-cloud=test'], ['Third']],
    [['--os-cloud', 'bare'], []],
    [
      ['--os-cloud', 'public'],
      ['eu-de', 'eu-nl'],
    ],
    [['--os-cloud', 'nope'], []],
    [[], []],
  ])('of %j are %j, without a request', async (cloud, regions) => {
    expect(await valuesAt(['list', ...cloud, '--os-region-name', ''], { clouds: CLOUDS })).toEqual(regions)
    expect(await valuesAt(['import', ...cloud, '--from-region', ''], { clouds: CLOUDS })).toEqual(regions)
  })

  it('are those of the cloud in OS_CLOUD, even if another region is chosen there', async () => {
    const env = { OS_CLOUD: 'prod', OS_REGION_NAME: 'RegionTwo' }
    expect(await valuesAt(['list', '--os-region-name', ''], { clouds: CLOUDS, env })).toEqual([
      'RegionOne',
      'RegionTwo',
    ])
  })
})

describe('names from a file', () => {
  const names = [
    'a b',
    "it's",
    'c:d',
    '$(touch x)',
    '`touch x`',
    'back\\slash',
    '*?[a]{b,c}~!$HOME',
    '--insecure',
    'über',
  ]
  const hostile = ['new\nline', 'tab\tbed', 'esc\u001b[31m', 'bell\u0007', 'right\u202eleft', '']
  const clouds = JSON.stringify({ clouds: Object.fromEntries([...names, ...hostile].map((name) => [name, {}])) })

  it('are offered whatever they contain, except control characters', async () => {
    expect(await valuesAt(['list', '--os-cloud', ''], { clouds })).toEqual(names)
  })

  it('that look like an option are not offered where they would be one', async () => {
    expect(await valuesAt(['clouds', ''], { clouds })).toEqual(names.filter((name) => name !== '--insecure'))
    expect(await valuesAt(['clouds', '--', ''], { clouds })).toEqual(names)
  })
})

describe('a file that cannot be used', () => {
  it.each(['clouds: [', 'clouds: 7', 'clouds: {a: 3}', 'nothing', '\u0000'])('%j offers nothing', async (clouds) => {
    expect(await completed(['get', '--os-cloud', ''], { clouds })).toBeDefined()
    expect(await valuesAt(['get', '--os-cloud', 'a', '--os-region-name', ''], { clouds })).toEqual([])
    expect(await valuesAt(['get', '--os-cloud', 'a', ''], { clouds })).toEqual([])
  })
})
