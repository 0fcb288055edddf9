import { Agent, request } from 'node:http'

/**
 * One request to both clouds. `{name}` in a path, a header or a body is a placeholder, which each cloud replaces by its
 * own value.
 */
export interface Step {
  method: string
  path: string
  /** Default `image`, which is Glance of RegionOne. `image-two` is Glance of RegionTwo. */
  service?: 'image' | 'image-two' | 'identity'
  /** Whose token is sent. Default `admin`. `nobody` sends none, `stranger` an invalid one. */
  as?: Role
  headers?: Record<string, string>
  /** A string is sent unchanged, anything else as JSON. */
  body?: unknown
  /** Saves the `id` of the answer, for `{name}` in later steps. */
  saveAs?: string
  /** Repeats the request to each cloud until its body matches, for at most 30 seconds. */
  until?: RegExp
}

/** `other` is a member of another project, `system` an admin with a system-scoped token. */
export type Role = 'admin' | 'member' | 'other' | 'system' | 'nobody' | 'stranger'

export interface Answer {
  status: number
  reason: string
  headers: Record<string, string>
  body: string
}

const agent = new Agent({ keepAlive: true })

/** Sends a request as given. It adds no headers except Host and Content-Length. */
export function exchange(url: string, method: string, headers: Record<string, string>, body?: string) {
  return new Promise<Answer>((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const outgoing = request(url, { method, agent, headers: { ...headers, ...length } }, (answer) => {
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
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
