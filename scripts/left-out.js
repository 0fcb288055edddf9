// Replaces unused parts of bundled packages, which would otherwise slow down every command.

const UNREACHABLE = [
  {
    // HTTP/2, which is off by default.
    importer: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client\.js$/,
    path: './client-h2.js',
    contents: "module.exports = () => { throw new Error('HTTP/2 is left out of this bundle.') }",
  },
  {
    // FormData bodies. We send only text and streams.
    importer: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h1\.js$/,
    path: '../web/fetch/body.js',
    contents: "exports.extractBody = () => { throw new Error('FormData is left out of this bundle.') }",
  },
  {
    // Node's HTTP module, of which undici uses two constants. Loading it takes 5 ms.
    importer: /[\\/]undici[\\/]lib[\\/](core[\\/]util|dispatcher[\\/]client)\.js$/,
    path: 'node:http',
    contents: 'exports.maxHeaderSize = 16384; exports.IncomingMessage = class {}',
  },
  {
    // The module that formats failed assertions.
    importer: /[\\/]undici[\\/]lib[\\/]/,
    path: 'node:assert',
    contents:
      "module.exports = (value, message = 'undici failed an assertion') => { if (!value) throw new Error(message) }",
  },
  {
    // Subcommands in separate executables.
    importer: /[\\/]commander[\\/]lib[\\/]command\.js$/,
    path: 'node:child_process',
    contents: '',
  },
  {
    // The default loaders of cosmiconfig, some of which execute files. We pass our own loaders.
    importer: /[\\/]cosmiconfig[\\/]dist[\\/]defaults\.js$/,
    path: './loaders',
    contents: '',
  },
  {
    // Folders that cosmiconfig could search. Finding them fails for a user without a home directory, such as one of a container.
    importer: /[\\/]cosmiconfig[\\/]dist[\\/]ExplorerBase\.js$/,
    path: 'env-paths',
    contents: '',
  },
]

const PREFIX = '\0left-out-'

/** The bundler plugin that replaces these modules. */
export const leftOut = {
  name: 'left-out',
  resolveId(path, importer = '') {
    const index = UNREACHABLE.findIndex((part) => part.path === path && part.importer.test(importer))
    return index === -1 ? undefined : `${PREFIX}${index}.cjs`
  },
  load(id) {
    return id.startsWith(PREFIX) ? UNREACHABLE[Number.parseInt(id.slice(PREFIX.length), 10)].contents : undefined
  },
}
