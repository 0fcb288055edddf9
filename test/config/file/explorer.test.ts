import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadFile } from '../../../src/config/file/explorer.js'
import { folder } from '../../helpers/cli.js'

it('returns what the parser makes of the text', async () => {
  const file = join(await folder(), 'clouds.yaml')
  await writeFile(file, 'clouds: {}')
  expect(await loadFile(file, (text) => text.length)).toBe(10)
})

it('does not parse an empty file', async () => {
  const file = join(await folder(), 'clouds.yaml')
  await writeFile(file, ' \n')
  expect(await loadFile(file, () => 'parsed')).toBeUndefined()
})

it('passes on an error of the parser', async () => {
  const file = join(await folder(), 'clouds.yaml')
  await writeFile(file, 'x')
  const error = new Error('line 1')
  const loaded = loadFile(file, () => {
    throw error
  })
  await expect(loaded).rejects.toBe(error)
})

it('reads the whole file whatever it is called, and follows no $import in it', async () => {
  const directory = await folder()
  const text = '{"openstack": {"clouds": {}}, "$import": "other.json"}'
  await writeFile(join(directory, 'other.json'), '{"imported": true}')
  await writeFile(join(directory, 'package.json'), text)
  expect(await loadFile(join(directory, 'package.json'), JSON.parse)).toEqual(JSON.parse(text))
})

it('executes nothing: neither the file, nor settings of cosmiconfig beside it', async () => {
  const directory = await folder()
  const trap = `require('node:fs').writeFileSync(${JSON.stringify(join(directory, 'trapped'))}, '')`
  await mkdir(join(directory, '.config'))
  await writeFile(join(directory, '.config/config.js'), trap)
  await writeFile(join(directory, 'clouds.js'), trap)
  expect(await loadFile(join(directory, 'clouds.js'), (text) => text)).toBe(trap)
  expect(existsSync(join(directory, 'trapped'))).toBe(false)
})
