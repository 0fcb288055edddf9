import { existsSync, lstatSync } from 'node:fs'
import { lutimes, mkdir, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folder } from '../helpers/cli.js'
import { IS_WINDOWS } from '../helpers/platform.js'

const { deleteOldCode } = createRequire(import.meta.url)('../../bin/old-code.js')

const DAY = 24 * 3600 * 1000

/** Gives a file or folder the time of some days ago. */
async function age(path: string, days: number) {
  const time = (Date.now() - days * DAY) / 1000
  await utimes(path, time, time)
}

/** A folder of compiled code for an engine, with a file that was not used for 61 days. */
async function withOldCode(engine = 'v18.0.0-x64') {
  const compiled = await folder()
  const code = join(compiled, engine)
  await mkdir(code)
  await writeFile(join(code, 'main.js'), '')
  await age(join(code, 'main.js'), 61)
  return { compiled, code, file: join(code, 'main.js') }
}

it('deletes old files, and folders that are empty then, unless they are new', async () => {
  const old = await withOldCode()
  await age(old.code, 2)
  deleteOldCode(old.compiled, [])
  // To delete the file has made the folder new.
  expect([existsSync(old.file), existsSync(old.code)]).toEqual([false, false])

  const fresh = await withOldCode()
  deleteOldCode(fresh.compiled, [])
  expect([existsSync(fresh.file), existsSync(fresh.code)]).toEqual([false, true])
})

it('keeps what was used lately, and marks what is used now', async () => {
  const { compiled, file, code } = await withOldCode()
  await writeFile(join(code, 'list.js'), '')
  await age(join(code, 'list.js'), 59)
  deleteOldCode(compiled, [file])
  expect([existsSync(file), existsSync(join(code, 'list.js'))]).toEqual([true, true])
  expect((await stat(file)).mtimeMs).toBeGreaterThan(Date.now() - DAY)
})

it.skipIf(IS_WINDOWS)('leaves alone what it did not create, and follows no link', async () => {
  const { compiled } = await withOldCode('other')
  const elsewhere = await withOldCode()
  await symlink(elsewhere.code, join(compiled, 'v20.0.0-x64'))
  const { code } = await withOldCode()
  const kept = [join(code, 'notes.txt'), join(code, 'folder.js')]
  await writeFile(kept[0] as string, '')
  await mkdir(kept[1] as string)
  const link = join(code, 'link.js')
  await symlink('/nowhere', link)
  await lutimes(link, 0, 0)
  for (const path of kept) await age(path, 61)
  deleteOldCode(compiled, [])
  deleteOldCode(join(code, '..'), [])
  for (const path of [join(compiled, 'other', 'main.js'), elsewhere.file, ...kept]) expect(existsSync(path)).toBe(true)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
})
