import type { Cause } from './cause.js'
import type { Facts } from './facts.js'

/** Why an image without tasks is in its state. */
export function causeOfImage({ image }: Facts): Cause {
  switch (image?.status) {
    case 'queued':
      return {
        code: 'import_not_started',
        summary:
          'The image is a record without data: no import of it was started, the server refused the import at once, or its task has expired.',
        hint: 'Import data into it.',
        remedy: { kind: 'resume_import', imageId: image.id },
      }
    case 'uploading':
      return {
        code: 'upload_unfinished',
        summary:
          'The image data is in the staging area, or an upload is running or was interrupted. No import was started.',
        hint: 'Start the import, or delete the image and import it again.',
        remedy: { kind: 'resume_import', imageId: image.id },
      }
    case 'saving':
      return {
        code: 'upload_unfinished',
        summary: 'An upload of the image data is running, or was interrupted.',
        hint: 'If no upload is running, delete the image and upload it again.',
        remedy: { kind: 'delete_image', imageId: image.id },
      }
    case 'importing':
      return {
        code: 'tasks_not_visible',
        summary:
          'The image is being imported, or its import was interrupted. Its task is not visible to this user: it belongs to another project, or it has expired.',
        hint: 'If its status stays importing, delete the image, and import it again.',
        remedy: { kind: 'delete_image', imageId: image.id },
      }
    case 'active':
      return {
        code: 'image_active',
        summary: 'Nothing is wrong: the image is active. Its tasks have expired, or it was uploaded without one.',
        hint: 'There is nothing to do.',
      }
    case 'deactivated':
      return {
        code: 'image_deactivated',
        summary: 'An administrator has deactivated the image: its data cannot be downloaded.',
        hint: 'Ask the operator to reactivate it.',
      }
    default:
      return {
        code: 'unknown',
        summary: `The image has the status ${image?.status ?? 'unknown'} and no tasks.`,
        hint: 'Delete the image and import it again, or ask the operator.',
      }
  }
}
