import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runBinary } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { sandbox } from '../helpers/sandbox.js'

const PRELOAD = fileURLToPath(new URL('../helpers/connections.cjs', import.meta.url))

it('a command connects to the configured hosts only', async () => {
  const home = await folder()
  const { cloudsYaml, identityUrl } = await sandbox()
  await writeFile(join(home, 'clouds.yaml'), cloudsYaml)
  const { host } = new URL(identityUrl)

  const connections = async (argv: string[]): Promise<string[]> => {
    const file = join(home, 'connections.json')
    const env = { NODE_OPTIONS: `--require "${PRELOAD}"`, CONNECTIONS: file, HOME: home }
    const configured = { OS_CLIENT_CONFIG_FILE: join(home, 'clouds.yaml'), OS_CLOUD: 'sandbox' }
    expect(await runBinary(argv, { ...env, ...configured })).toMatchObject({ status: 0 })
    return JSON.parse(await readFile(file, 'utf8'))
  }

  for (const argv of [['--version'], ['--help'], ['clouds']]) expect(await connections(argv)).toEqual([])
  const used = new Set([...(await connections(['doctor'])), ...(await connections(['list']))])
  expect([...used].filter((each) => each !== `name ${host.split(':')[0]}`)).toEqual([host])
})
