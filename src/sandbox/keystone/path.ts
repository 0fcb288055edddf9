import { unquotePath } from '../python/python.js'

/** A path as uWSGI hands it to Keystone: dot segments followed, then decoded; and without slashes at its end. */
export function servedPath(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '.') segments.push(segment)
  }
  return unquotePath(segments.join('/')).replace(/\/+$/, '')
}
