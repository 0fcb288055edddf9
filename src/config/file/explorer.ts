// Why only cosmiconfig's Explorer, the class that loads one file, can be used here:
// - cosmiconfig() searches the working directory for its own settings (the key `cosmiconfig` in package.json, .config/config.js
//   and others), and executes what it finds. Anybody could put such a file into a directory in which a user runs us.
// - Its search takes the first file that it finds. The OpenStack rules differ: an explicitly named file must exist, a directory
//   that denies access is reported, and secure.yaml is merged into clouds.yaml (find-file.ts, clouds-file.ts).
// - Its default loaders execute JavaScript. We pass our own, which only parses.
// The package has types only for its index file.
import * as cosmiconfig from 'cosmiconfig/dist/Explorer.js'

interface Options<T> {
  moduleName: string
  packageProp: readonly string[]
  searchPlaces: readonly string[]
  searchStrategy: 'none'
  loaders: { default: (file: string, text: string) => { parsed: T } }
  transform: (result: Result<T>) => Result<T>
  cache: boolean
}

interface Result<T> {
  config?: { parsed: T }
}

const { Explorer } = cosmiconfig as unknown as {
  Explorer: new <T>(options: Options<T>) => { load(file: string): Promise<Result<T>> }
}

/**
 * Loads one file, and nothing besides it.
 *
 * @returns what `parse` returns; undefined if the file is empty.
 * @throws what `parse` throws, and errors of the file system.
 */
export async function loadFile<T>(file: string, parse: (text: string) => T): Promise<T | undefined> {
  const explorer = new Explorer<T>({
    moduleName: 'openstack',
    // If the file is called package.*, take its whole content and not its property `openstack`.
    packageProp: [],
    searchPlaces: [],
    searchStrategy: 'none',
    // The result is wrapped, because the explorer would follow a top-level key `$import` and read more files.
    loaders: { default: (_, text) => ({ parsed: parse(text) }) },
    transform: (result) => result,
    cache: false,
  })
  return (await explorer.load(file)).config?.parsed
}
