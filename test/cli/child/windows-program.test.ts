import { describe, expect, it } from 'vitest'
import { windowsProgram } from '../../../src/cli/child/windows-program.js'

const NPM = 'C:\\Users\\me\\AppData\\Roaming\\npm'
const ENV = { Path: `C:\\Windows\\System32;;${NPM}`, ComSpec: 'C:\\Windows\\System32\\cmd.exe' }

/** What is started, if only these files exist. The working directory is D:\work. */
function started(files: readonly string[], name: string, args: readonly string[] = [], env: object = ENV) {
  const isFile = (path: string) => files.some((file) => file.toLowerCase() === path.toLowerCase())
  return windowsProgram(name, args, { env: env as Record<string, string>, cwd: 'D:\\work' }, isFile)
}

/** The command line that cmd.exe gets for a batch file. */
function batchLine(...args: string[]): string {
  return started([`${NPM}\\glance-tasks.cmd`], 'glance-tasks', args).args.at(-1) ?? ''
}

describe('a program', () => {
  it('is found in PATH, whatever its letter case, and gets its arguments from Node', () => {
    const args = ['a b', 'c"d']
    const found = { file: 'C:\\Windows\\System32\\less.exe', args, isVerbatim: false }
    expect(started(['C:\\Windows\\System32\\less.exe'], 'less', args)).toEqual(found)
    expect(started(['C:\\Windows\\System32\\less.exe'], 'less', args, { PATH: ENV.Path })).toEqual(found)
  })

  it.each([
    ['..\\tools\\less', 'D:\\tools\\less.exe'],
    ['.\\less.exe', 'D:\\work\\less.exe'],
    ['C:/tools/less', 'C:\\tools\\less.exe'],
    ['\\\\server\\tools\\less', '\\\\server\\tools\\less.exe'],
  ])('can be named by its path: %s', (name, file) => {
    expect(started([file], name).file).toBe(file)
  })

  it('of the working directory is not run by its name alone', () => {
    const [planted, mine] = ['D:\\work\\npm.exe', `${NPM}\\npm.cmd`]
    expect(started([planted, mine], 'npm').args.at(-1)).toContain(mine)
    expect(started([planted], 'npm').file).toBe('C:\\Windows\\System32\\npm')
    expect(started([planted], 'npm', [], {}).file).toBe('D:\\npm')
  })

  it('with an ending is that file only', () => {
    expect(started([`${NPM}\\npm.exe`, `${NPM}\\npm.cmd`], 'npm.CMD').args.at(-1)).toContain('npm.CMD')
  })

  it('comes before a batch file of the same name', () => {
    expect(started([`${NPM}\\npm.exe`, `${NPM}\\npm.cmd`], 'npm').file).toBe(`${NPM}\\npm.exe`)
  })
})

describe('a batch file', () => {
  it('is run by cmd.exe, which reads no other commands', () => {
    expect(started([`${NPM}\\glance-tasks.cmd`], 'glance-tasks', ['list', '-f', 'json'])).toEqual({
      file: 'C:\\Windows\\System32\\cmd.exe',
      args: ['/e:ON', '/v:OFF', '/d', '/s', '/c', `""${NPM}\\glance-tasks.cmd" list -f json"`],
      isVerbatim: true,
    })
  })

  it.each([
    ['', '""'],
    ['a b', '"a b"'],
    ['a&calc', '"a&calc"'],
    ['a|b>c<d^e', '"a|b>c<d^e"'],
    ['a"b', '"a""b"'],
    ['a"&calc&"', '"a""&calc&"""'],
    ['a\\"b', '"a\\\\""b"'],
    ['C:\\images\\', '"C:\\images\\\\"'],
    ['C:\\images\\x.raw', 'C:\\images\\x.raw'],
    ['--format=json', '"--format=json"'],
    ['a,b;c', '"a,b;c"'],
    ['%PATH%', '"%%cd:~,%PATH%%cd:~,%"'],
    ['!PATH!', '"!PATH!"'],
    ['ä', '"ä"'],
  ])('gets the argument %j as %s', (arg, quoted) => {
    expect(batchLine(arg)).toBe(`""${NPM}\\glance-tasks.cmd" ${quoted}"`)
  })

  it.each(['a\nb', 'a\rb', 'a\0b'])('cannot get %j', (arg) => {
    expect(() => batchLine(arg)).toThrow(
      'glance-tasks is a batch file, and batch files accept no line breaks in arguments.',
    )
  })

  it('may have a percent sign in its path', () => {
    expect(started(['C:\\100%\\x.bat'], 'C:\\100%\\x.bat').args.at(-1)).toBe('""C:\\100%%cd:~,%\\x.bat""')
  })
})
