import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { AUTH_TYPES } from '../../src/config/auth-types.js'
import { vendorNames } from '../../src/config/layers/vendors.js'
import { SETTINGS } from '../../src/config/setting-table.js'

/** Removes the padding of the columns of a table. */
const squeeze = (text: string) => text.replace(/ +/g, ' ')
const docs = squeeze(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8'))
const code = (text: string | undefined) => (text === undefined ? '' : `\`${text}\``)

test('docs/configuration.md documents every setting with its variable and option', () => {
  for (const { path, variables, option } of SETTINGS) {
    const flag = option === undefined ? undefined : `--${option}`
    expect(docs).toContain(squeeze(`| ${code(path)} | ${code(variables[0])} | ${code(flag)} |`))
    for (const older of variables.slice(1)) expect(docs).toContain(code(older))
  }
})

test('docs/configuration.md documents every login method and every profile', () => {
  for (const name of [...AUTH_TYPES.keys(), ...vendorNames()]) expect(docs).toContain(code(name))
})
