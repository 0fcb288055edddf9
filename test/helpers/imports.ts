import type { Download, Fetcher } from '../../src/http/transfer/download.js'
import { importImage } from '../../src/images/import/import.js'
import type { ImportEvent, Imported, ImportOptions, StreamSource } from '../../src/images/import/import-options.js'
import { type GlanceOptions, glance, type TestGlance } from './glance.js'

export const URL_SOURCE = new URL('http://example.org/image.raw')
/** The sandbox fails to download it. */
export const MISSING_SOURCE = new URL('http://example.org/404')

/** Data to upload; a pipe where they can be read only once. */
export function data(text: string | Buffer = 'the data of an image', more: Partial<StreamSource> = {}): StreamSource {
  const bytes = Buffer.from(text)
  return {
    async *open() {
      yield bytes
    },
    size: bytes.length,
    ...more,
  }
}

/** The web as it is seen from here: this text at each URL. */
export function web(text = 'raw data', more: Partial<Download> = {}): { fetch: Fetcher; fetched: string[] } {
  const fetched: string[] = []
  const fetch: Fetcher = async (url, { method = 'GET', range } = {}) => {
    fetched.push(`${method}${range ? ' some' : ''} ${url.href}`)
    return {
      status: 200,
      headers: { 'content-length': String(text.length) },
      url,
      redirects: [],
      body: (async function* () {
        yield Buffer.from(text)
      })(),
      close() {},
      ...more,
    }
  }
  return { fetch, fetched }
}

export interface Importing extends TestGlance {
  /** The events of all imports. */
  events: ImportEvent[]
  /** Imports as a user without the admin role; with `wait`, as long as the options do not say otherwise. */
  run(options: ImportOptions): Promise<Imported>
  /** Imports, and gives the error. */
  fails(options: ImportOptions): Promise<unknown>
  /** The id of the record that was announced first. */
  imageId(): string
  /** The texts of the notices. */
  notices(): string[]
  /** The requests that changed something, such as `POST /v2/images`; the image's id is shown as ID. */
  changes(): string[]
}

/** A cloud to import into. */
export async function importing(options: GlanceOptions = {}): Promise<Importing> {
  const cloud = await glance({ user: 'demo', ...options })
  const events: ImportEvent[] = []
  const run = (own: ImportOptions) =>
    importImage(cloud.service, cloud.clock, {
      diskFormat: 'raw',
      fetch: web().fetch,
      wait: true,
      ...own,
      onEvent: (event) => {
        events.push(event)
        own.onEvent?.(event)
      },
    })
  return {
    ...cloud,
    events,
    run,
    fails: (own) =>
      run(own).then(
        () => undefined,
        (error) => error,
      ),
    imageId: () => events.flatMap((event) => (event.event === 'record' ? event.imageId : []))[0] ?? '',
    notices: () => events.flatMap((event) => (event.event === 'notice' ? event.text : [])),
    changes: () =>
      cloud.asked
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path.replace(/[\da-f]{8}-[\da-f-]{27}/, 'ID')}`),
  }
}
