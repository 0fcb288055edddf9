import { type Advice, BadRequestError, withHint } from '../../errors.js'
import { didYouMean } from '../../nearest.js'

/** Makes Glance's rejection of a create readable and adds a remedy. Other errors are returned unchanged. */
export function explainRefusal(error: unknown, type: string): unknown {
  if (!(error instanceof BadRequestError)) return error
  const [first = '', ...rest] = error.message.split('\n')
  if (/does not pass filtering/.test(first)) return withHint(error, FILTERED)
  if (/^The given uri is not valid/.test(first)) return withHint(error, SCHEME)
  // Python's validator prints the schema and the whole object. Only the first line says what is wrong.
  const fault = /^Provided object does not match schema '\w+': (.*)$/.exec(first)?.[1]
  if (fault === undefined) return error
  const types = rest.some((line) => line.includes("['properties']['type']")) ? namesIn(fault) : []
  if (types.length === 0) return withHint(error, error.hint ?? SCHEMA, first)
  const message = `Glance has no task type ${JSON.stringify(type)}. Its types are ${types.join(', ')}.`
  return withHint(error, didYouMean(type, types) ?? CHOOSE, message)
}

/** The names in a Python list: `'imprt' is not one of ['import', 'api_image_import']`. */
function namesIn(fault: string): string[] {
  const list = fault.slice(fault.lastIndexOf('['))
  return [...list.matchAll(/'([^']*)'/g)].map(([, name = '']) => name)
}

const FILTERED =
  'Glance cannot resolve the host, or its operator does not allow the host or the port (by default only 80 and 443). Check the URL, or ask the operator about [import_filtering_opts].'
const CHOOSE: Advice = { hint: 'Choose one of these types.', remedy: { kind: 'choose_type' } }
const SCHEME = 'Write a URL that begins with http:// or https://, in lower case.'
const SCHEMA = 'Compare the input with the schema that the service publishes at /v2/schemas/task.'
