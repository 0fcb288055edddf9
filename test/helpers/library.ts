import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Connection, type ConnectOptions, connect } from '../../src/index.js'
import { folder } from './cli.js'

/** The library, connected to the cloud in a clouds.yaml for the duration of the test. */
export async function library(cloudsYaml: string, options: ConnectOptions = {}): Promise<Connection> {
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, cloudsYaml)
  const environment = { env: { OS_CLIENT_CONFIG_FILE: file }, cwd: home, home, etc: home, platform: 'linux' as const }
  const connection = await connect({ cloud: 'sandbox', environment, ...options })
  onTestFinished(() => connection.close())
  return connection
}
