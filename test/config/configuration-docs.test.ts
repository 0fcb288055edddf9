import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { AUTH_TYPES } from '../../src/config/auth-types.js'
import { vendorNames } from '../../src/config/layers/vendors.js'
import { SETTINGS } from '../../src/config/setting-table.js'

const docs = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
const code = (text: string) => `\`${text}\``

test('docs/configuration.md documents the older names of variables', () => {
  for (const { variables } of SETTINGS) for (const older of variables.slice(1)) expect(docs).toContain(code(older))
})

test('docs/configuration.md documents every login method and every profile', () => {
  for (const name of [...AUTH_TYPES.keys(), ...vendorNames()]) expect(docs).toContain(code(name))
})
