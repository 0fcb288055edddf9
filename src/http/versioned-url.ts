/**
 * The URL of one version of a service, ending with a slash: `https://h/image/v2.9` and `v2` give `https://h/image/v2/`.
 * A version at the end of the path is replaced, one inside it is part of a name. User, query and fragment are left out.
 *
 * It sets the path of a URL and never resolves one: `//other/v3`, resolved, would name another host.
 */
export function versionedUrl(service: URL, version: string): URL {
  const url = new URL(service.origin)
  const path = withoutSlashes(service.pathname).replace(/\/v\d+(\.\d+)?$/, '')
  url.pathname = `${path}/${version}/`
  return url
}

/** The URL of a route below another URL, of the same host whatever the route is. */
export function urlBelow(base: URL, route: string): URL {
  const url = new URL(base)
  url.pathname = base.pathname + route
  return url
}

/** Not by a regular expression: on a path of many slashes inside it that would take quadratic time. */
function withoutSlashes(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end--
  return path.slice(0, end)
}
