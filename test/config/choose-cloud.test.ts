import { describe, expect, test } from 'vitest'
import { chooseCloud } from '../../src/config/choose-cloud.js'
import { summariseClouds } from '../../src/config/cloud-summaries.js'
import { readCloudFiles } from '../../src/config/file/clouds-file.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { layerWith } from '../helpers/layer.js'

interface Situation {
  clouds?: string
  secure?: string
  env?: Record<string, string>
  cloud?: string
  options?: Record<string, string>
  choose?: (names: readonly string[]) => Promise<string | undefined>
}

/** The names of the options that choose a cloud on the command line. */
const optionName = (path: string) => ({ cloud: '--os-cloud', config_file: '--os-client-config-file' })[path]

async function choose({ clouds, secure, env, options = {}, ...aids }: Situation) {
  const folder = cloudFolder(env)
  if (clouds !== undefined) folder.write('work/clouds.yaml', clouds)
  if (secure !== undefined) folder.write('work/secure.yaml', secure)
  const files = await readCloudFiles({}, folder.environment)
  const choice = chooseCloud({ optionName, ...aids, options: layerWith(options) }, files, folder.environment)
  return choice.catch((error: Error & { hint: string }) => ({
    message: folder.shown(error.message),
    hint: error.hint,
  }))
}

const one = 'clouds: {one: {}}'
const two = 'clouds: {one: {}, two: {}}'
const env = { OS_USERNAME: 'me' }

describe('choosing a cloud', () => {
  test.each<[string, Situation, object]>([
    ['by an option', { clouds: two, cloud: 'two', env: { OS_CLOUD: 'one' } }, { name: 'two', from: 'files' }],
    ['by OS_CLOUD', { clouds: two, env: { OS_CLOUD: 'two' } }, { name: 'two', from: 'files' }],
    ['an empty option is none', { clouds: one, cloud: '' }, { name: 'one', from: 'files' }],
    ['defined by variables', { clouds: two, env }, { name: 'envvars', from: 'environment' }],
    ['of variables, by name', { clouds: two, env, cloud: 'envvars' }, { name: 'envvars', from: 'environment' }],
    ['envvars of a file', { clouds: 'clouds: {envvars: {}}', cloud: 'envvars' }, { name: 'envvars', from: 'files' }],
    ['a named one beside variables', { clouds: one, env, cloud: 'one' }, { name: 'one', from: 'files' }],
    ['the only one', { clouds: one, options: { 'auth.auth_url': 'u' } }, { name: 'one', from: 'files' }],
    ['one of secure.yaml', { secure: one }, { name: 'one', from: 'files' }],
    ['of options: a Keystone', { options: { 'auth.auth_url': 'u' } }, { name: 'options', from: 'options' }],
    ['of options: an endpoint', { options: { 'auth.endpoint': 'u' } }, { name: 'options', from: 'options' }],
    ['of options: the service', { options: { image_endpoint_override: 'u' } }, { name: 'options', from: 'options' }],
    [
      'defined by options, beside several in the files',
      { clouds: two, options: { 'auth.auth_url': 'u' } },
      { name: 'options', from: 'options' },
    ],
    ['chosen by a person', { clouds: two, choose: async ([, second]) => second }, { name: 'two', from: 'files' }],
  ])('%s', async (_, situation, choice) => {
    expect(await choose(situation)).toEqual(choice)
  })

  const written = 'Add the cloud under "clouds:". For an example, see .clouds.example.yaml in the package.'
  test.each<[string, Situation, { message: string; hint: string }]>([
    [
      'several clouds',
      { clouds: two },
      {
        message: 'No cloud selected. /work/clouds.yaml contains 2 clouds: one, two.',
        hint: 'Choose one with --os-cloud or OS_CLOUD.',
      },
    ],
    [
      'several clouds in two files, and the user chooses none',
      { clouds: one, secure: two, choose: async () => undefined },
      {
        message: 'No cloud selected. /work/clouds.yaml with /work/secure.yaml contains 2 clouds: one, two.',
        hint: 'Choose one with --os-cloud or OS_CLOUD.',
      },
    ],
    [
      'a misspelt name',
      { clouds: two, cloud: 'tow' },
      { message: '/work/clouds.yaml has no cloud "tow".', hint: 'Did you mean "two"? Available clouds: one, two.' },
    ],
    [
      'a name that resembles no other',
      { clouds: two, cloud: 'production' },
      { message: '/work/clouds.yaml has no cloud "production".', hint: 'Available clouds: one, two.' },
    ],
    [
      'a name, and no clouds',
      { clouds: '{}', cloud: 'x' },
      { message: 'Unknown cloud "x": no clouds in /work/clouds.yaml.', hint: written },
    ],
    [
      'no name, and no clouds in two files',
      { clouds: '{}', secure: '{}' },
      {
        message: 'No cloud is configured: no clouds in /work/clouds.yaml and /work/secure.yaml.',
        hint: written,
      },
    ],
    [
      'two clouds named envvars',
      { clouds: 'clouds: {envvars: {}}', env: { OS_USERNAME: 'me', OS_TOKEN: 't' }, cloud: 'envvars' },
      {
        message:
          '/work/clouds.yaml has a cloud "envvars", and OS_USERNAME, OS_TOKEN define another one with this name.',
        hint: 'Unset the variables, or rename the cloud in the file.',
      },
    ],
  ])('fails: %s', async (_, situation, error) => {
    expect(await choose(situation)).toEqual(error)
  })

  test('without any file, the error lists the searched directories', async () => {
    const { message, hint } = (await choose({ options: { region_name: 'r' } })) as { message: string; hint: string }
    const [first, ...directories] = message.split('\n')
    expect(first).toBe('No cloud is configured, and no clouds.yaml, clouds.yml or clouds.json was found in:')
    expect(directories).toEqual([
      '  /work',
      '  /home/.config/openstack',
      '  /site/openstack',
      expect.stringMatching(/openstack$/),
    ])
    expect(hint).toContain('Create clouds.yaml in one of these directories')
    expect(hint).toContain('--os-client-config-file to another path, or set OS_AUTH_URL')
  })
})

describe('the list of clouds', () => {
  test('shows the settings of the files, and applies variables only to the cloud that they define', async () => {
    const { environment, write } = cloudFolder({ OS_USERNAME: 'me', OS_TOKEN: 't', OS_REGION_NAME: 'env' })
    const clouds = write(
      'work/clouds.yaml',
      'clouds: {one: {region_name: a}, bad: {verify: x}, typo: {auth: {usrname: u}}}',
    )
    const secure = write('work/secure.yaml', 'clouds: {one: {auth: {password: p}}, hidden: {auth: {token: t}}}')
    const listed = await summariseClouds({}, environment)
    expect(listed.clouds).toEqual([
      { name: 'one', auth_type: 'password', region: 'a', file: clouds },
      { name: 'bad', auth_type: null, region: null, file: clouds },
      { name: 'typo', auth_type: 'password', region: null, file: clouds },
      { name: 'hidden', auth_type: 'token', region: null, file: secure },
      { name: 'envvars', auth_type: 'token', region: 'env', file: null },
    ])
    expect(listed.warnings).toEqual([
      expect.stringContaining('verify must be true or false'),
      expect.stringContaining('unknown key "usrname" in auth of the cloud "typo". Did you mean "username"?'),
    ])
  })

  test('reports each problem of a file once', async () => {
    const { environment, write } = cloudFolder()
    write('work/clouds.yaml', 'clouds: {one: {}, two: {}}\nx: 1\nx: 2')
    const { warnings } = await summariseClouds({}, environment)
    expect(warnings).toEqual([expect.stringMatching(/clouds.yaml:3:1: duplicate key/)])
  })
})
