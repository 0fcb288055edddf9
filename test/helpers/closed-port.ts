import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/**
 * A port of 127.0.0.1 that refuses connections until the test ends. A client holds it: no server of another test can get
 * a port that is in use.
 */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const holder = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', localPort: 0 })
  await once(holder, 'connect')
  onTestFinished(() => {
    holder.destroy()
    server.close()
  })
  return holder.localPort as number
}

/** The text of a clouds.yaml whose servers refuse connections, made from the text for a server. */
export async function refusing({ url, cloudsYaml }: { url: string; cloudsYaml: string }): Promise<string> {
  return cloudsYaml.replaceAll(`:${new URL(url).port}`, `:${await closedPort()}`)
}
