import { expect, it } from 'vitest'
// @ts-expect-error scripts have no types
import { npmCommand } from '../../scripts/npm.js'

it('npm is started without a shell, also on Windows, where it is a batch file', () => {
  expect(npmCommand('linux')).toEqual(['npm', []])
  expect(npmCommand('darwin')).toEqual(['npm', []])
  const node = 'C:\\Program Files\\nodejs\\node.exe'
  expect(npmCommand('win32', node)).toEqual([node, ['C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js']])
})
