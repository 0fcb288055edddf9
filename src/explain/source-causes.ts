import { isJsonObject } from '../http/json.js'
import type { Image } from '../images/image.js'
import { filterReason } from '../images/url-filter.js'
import { methodOf, urlOf } from '../tasks/import-task.js'
import type { Cause } from './cause.js'
import type { Facts, SourceFacts } from './facts.js'
import { causeOfStatus, statusText } from './http-status.js'

/**
 * The causes of a failed download that its source suggests, the most certain first. The server may receive other responses
 * from the same URL than this machine, so none of them is proof.
 */
export function causesOfSource(facts: Facts): Cause[] {
  const { source } = facts
  if (source === undefined) return []
  const { status } = source
  // The format of an error page says nothing about the image.
  if (status !== undefined && status >= 400) return [causeOfStatus(status)]
  const found = [
    refusalCause(source),
    failureCause(source),
    redirectCause(source),
    ...causesOfContent(facts),
    lengthCause(facts, source),
    dualStackCause(source),
  ]
  return found.filter((cause) => cause !== undefined)
}

/** What is wrong with the first bytes of the source. Older servers nevertheless import such a file. */
export function causesOfContent({ task, image, source }: Facts): Cause[] {
  if (source === undefined || (source.status ?? 500) >= 400) return []
  const { compression, problem, format } = source
  if (problem !== undefined && format === undefined && compression === undefined) return [notAnImage(problem)]
  // The first bytes of a container such as ova or docker do not show what it contains.
  if (isContainer(image)) return []
  const expected = expectedFormat(image) ?? expectedFormat(task?.input?.image_properties)
  const causes: Cause[] = []
  if (compression !== undefined && expected !== undefined) {
    causes.push({
      code: 'compressed',
      summary: `The source is compressed (${compression}), but the image is declared as ${expected}.`,
      hint: 'Use the uncompressed file, or decompress it and upload it from here.',
      remedy: { kind: 'upload_image' },
    })
  }
  if (problem !== undefined) {
    causes.push({
      code: 'unsafe_image',
      summary: `Glance cannot use the source as an image. ${problem}`,
      hint: 'Convert it to a self-contained image, for example with qemu-img convert.',
    })
  }
  const actual = compression === undefined ? format : undefined
  if (actual !== undefined && expected !== undefined && !agree(actual, expected)) {
    const isKnown = actual !== 'raw'
    causes.push({
      code: 'format_mismatch',
      summary: `The source is ${isKnown ? `a ${actual} image` : `not a ${expected} image`}, but the image is declared as ${expected}.`,
      hint: `Import it again with the disk format ${isKnown ? actual : 'that the file has, such as raw'}.`,
    })
  }
  return causes
}

function notAnImage(problem: string): Cause {
  return {
    code: 'not_an_image',
    summary: `The source is not an image. ${problem.replace(', not an image', '')}`,
    hint: 'Use the URL of the file itself. Such a page is often a login, an error or a list of downloads.',
  }
}

function failureCause({ failure }: SourceFacts): Cause | undefined {
  switch (failure?.kind) {
    case 'unresolvable':
      return {
        code: 'source_unresolvable',
        summary: `This machine cannot resolve the host name of the source or of its redirect: ${failure.text}`,
        hint: 'Check the spelling of the host.',
      }
    case 'certificate':
      return {
        code: 'source_certificate',
        summary: 'This machine does not trust the certificate of the source.',
        hint: 'Use a URL whose certificate a public CA has signed, or upload the file from here.',
        remedy: { kind: 'upload_image' },
      }
    case 'stalled':
      return {
        code: 'source_stalled',
        summary: 'The source accepts the connection of this machine, but sends no data.',
        hint: 'Try again later, or use another mirror.',
      }
    case 'cut_short':
      return {
        code: 'source_cut_short',
        summary: `The source closes the connection to this machine too early: ${failure.text.replace(/\.$/, '')}.`,
        hint: 'Try again later, or use another mirror.',
      }
    case 'redirect':
      return {
        code: 'source_error',
        summary: `This machine cannot download the source: ${failure.text}`,
        hint: 'Open the URL in a browser, and use the URL of the file itself.',
      }
    case 'unreachable':
      return {
        code: 'source_unreachable',
        summary: `This machine cannot reach the source: ${failure.text}`,
        hint: 'Check that its server is running, and check the port.',
      }
    default:
      return undefined
  }
}

function refusalCause({ status, statusForGlance }: SourceFacts): Cause | undefined {
  if (status === undefined || statusForGlance === undefined || statusForGlance < 400) return undefined
  return {
    code: 'source_refuses_glance',
    summary: `The source refuses Glance's downloader: this program can read it, but clients with the User-Agent Python-urllib receive ${statusText(statusForGlance)}.`,
    hint: 'Use another mirror, or download the file and upload it from here.',
    remedy: { kind: 'upload_image' },
  }
}

/** Glance checks the target of a redirect only during the download, and does not report it. */
function redirectCause({ url, redirects = [] }: SourceFacts): Cause | undefined {
  // The server accepted the first URL, so its operator allows its host and its port.
  const isFirst = filterReason(url) !== undefined
  for (const target of redirects) {
    const reason = filterReason(target)
    if (reason === undefined || (isFirst && sameEndpoint(url, target))) continue
    return {
      code: 'redirect_filtered',
      summary: `The source redirects to ${target}, which Glance's URL filter refuses: ${reason}.`,
      hint: 'Use a URL that leads to a public host on port 80 or 443, or upload the file from here.',
      remedy: { kind: 'upload_image' },
    }
  }
  return undefined
}

function sameEndpoint(one: string, other: string): boolean {
  return new URL(one).host === new URL(other).host
}

/** A Content-Length that is missing ends the download of older versions of Glance (seen in Zed); tasks of type import do without. */
function lengthCause({ task }: Facts, { status, size, failure }: SourceFacts): Cause | undefined {
  if (status !== 200 || size !== undefined || failure !== undefined || methodOf(task) !== 'web-download')
    return undefined
  return {
    code: 'source_unmeasured',
    summary: 'The source does not report its length (Content-Length), and older versions of Glance then fail.',
    hint: 'Use another mirror, or download the file and upload it from here.',
    remedy: { kind: 'upload_image' },
  }
}

function dualStackCause({ isDualStack }: SourceFacts): Cause | undefined {
  if (!isDualStack) return undefined
  return {
    code: 'dual_stack',
    summary:
      'The host of the source has IPv4 and IPv6 addresses. Glance 2025.1 to 2026.1 fails at random with such hosts (bug LP#2166488).',
    hint: 'Try again, or use a host with IPv4 addresses only.',
  }
}

/** The disk format in an image, or in the properties of one. */
function expectedFormat(image: unknown): string | undefined {
  return isJsonObject(image) && typeof image.disk_format === 'string' ? image.disk_format : undefined
}

function isContainer(image: Image | null | undefined): boolean {
  return image?.container_format !== undefined && image.container_format !== null && image.container_format !== 'bare'
}

/** The formats that the first bytes of an image always show. */
const SHOWN = ['qcow2', 'vhdx', 'vdi', 'iso']

/** Whether bytes of one format may be declared as another: raw may hold anything, and vpc is QEMU's name of vhd. */
function agree(actual: string, declared: string): boolean {
  const expected = declared === 'vpc' ? 'vhd' : declared
  if (actual === 'raw') return !SHOWN.includes(expected)
  return actual === expected || ['raw', 'ami', 'ari', 'aki'].includes(expected)
}

/** Whether a task downloads from a URL that this machine can request. */
export function hasSource({ task }: Facts): boolean {
  return urlOf(task) !== undefined && ['import', 'web-download'].includes(methodOf(task) ?? '')
}
