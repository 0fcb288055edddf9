import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

interface Validator {
  (value: unknown): boolean
  errors?: unknown
}

// A validator for JSON Schema comes with webpack, which the tests of the library use.
const fromHere = createRequire(import.meta.url)
const { default: Ajv } = createRequire(fromHere.resolve('webpack/package.json'))('ajv/dist/2020')

/** A JSON Schema of docs/, and a validator for it. */
export function schemaOf(name: string) {
  const schema = JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'))
  const isValid: Validator = new Ajv({ strictTypes: false, strictRequired: false }).compile(schema)
  return { schema, isValid }
}
