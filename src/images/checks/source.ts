import { sizeText } from '../../amounts.js'
import { isGood, type ProbedUrl } from '../probe-url.js'
import { filterReason } from '../url-filter.js'
import type { Check } from './check.js'

/** Checks the URL of a download. The cloud may receive other responses than this machine, so only a certain problem is a failure. */
export function checkUrl(url: URL, probed: ProbedUrl): Check {
  const check = 'source'
  const reason = [url.href, ...probed.redirects].map(filterReason).find(Boolean)
  const notes = [
    urlText(probed),
    probed.status === undefined ? 'The cloud may still be able to reach it.' : '',
    ...(reason ? [`The URL filter of Glance may refuse it: ${reason}.`] : []),
    secret(url),
  ]
  const detail = notes.filter(Boolean).join(' ')
  const { failure, length } = probed
  if (length === 0) return { check, status: 'failed', detail, hint: 'Use a URL that has data.' }
  if (failure !== undefined || !isGood(probed)) {
    const hint = 'If the cloud cannot read the source either, the import fails.'
    return { check, status: 'warning', detail, hint }
  }
  const isDoubtful =
    reason !== undefined || probed.contentEncoding !== undefined || isUnmeasured(probed) || secret(url) !== ''
  return { check, status: isDoubtful ? 'warning' : 'ok', detail }
}

/** The response of a URL, in sentences. */
export function urlText(probed: ProbedUrl): string {
  const { url, finalUrl, redirects, status, failure, length, contentEncoding } = probed
  const where = redirects.length === 0 ? url : `${url} redirects to ${finalUrl}, which`
  if (status === undefined) return failure?.message ?? ''
  if (!isGood(probed)) return `${where} returns ${status}.`
  const texts = [`${where} ${length === undefined ? 'can be read' : `has ${sizeText(length)}`}.`]
  if (failure) texts.push(failure.message)
  if (isUnmeasured(probed)) texts.push('It does not report its length, and older versions of Glance then fail.')
  if (contentEncoding !== undefined) {
    texts.push(`It sends the data encoded (${contentEncoding}), and Glance stores the encoded data.`)
  }
  return texts.join(' ')
}

/** Whether the length of a download is unknown. */
function isUnmeasured({ status, length }: ProbedUrl): boolean {
  return status === 200 && length === undefined
}

/** The URL is a part of the task, which every member of the project can read. */
function secret({ username, password }: URL): string {
  return username || password
    ? 'Glance stores its user and password with the task, where other users of the project can read them.'
    : ''
}

/** Checks data that are uploaded. */
export function checkData(bytes: Uint8Array, size: number | undefined, name = 'The source'): Check {
  const check = 'source'
  if (bytes.length === 0) {
    return { check, status: 'failed', detail: `${name} is empty.`, hint: 'Check the command that writes the data.' }
  }
  const detail = size === undefined ? `${name} can be read. Its length is not known.` : `${name} has ${sizeText(size)}.`
  return { check, status: 'ok', detail }
}
