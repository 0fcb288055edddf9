import { describe, expect, test } from 'vitest'
import { searchPaths } from '../../../src/config/file/search-paths.js'

/** The directories that are searched, without the names of the files. */
function directories(platform: NodeJS.Platform, env: Record<string, string> = {}): string[] {
  const isWindows = platform === 'win32'
  const [cwd, home] = isWindows ? ['D:\\work', 'C:\\Users\\me'] : ['/work', '/Users/me']
  const paths = searchPaths('clouds', { env, cwd, home, platform })
  expect(paths.length % 3).toBe(0)
  return paths.filter((path) => path.endsWith('.yaml')).map((path) => path.replace(/[\\/]clouds\.yaml$/, ''))
}

describe('on Windows', () => {
  test('the directories are those of the user only: anybody may create C:\\etc and folders of C:\\ProgramData', () => {
    expect(directories('win32', { LOCALAPPDATA: 'E:\\Local' })).toEqual([
      'D:\\work',
      'E:\\Local\\OpenStack\\openstack',
      'C:\\Users\\me\\.config\\openstack',
    ])
    expect(directories('win32')).toContain('C:\\Users\\me\\AppData\\Local\\OpenStack\\openstack')
  })

  test('the XDG variables have drive letters, and semicolons between them', () => {
    const env = { XDG_CONFIG_HOME: 'C:\\xdg', XDG_CONFIG_DIRS: 'C:\\one;relative;\\\\server\\two;D:/three' }
    expect(directories('win32', env).slice(2)).toEqual([
      'C:\\xdg\\openstack',
      'C:\\one\\openstack',
      '\\\\server\\two\\openstack',
      'D:\\three\\openstack',
    ])
  })

  test('a path of another platform is relative', () => {
    expect(directories('linux', { XDG_CONFIG_HOME: 'C:\\xdg' })).toContain('/Users/me/.config/openstack')
  })
})

test('on macOS the directories of its applications are searched, too', () => {
  expect(directories('darwin')).toEqual([
    '/work',
    '/Users/me/.config/openstack',
    '/Users/me/Library/Application Support/openstack',
    '/etc/xdg/openstack',
    '/Library/Application Support/openstack',
    '/etc/openstack',
  ])
})
