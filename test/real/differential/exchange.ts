import { Agent, request } from 'node:http'

/** One request, in terms of both sides: `{name}` in a path, a header or a body stands for what that side calls it. */
export interface Step {
  method: string
  path: string
  /** Default `image`. */
  service?: 'image' | 'identity'
  /** Whose token goes along. Default `admin`; `nobody` sends none, `stranger` one that is not good. */
  as?: Role
  headers?: Record<string, string>
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown
  /** Calls the `id` of the answer by this name from now on. */
  call?: string
}

/** `other` is a member of another project, `system` an admin of the whole system. */
export type Role = 'admin' | 'member' | 'other' | 'system' | 'nobody' | 'stranger'

export interface Received {
  status: number
  reason: string
  headers: Record<string, string>
  body: string
}

const agent = new Agent({ keepAlive: true })

/** Sends exactly what it is given: no header is added but Host and Content-Length. */
export function exchange(url: string, method: string, headers: Record<string, string>, body?: string) {
  return new Promise<Received>((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const asked = request(url, { method, agent, headers: { ...headers, ...length } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        resolve({
          status: answer.statusCode ?? 0,
          reason: answer.statusMessage ?? '',
          headers: answer.headers as Record<string, string>,
          body: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
