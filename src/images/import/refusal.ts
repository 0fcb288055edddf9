import { type Advice, ApiError, withHint } from '../../errors.js'

/** The remedies for the errors with which Glance refuses an import, by their text. */
const ADVICE: readonly (readonly [text: RegExp, advice: Advice])[] = [
  [
    /does not pass filtering/,
    {
      hint: 'The server cannot resolve the host, or its operator does not allow the host or the port (by default only 80 and 443). Check the URL, or download it here and upload it.',
      remedy: { kind: 'upload_instead' },
    },
  ],
  [
    /publicize_image/,
    {
      hint: 'By default, only administrators can make an image public. Use the visibility community or shared instead.',
    },
  ],
  [/copy_image/, { hint: 'By default, only administrators can copy an image to other stores. Ask the operator.' }],
  [
    /already present at store/,
    { hint: 'The store already has the image, so it needs no copy. Choose only stores that do not have the image.' },
  ],
  [/Store for identifier/, { hint: 'Choose a store that the cloud has.' }],
  [
    /storage media is full|not enough disk space/i,
    { hint: 'The disk on which the image service keeps uploads is full. Ask its operator.' },
  ],
  [/over (?:the |a )?limit/i, { hint: 'Delete images that are not needed, or ask the operator for a larger quota.' }],
  [
    /has active task|still in progress/,
    {
      hint: 'Another import of this image is running, or an interrupted one locks the image for up to an hour. Import again later, or delete the image.',
    },
  ],
  [
    /Unknown import method|method is not available/,
    { hint: 'This cloud does not offer the import method. Choose another one.' },
  ],
]

/** Adds a remedy to an error of the service. Returns any other error unchanged. */
export function explainImportRefusal(error: unknown): unknown {
  if (!(error instanceof ApiError) || !error.isFromService || error.remedy !== undefined) return error
  const known = ADVICE.find(([text]) => text.test(error.message))
  return known ? withHint(error, known[1]) : error
}
