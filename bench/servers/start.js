import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Starts the bench's Glance in a separate process, so that it does not slow down the client. */
export async function startTasks(settings = {}) {
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]))
  const file = fileURLToPath(new URL('tasks.js', import.meta.url))
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = await once(createInterface({ input: child.stdout }), 'line')
  return {
    url,
    requests: async () => (await fetch(`${url}/requests`)).json(),
    stop: () => child.kill(),
  }
}
