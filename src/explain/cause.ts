import type { Advice } from '../errors.js'

/** The codes of the causes. They are stable, for use in scripts. */
export const CAUSE_CODES = [
  // The source of the image.
  'source_not_found',
  'source_denied',
  'source_failing',
  'source_error',
  'source_refuses_glance',
  'source_unresolvable',
  'source_unreachable',
  'source_certificate',
  'source_cut_short',
  'source_unmeasured',
  'source_stalled',
  'dual_stack',
  'url_filtered',
  'url_invalid',
  'redirect_filtered',
  'region_source',
  // The data of the image.
  'not_an_image',
  'compressed',
  'format_mismatch',
  'unsafe_image',
  'data_changed',
  'too_large',
  // The input of the task.
  'input_incomplete',
  'made_by_hand',
  'type_unsupported',
  'no_executor',
  // The server.
  'quota',
  'no_space',
  'store_failed',
  'store_denied',
  'lock_expired',
  'worker_died',
  'image_deleted',
  'server_side',
  // Nothing is wrong, or nothing has started.
  'waiting',
  'moving',
  'succeeded',
  'import_not_started',
  'upload_unfinished',
  'image_active',
  'image_deactivated',
  'tasks_not_visible',
  'unknown',
] as const

export type CauseCode = (typeof CAUSE_CODES)[number]

/** Why a task or an image is in its state, and what to do about it. */
export interface Cause extends Advice {
  code: CauseCode
  /** One or two sentences. */
  summary: string
}

/** At least one cause, the most probable first. */
export type Causes = [Cause, ...Cause[]]

export const IMAGE_DELETED: Cause = {
  code: 'image_deleted',
  summary: 'The image was deleted before the task ended.',
  hint: 'Import it again, into a new image.',
}
