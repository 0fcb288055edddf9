import { filterReason } from '../images/url-filter.js'
import { urlOf } from '../tasks/import-task.js'
import type { Cause, CauseCode } from './cause.js'
import { type Facts, serverReason } from './facts.js'
import { causeOfStatus } from './http-status.js'

/** A message of Glance, and what it means. */
interface Row {
  code: CauseCode
  pattern: RegExp
  cause(match: RegExpExecArray, facts: Facts): Omit<Cause, 'code'>
}

const fixed = (summary: string, hint: string, remedy?: Cause['remedy']) => () => ({ summary, hint, remedy })

/**
 * The messages of failed tasks, from the source of Glance (Zed to July 2026). Most failed tasks have none of these messages:
 * theirs is `Task failed due to Internal Error`.
 */
export const MESSAGE_ROWS: readonly Row[] = [
  {
    code: 'url_filtered',
    pattern: /does not pass filtering|Redirect to disallowed URL/i,
    cause(match, { task }) {
      const redirect = /Redirect to disallowed URL: (\S+)/i.exec(match.input)?.[1]
      const reason = filterReason(redirect ?? urlOf(task))
      return {
        summary: `Glance's URL filter refuses the ${redirect ? 'redirect of the source' : 'URL'}${reason ? `: ${reason}` : ': its host or port is not allowed, or the server cannot resolve the host'}.`,
        hint: 'Use a URL on port 80 or 443 with a public host, upload the file from here, or ask the operator about [import_filtering_opts].',
        remedy: { kind: 'upload_image' },
      }
    },
  },
  {
    code: 'url_invalid',
    pattern: /^Invalid location\b|File based imports are not allowed|The given uri is not valid/i,
    cause: fixed(
      'Glance downloads only from URLs that begin with http:// or https://, in lower case.',
      'Use an http:// or https:// URL, or upload the file from here.',
      { kind: 'upload_image' },
    ),
  },
  {
    code: 'input_incomplete',
    pattern: /Input does not contain '([^']+)' field|Missing required '([^']+)' field|Input to \w+ task is empty/i,
    cause([, missing, required]) {
      const key = missing ?? required
      return required !== undefined || key === undefined
        ? {
            summary: `The task has ${key === undefined ? 'no input' : `no ${key} in its input`}: a user created it directly. Glance itself creates tasks of type api_image_import.`,
            hint: 'Import the image instead; Glance then creates the task.',
            remedy: { kind: 'import_image' },
          }
        : {
            summary: `The input of the task has no ${key}.`,
            hint: `Create a new task whose input has import_from, import_from_format and image_properties.`,
          }
    },
  },
  {
    code: 'lock_expired',
    pattern: /Expired lock preempted/i,
    cause: fixed(
      'The task had not changed for an hour or more, so Glance gave the image to a newer import. The process that ran the task most likely died.',
      'This task has ended. Check the newest task of the image.',
    ),
  },
  {
    code: 'quota',
    pattern: /over (?:a |its )?limit|is over limit of|exceeds? the quota|quota threshold|Request Entity Too Large/i,
    cause(match) {
      const name = /image_(?:size_total|stage_total|count_total|count_uploading)/.exec(match.input)?.[0]
      return {
        summary: `The quota of the project is used up${name ? `: ${name}` : ''}.`,
        hint: 'Delete images that are not needed, wait until other imports end, or ask the operator for a larger quota.',
      }
    },
  },
  {
    code: 'no_space',
    pattern: /No space left on device|\[Errno (?:28|122)\]|not enough disk space/i,
    cause: fixed(
      'The server has no space left for the image, in its staging area or in a store.',
      'Ask the operator to free some space, then import again.',
    ),
  },
  {
    code: 'store_denied',
    pattern: /Permission to write image storage media denied|\[Errno (?:13|30)\]/i,
    cause: fixed(
      'The server is not allowed to write to its staging area or to a store.',
      'Ask the operator to check the permissions of the staging area and of the stores.',
    ),
  },
  {
    code: 'type_unsupported',
    pattern: /task type \S+ is not supported/i,
    cause: fixed(
      'This server cannot run tasks of this type.',
      'Choose a type that the server runs, or import the image.',
      { kind: 'import_image' },
    ),
  },
  {
    code: 'no_executor',
    pattern: /Internal error occurred while trying to process task|execution of Tasks is not setup/i,
    cause: fixed(
      'This server is not set up to run tasks.',
      'Ask the operator to configure task_executor, or import the image.',
      { kind: 'import_image' },
    ),
  },
  {
    code: 'unsafe_image',
    pattern: /backing[- ]file|data-file|safety check|disallowed configuration|VMDK create-?type/i,
    cause: fixed(
      'Glance refuses the image as unsafe: it refers to another file, or its kind of VMDK is not allowed.',
      'Convert it to a self-contained image, for example with qemu-img convert.',
    ),
  },
  {
    code: 'format_mismatch',
    pattern:
      /does not match stream data|format mismatch|disagrees about format|format (?:detection|inspection) failed|Unable to (?:convert from|determine stream) format|unexpected format/i,
    cause: fixed(
      'The data does not match the disk format of the image record.',
      'Import it again with the disk format of the data.',
    ),
  },
  {
    code: 'data_changed',
    pattern: /(\w{1,50}) of uploaded data is different from current value set on the image/i,
    cause: ([, key]) => ({
      summary: `The data is not the same as before: its ${key} has changed.`,
      hint: 'The source has changed. Import it into a new image.',
    }),
  },
  {
    code: 'too_large',
    pattern: /exceeds? (?:the )?(?:maximum|cap)|image_size_cap|larger than/i,
    cause: fixed('The image is larger than this server allows.', 'Ask the operator to increase image_size_cap.'),
  },
  {
    code: 'source_cut_short',
    pattern: /size mismatch|size \d+ is different from expected|IncompleteRead/i,
    cause: fixed(
      'The download ended early: the source sent fewer bytes than it announced.',
      'Try again, or use another mirror.',
    ),
  },
  {
    code: 'source_unresolvable',
    pattern: /Name or service not known|name resolution|No address associated|getaddrinfo|\[Errno -[2358]\]/i,
    cause: fixed(
      'The server cannot resolve the host of the source.',
      'Check the spelling of the host. A name that only your network knows is unknown to the server: upload the file from here.',
      { kind: 'upload_image' },
    ),
  },
  {
    code: 'source_certificate',
    pattern: /CERTIFICATE_VERIFY_FAILED|certificate verify failed|\[SSL\b/i,
    cause: fixed(
      'The server does not trust the certificate of the source.',
      'Use a URL whose certificate a public CA has signed, or upload the file from here.',
      { kind: 'upload_image' },
    ),
  },
  {
    code: 'source_unreachable',
    pattern:
      /Connection refused|timed? ?out|Network is unreachable|No route to host|Connection reset|Remote end closed|Address family not supported|urlopen error/i,
    cause: (match) => ({
      summary: 'The server cannot reach the source.',
      hint: `Check that the source can be reached from the cloud's network.${DUAL_STACK_ERRORS.test(match.input) ? ` ${DUAL_STACK_HINT}` : ''} Otherwise upload the file from here.`,
      remedy: { kind: 'upload_image' },
    }),
  },
  {
    code: 'image_deleted',
    pattern:
      /Image has been deleted|No image found with ID|no longer in valid status|image .{0,60}(?:could not be|not) found/i,
    cause: fixed('The image was deleted while the task ran.', 'Import it again, into a new image.'),
  },
  {
    code: 'region_source',
    pattern: /Source image status should be active|remote image \S+ could not be/i,
    cause: fixed(
      'The image of the other region is not active, or has no size.',
      'Wait until it is active there, then import again.',
    ),
  },
]

const DUAL_STACK_ERRORS = /Network is unreachable|Address family not supported/i

/** The advice about a known bug of Glance 2025.1 to 2026.1. */
export const DUAL_STACK_HINT =
  'Glance 2025.1 to 2026.1 fails at random if the host has IPv4 and IPv6 addresses (bug LP#2166488): try again.'

const NETWORK_ERROR = /HTTP Error (\d{3})\b/i

/** The cause that the message of a task names; undefined if it names none. */
export function causeOfMessage(facts: Facts): Cause | undefined {
  const message = serverReason(facts.task)
  const status = NETWORK_ERROR.exec(message)?.[1]
  if (status !== undefined) return causeOfStatus(Number(status))
  for (const { code, pattern, cause } of MESSAGE_ROWS) {
    const match = pattern.exec(message)
    if (match) return { code, ...cause(match, facts) }
  }
  return undefined
}
