/**
 * The URL of one version of a service, ending with a slash: `https://h/image/v2.9` and `v2` give `https://h/image/v2/`.
 * Replaces a version at the end of the path; `v2` elsewhere is part of a name. Omits user, query and fragment.
 *
 * It sets the path instead of resolving a relative URL, because `//other/v3` would resolve to another host.
 */
export function versionedUrl(service: URL, version: string): URL {
  const url = new URL(service.origin)
  const path = withoutSlashes(service.pathname).replace(/\/v\d+(\.\d+)?$/, '')
  url.pathname = `${path}/${version}/`
  return url
}

/** The URL of a route below another URL, always on the same host. */
export function urlBelow(base: URL, route: string): URL {
  const url = new URL(base)
  url.pathname = base.pathname + route
  return url
}

/** Without a regular expression, which would take quadratic time for a path with many slashes. */
function withoutSlashes(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end--
  return path.slice(0, end)
}
