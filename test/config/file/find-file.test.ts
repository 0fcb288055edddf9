import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { searchPaths } from '../../../src/config/file/search-paths.js'
import { resolveCloud } from '../../../src/config/resolve.js'
import { type CloudFolder, cloudFolder } from '../../helpers/cloud-folder.js'
import { IS_WINDOWS } from '../../helpers/platform.js'
import { isRoot } from '../../helpers/user.js'

const cloudAt = (url: string) => `clouds:\n  one:\n    auth:\n      auth_url: ${url}\n`

async function urlFrom(folder: ReturnType<typeof cloudFolder>): Promise<string | undefined> {
  return (await resolveCloud({}, folder.environment)).settings.auth.auth_url
}

describe('the search for clouds.yaml', () => {
  test('the paths on Linux, in order', () => {
    const environment = { env: {}, cwd: '/work', home: '/home/me', platform: 'linux' as const }
    expect(searchPaths('clouds', environment)).toEqual(
      ['/work', '/home/me/.config/openstack', '/etc/xdg/openstack', '/etc/openstack'].flatMap((directory) =>
        ['yaml', 'yml', 'json'].map((extension) => `${directory}/clouds.${extension}`),
      ),
    )
  })

  test('XDG_CONFIG_HOME and XDG_CONFIG_DIRS replace the defaults, unless they are relative', () => {
    const env = { XDG_CONFIG_HOME: '/xdg', XDG_CONFIG_DIRS: '/one:relative:/two' }
    const places = searchPaths('secure', { env, cwd: '/work', home: '/home/me', platform: 'linux' })
    expect(places.filter((place) => place.endsWith('.yaml'))).toEqual([
      '/work/secure.yaml',
      '/xdg/openstack/secure.yaml',
      '/one/openstack/secure.yaml',
      '/two/openstack/secure.yaml',
      '/etc/openstack/secure.yaml',
    ])
  })

  test.skipIf(IS_WINDOWS)('the folder /etc can be replaced', async () => {
    const environment = { env: {}, cwd: '/work', home: '/home/me', etc: '/opt/etc', platform: 'linux' as const }
    expect(searchPaths('clouds', environment).filter((place) => /\/etc\/.*yaml$/.test(place))).toEqual([
      '/opt/etc/xdg/openstack/clouds.yaml',
      '/opt/etc/openstack/clouds.yaml',
    ])
    const folder = cloudFolder({ XDG_CONFIG_DIRS: '' })
    folder.write('etc/openstack/clouds.yaml', cloudAt('http://machine'))
    expect(await urlFrom(folder)).toBe('http://machine')
  })

  test('the first existing file wins: working directory, user, site; yaml, yml, json', async () => {
    const folder = cloudFolder()
    folder.write('site/openstack/clouds.yaml', cloudAt('http://site'))
    expect(await urlFrom(folder)).toBe('http://site')
    folder.write('home/.config/openstack/clouds.json', '{"clouds": {"one": {"auth": {"auth_url": "http://user"}}}}')
    expect(await urlFrom(folder)).toBe('http://user')
    folder.write('home/.config/openstack/clouds.yml', cloudAt('http://user-yml'))
    expect(await urlFrom(folder)).toBe('http://user-yml')
    folder.write('work/clouds.yaml', cloudAt('http://work'))
    expect(await urlFrom(folder)).toBe('http://work')
  })

  test('secure.yaml is searched separately and merged into clouds.yaml; lists are replaced', async () => {
    const folder = cloudFolder()
    folder.write('work/clouds.yaml', `${cloudAt('http://work')}    interface: [internal, public]\n`)
    folder.write('home/.config/openstack/secure.yaml', 'clouds: {one: {auth: {password: s3}, interface: [admin]}}')
    const { settings } = await resolveCloud({}, folder.environment)
    expect(settings.auth).toMatchObject({ auth_url: 'http://work', password: 's3' })
    expect(settings.image.interfaces).toEqual(['admin'])
  })

  test('OS_CLIENT_CONFIG_FILE and OS_CLIENT_SECURE_FILE override the search, and ~ is expanded', async () => {
    const folder = cloudFolder({ OS_CLIENT_CONFIG_FILE: '~/mine.yaml', OS_CLIENT_SECURE_FILE: '../secrets' })
    folder.write('work/clouds.yaml', cloudAt('http://work'))
    folder.write('home/mine.yaml', cloudAt('http://mine'))
    folder.write('secrets', 'clouds: {one: {auth: {password: hidden}}}')
    const { settings } = await resolveCloud({}, folder.environment)
    expect(settings.auth).toMatchObject({ auth_url: 'http://mine', password: 'hidden' })
  })

  test('the option overrides OS_CLIENT_CONFIG_FILE', async () => {
    const folder = cloudFolder({ OS_CLIENT_CONFIG_FILE: '/nowhere' })
    const configFile = folder.write('other.yaml', cloudAt('http://other'))
    const { settings } = await resolveCloud({ configFile }, folder.environment)
    expect(settings.auth.auth_url).toBe('http://other')
  })
})

describe('an unusable file is an error that names it', () => {
  test.each([
    ['OS_CLIENT_CONFIG_FILE', 'clouds'],
    ['OS_CLIENT_SECURE_FILE', 'secure'],
  ])('%s names a file that does not exist', async (variable) => {
    const missing = resolve('/nowhere/x.yaml')
    const folder = cloudFolder({ [variable]: missing })
    folder.write('work/clouds.yaml', cloudAt('http://work'))
    await expect(urlFrom(folder)).rejects.toThrow(`File not found: ${missing}, set by ${variable}.`)
  })

  test('a directory', async () => {
    const folder = cloudFolder()
    mkdirSync(join(folder.root, 'work/clouds.yaml'))
    await expect(urlFrom(folder)).rejects.toMatchObject({
      message: expect.stringMatching(/work.clouds.yaml: this is a directory, not a file\.$/),
      hint: 'Replace it with a file, or remove it.',
    })
  })

  test.skipIf(IS_WINDOWS)('a pipe, which nobody writes to', async () => {
    const folder = cloudFolder()
    execFileSync('mkfifo', [join(folder.root, 'work/clouds.yaml')])
    await expect(urlFrom(folder)).rejects.toThrow('work/clouds.yaml: this is a pipe or a device, not a file.')
  })

  test.skipIf(IS_WINDOWS)('symbolic links that form a loop', async () => {
    const folder = cloudFolder()
    symlinkSync('secure.yaml', join(folder.root, 'work/clouds.yaml'))
    symlinkSync('clouds.yaml', join(folder.root, 'work/secure.yaml'))
    await expect(urlFrom(folder)).rejects.toMatchObject({
      message: expect.stringMatching(/work\/clouds.yaml: cannot read the file: too many levels of symbolic links.$/),
      hint: 'The symbolic link leads back to itself. Point it to a file.',
    })
  })

  test('clouds.yaml, if secure.yaml cannot be used either and was found sooner', async () => {
    const folder = cloudFolder()
    folder.write('home/.config/openstack/clouds.yaml', '{')
    folder.write('work/secure.yaml', '{')
    await expect(urlFrom(folder)).rejects.toThrow('openstack/clouds.yaml')
  })

  test.skipIf(IS_WINDOWS || isRoot)('no permission to read it', async () => {
    const folder = cloudFolder()
    chmodSync(folder.write('work/clouds.yaml', cloudAt('http://work')), 0)
    await expect(urlFrom(folder)).rejects.toThrow('work/clouds.yaml: cannot read the file: permission denied.')
  })

  // A thread, in which the mutation tests run, cannot change its user.
  describe.skipIf(IS_WINDOWS || (isRoot && !isMainThread))('a folder that may not be entered', () => {
    /** Runs some work as a user other than root, because file modes do not restrict root. */
    async function asNobody<T>(folder: CloudFolder, work: () => Promise<T>): Promise<T> {
      chmodSync(join(folder.root, 'home/.config/openstack'), 0)
      if (!isRoot) return work().finally(() => open(folder))
      chmodSync(folder.root, 0o755)
      process.seteuid?.(65534)
      return work().finally(() => {
        process.seteuid?.(0)
        open(folder)
      })
    }
    const open = ({ root }: CloudFolder) => chmodSync(join(root, 'home/.config/openstack'), 0o700)

    test('is in the error if no other file is found', async () => {
      const folder = cloudFolder()
      folder.write('home/.config/openstack/clouds.yaml', cloudAt('http://mine'))
      const error = await asNobody(folder, () => urlFrom(folder)).catch((thrown) => thrown)
      expect(error.hint).toContain(`Cannot search ${folder.root}/home/.config/openstack for a clouds.yaml`)
    })

    test('is in a warning if another file is used', async () => {
      const folder = cloudFolder()
      folder.write('home/.config/openstack/clouds.yaml', cloudAt('http://mine'))
      const used = folder.write('site/openstack/clouds.yaml', cloudAt('http://site'))
      const { warnings } = await asNobody(folder, () => resolveCloud({}, folder.environment))
      expect(warnings).toEqual([
        `Cannot search ${folder.root}/home/.config/openstack for a clouds.yaml: permission denied. Using ${used}.`,
      ])
    })

    test('is an error if a named file is in it, but not "File not found"', async () => {
      const folder = cloudFolder()
      const configFile = folder.write('home/.config/openstack/clouds.yaml', cloudAt('http://mine'))
      await expect(asNobody(folder, () => resolveCloud({ configFile }, folder.environment))).rejects.toMatchObject({
        message: `${configFile}: cannot read the file: permission denied.`,
        hint: 'A directory above the file denies access. Give yourself access to it (chmod u+x), or move the file.',
      })
    })
  })

  test.skipIf(IS_WINDOWS)('a name that is too long', async () => {
    const folder = cloudFolder({ OS_CLIENT_CONFIG_FILE: 'x'.repeat(300) })
    await expect(urlFrom(folder)).rejects.toMatchObject({
      message: expect.stringMatching(/x: cannot read the file: its name is too long.$/),
      hint: 'Check the path of the file.',
    })
  })

  test('a file instead of its folder counts as not found', async () => {
    const folder = cloudFolder()
    folder.write('home/.config/openstack', 'a file')
    folder.write('site/openstack/clouds.yaml', cloudAt('http://site'))
    expect(await urlFrom(folder)).toBe('http://site')
  })

  test('a byte order mark is ignored', async () => {
    const folder = cloudFolder()
    folder.write('work/clouds.yaml', `\uFEFF${cloudAt('http://work')}`)
    expect(await urlFrom(folder)).toBe('http://work')
  })

  test('a file of a terabyte is not read', async () => {
    const folder = cloudFolder()
    truncateSync(folder.write('work/clouds.yaml', 'clouds:\n'), 2 ** 40)
    await expect(urlFrom(folder)).rejects.toThrow('larger than 2 MiB')
  })
})

test('no file in the working directory is executed or read as settings of the program', async () => {
  const folder = cloudFolder()
  const proof = join(folder.root, 'was-run')
  const code = `require('node:fs').writeFileSync(${JSON.stringify(proof)}, ''); module.exports = { searchPlaces: [] }`
  const stray = cloudAt('http://stray')
  for (const name of ['config.js', 'config.cjs', 'config.ts', 'openstackrc.js', 'openstackrc.cjs']) {
    folder.write(`work/.config/${name}`, code)
  }
  for (const name of ['openstack.config.js', 'openstack.config.cjs', '.openstackrc.js', 'clouds.js', 'clouds.ts']) {
    folder.write(`work/${name}`, code)
  }
  const meta = '{"cosmiconfig": {"searchPlaces": ["stray.yaml"]}, "openstack": {"clouds": {}}, "$import": "stray.yaml"}'
  for (const name of ['package.json', 'package.yaml', '.config/config.json', '.config/config.yaml', '.openstackrc']) {
    folder.write(`work/${name}`, meta)
  }
  folder.write('work/stray.yaml', stray)
  folder.write('home/.config/openstack/clouds.yaml', `$import: ../../../work/stray.yaml\n${cloudAt('http://mine')}`)
  expect(await urlFrom(folder)).toBe('http://mine')
  expect(existsSync(proof)).toBe(false)
})

test('without any clouds.yaml, the error lists every searched directory', async () => {
  const { environment } = cloudFolder()
  const error = await resolveCloud({}, environment).catch((thrown: Error) => thrown)
  for (const path of searchPaths('clouds', environment)) expect(String(error)).toContain(`\n  ${dirname(path)}`)
})
