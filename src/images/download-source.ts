import { UnexpectedAnswerError } from '../errors.js'
import { maskUrl } from '../http/mask.js'
import type { Download, Fetcher } from '../http/transfer/download.js'
import type { StreamSource } from './import/import-options.js'

/**
 * The data at a URL as a source to upload. The first download begins at once, for the size.
 *
 * @throws UnexpectedAnswerError if the URL does not answer 200; what the fetcher throws.
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
  throw new UnexpectedAnswerError(`${maskUrl(url)} answers ${download.status} here.`, {
    hint: 'Check the URL.',
  })
}

/** The length of the data, unless they arrive in another form than they are stored in. */
function sizeOf({ headers }: Download): number | undefined {
  const length = headers['content-length']
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined
}
