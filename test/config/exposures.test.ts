import { expect, test } from 'vitest'
import { exposuresIn } from '../../src/config/exposures.js'
import type { Entry, Layer } from '../../src/config/layers/layer.js'

/** How many secrets a clouds.yaml in this file exposes, whose password comes from a variable. */
function exposed(file: string, cwd: string, platform: NodeJS.Platform): number {
  const inFile = (keys: string[], value: string): Entry => ({ keys, value, source: { kind: 'file', file, keys } })
  const layer: Layer = new Map([
    ['auth_type', inFile(['auth_type'], 'password')],
    ['auth.auth_url', inFile(['auth', 'auth_url'], 'https://elsewhere.example.org')],
    [
      'auth.password',
      { keys: ['auth', 'password'], value: 'secret', source: { kind: 'variable', name: 'OS_PASSWORD' } },
    ],
  ])
  const home = platform === 'win32' ? 'C:\\Users\\me' : '/home/me'
  return exposuresIn(layer, { env: {}, home, cwd, platform }, []).length
}

test.each<[string, string, NodeJS.Platform, number]>([
  ['/work/clouds.yaml', '/work', 'linux', 1],
  ['/home/me/clouds.yaml', '/work', 'linux', 0],
  ['/home/me/clouds.yaml', '/home/me', 'linux', 1],
  // What the search finds from anywhere.
  ['/home/me/.config/openstack/clouds.yaml', '/home/me', 'linux', 0],
  ['/home/me/.config/openstack/clouds.yaml', '/home/me/.config/openstack', 'linux', 0],
  ['C:\\Users\\me\\.config\\openstack\\clouds.yaml', 'c:\\users\\me\\.config\\openstack', 'win32', 0],
  ['D:\\work\\clouds.yaml', 'D:\\work', 'win32', 1],
  // Windows ignores letter case.
  ['d:\\Work\\clouds.yaml', 'D:\\work', 'win32', 1],
  ['C:\\Users\\me\\clouds.yaml', 'D:\\work', 'win32', 0],
  ['\\\\server\\share\\clouds.yaml', 'D:\\work', 'win32', 0],
  ['D:\\workshop\\clouds.yaml', 'D:\\work', 'win32', 0],
  ['D:\\clouds.yaml', 'D:\\work', 'win32', 0],
])('the file %s in the directory %s on %s exposes %i secrets', (file, cwd, platform, count) => {
  expect(exposed(file, cwd, platform)).toBe(count)
})
