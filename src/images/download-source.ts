import { UnexpectedAnswerError } from '../errors.js'
import { maskUrl } from '../http/mask.js'
import type { Download, Fetcher } from '../http/transfer/download.js'
import type { StreamSource } from './import/import-options.js'

/**
 * Returns the data at a URL as a source to upload. The first download starts at once, because the size is needed.
 *
 * @throws UnexpectedAnswerError if the URL does not return 200; the errors of the fetcher.
 */
export async function downloadSource(fetch: Fetcher, url: URL, signal: AbortSignal | undefined): Promise<StreamSource> {
  let first: Download | undefined = await open(fetch, url, signal)
  const size = sizeOf(first)
  return {
    name: maskUrl(url),
    size,
    async *open() {
      const download = first ?? (await open(fetch, url, signal))
      first = undefined
      yield* download.body
    },
  }
}

async function open(fetch: Fetcher, url: URL, signal: AbortSignal | undefined): Promise<Download> {
  const download = await fetch(url, { signal })
  if (download.status === 200) return download
  download.close()
  throw new UnexpectedAnswerError(`${maskUrl(url)} returns ${download.status} to this machine.`, {
    hint: 'Check the URL.',
  })
}

/** The number of bytes that arrive; undefined if the server does not say it. */
function sizeOf({ headers }: Download): number | undefined {
  const length = headers['content-length']
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined
}
