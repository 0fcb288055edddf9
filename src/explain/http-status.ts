import { STATUS_CODES } from 'node:http'
import type { Cause } from './cause.js'

/** `404 Not Found` */
export function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim()
}

/** The cause behind an error status of the source. */
export function causeOfStatus(status: number): Cause {
  const text = statusText(status)
  if (status === 404 || status === 410) {
    return {
      code: 'source_not_found',
      summary: `The source does not exist: its URL returns ${text}.`,
      hint: 'Check the URL; many mirrors delete old versions of an image.',
    }
  }
  if (status === 401 || status === 403 || status === 407) {
    return {
      code: 'source_denied',
      summary: `The source denies access: its URL returns ${text}.`,
      hint: 'Glance downloads without a login. Use a URL that needs none, or download the file and upload it from here.',
      remedy: { kind: 'upload_image' },
    }
  }
  if (status >= 500 || status === 429) {
    return {
      code: 'source_failing',
      summary: `The server of the source has a problem: its URL returns ${text}.`,
      hint: 'Try again later, or use another mirror.',
    }
  }
  return {
    code: 'source_error',
    summary: `The source cannot be downloaded: its URL returns ${text}.`,
    hint: 'Check the URL.',
  }
}
