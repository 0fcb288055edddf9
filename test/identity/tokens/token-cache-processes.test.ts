import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runBinary } from '../../helpers/binary.js'
import { folder } from '../../helpers/cli.js'
import { sandbox } from '../../helpers/sandbox.js'

test('fifty processes at once, some of which forget the tokens, and none meets half a file', async () => {
  const cloud = await sandbox()
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  writeFileSync(file, cloud.cloudsYaml)
  const env = { HOME: home, OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox' }
  const runs = Array.from({ length: 50 }, (_, index) =>
    runBinary(index % 10 === 5 ? ['logout', '-q'] : ['list', '-v', '-f', 'json'], env),
  )
  for (const { status, stderr } of await Promise.all(runs)) {
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringMatching(/is not used/) })
  }
  await runBinary(['list'], env)
  const tokens = readdirSync(join(home, '.cache/glance-tasks/tokens'))
  expect(tokens).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)])
  // Everybody who came before there was a token logged in, and nobody else.
  expect(cloud.logins()).toBeLessThanOrEqual(46)
}, 180_000)
