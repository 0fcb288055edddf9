import { describe, expect, test } from 'vitest'
import { type Environment, expandHome, localAppData, pathsOf, variable } from '../../src/config/environment.js'

const windows = (env: Record<string, string> = {}): Environment => ({
  env,
  cwd: 'D:\\work',
  home: 'C:\\Users\\me',
  platform: 'win32',
})

describe('a variable', () => {
  test.each([
    ['value', 'value'],
    ['', undefined],
    ['value\r', 'value'],
    ['\r', undefined],
    ['a\rb', 'a\rb'],
  ])('with %j is %j: a file with CRLF that a shell sources leaves a carriage return', (value, read) => {
    expect(variable({ env: { OS_CLOUD: value }, cwd: '/', home: '/', platform: 'linux' }, 'OS_CLOUD')).toBe(read)
  })

  test('that is not set is undefined', () => {
    expect(variable(windows(), 'OS_CLOUD')).toBeUndefined()
  })
})

describe('a path', () => {
  test.each([
    ['~', 'C:\\Users\\me'],
    ['~\\clouds.yaml', 'C:\\Users\\me\\clouds.yaml'],
    ['~/clouds.yaml', 'C:\\Users\\me\\clouds.yaml'],
    ['C:\\clouds.yaml', 'C:\\clouds.yaml'],
    ['\\\\server\\share\\clouds.yaml', '\\\\server\\share\\clouds.yaml'],
    ['~other\\clouds.yaml', '~other\\clouds.yaml'],
  ])('on Windows: %s is %s', (path, expanded) => {
    expect(expandHome(path, windows())).toBe(expanded)
  })

  test('has the separators of the platform', () => {
    expect(pathsOf(windows()).join('a', 'b')).toBe('a\\b')
    expect(pathsOf({ platform: 'darwin' }).join('a', 'b')).toBe('a/b')
  })
})

test('the folder for local files on Windows does not need LOCALAPPDATA', () => {
  expect(localAppData(windows({ LOCALAPPDATA: 'E:\\Local' }))).toBe('E:\\Local')
  expect(localAppData(windows())).toBe('C:\\Users\\me\\AppData\\Local')
})
