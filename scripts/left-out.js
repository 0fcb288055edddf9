// Parts of bundled packages that nothing here can reach, and that every command would have to load.

const UNREACHABLE = [
  {
    // HTTP/2, which has to be switched on.
    importer: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client\.js$/,
    path: './client-h2.js',
    contents: "module.exports = () => { throw new Error('HTTP/2 is left out of this bundle.') }",
  },
  {
    // Bodies that are FormData. Ours are text or streams.
    importer: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h1\.js$/,
    path: '../web/fetch/body.js',
    contents: "exports.extractBody = () => { throw new Error('FormData is left out of this bundle.') }",
  },
  {
    // Node's own HTTP, of which undici asks two constants: five milliseconds.
    importer: /[\\/]undici[\\/]lib[\\/](core[\\/]util|dispatcher[\\/]client)\.js$/,
    path: 'node:http',
    contents: 'exports.maxHeaderSize = 16384; exports.IncomingMessage = class {}',
  },
  {
    // What makes the messages of failed assertions.
    importer: /[\\/]undici[\\/]lib[\\/]/,
    path: 'node:assert',
    contents:
      "module.exports = (value, message = 'undici failed an assertion') => { if (!value) throw new Error(message) }",
  },
  {
    // Subcommands that are programs of their own.
    importer: /[\\/]commander[\\/]lib[\\/]command\.js$/,
    path: 'node:child_process',
    contents: '',
  },
  {
    // The loaders that cosmiconfig brings along, some of which run what they find. It is handed ours.
    importer: /[\\/]cosmiconfig[\\/]dist[\\/]defaults\.js$/,
    path: './loaders',
    contents: '',
  },
]

const PREFIX = '\0left-out-'

/** The bundler's plugin that leaves them out. */
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
