import type { GlanceTasksError } from '../errors.js'
import type { Recognised } from './formats/recognised.js'

/** How a URL looks from here. All texts are without secrets. */
export interface ProbedUrl {
  /** The URL as it was asked. */
  url: string
  /** Where the redirects led to, in order; empty without any. */
  redirects: string[]
  /** The URL that answered: the last redirect, or `url`. */
  finalUrl: string
  /** Why no answer came. Absent where one came, with whatever status. That a URL cannot be reached from here says little about the cloud. */
  failure?: GlanceTasksError
  /** The HTTP status of the answer that counts: 2xx where the file can be read. */
  status?: number
  /** How many bytes the file has, where the server says it; a bigint beyond 2^53. */
  length?: number | bigint
  contentType?: string
  /** The Content-Encoding, where there is one other than `identity`: the bytes are then not those of the file. */
  contentEncoding?: string
  /** It is an HTML page: a login, or a page with links to the file. */
  isHtml: boolean
  /** What the first bytes say; absent where none could be read. */
  recognised?: Recognised
}
