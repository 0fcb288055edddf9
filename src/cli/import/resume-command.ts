import type { CloudSelection } from '../../config/resolve.js'
import type { GlanceTasksError } from '../../errors.js'
import { shellQuoted } from '../../shell-words.js'
import type { ImportPlan } from './plan.js'

/**
 * The hint for an import that can go on: the whole command line, with the source and the options that this one had. Undefined
 * if the error has another remedy; its own hint is then the right one.
 */
export function resumeHint(
  { image, cloud }: { image: ImportPlan; cloud: CloudSelection },
  { remedy, hint = 'Resume it.' }: GlanceTasksError,
): string | undefined {
  if (remedy?.kind !== 'resume_import') return undefined
  // An import that was started needs only what decides whether it has succeeded.
  const isStarted = remedy.taskId !== undefined
  const words = ['glance-tasks', ...cloudOptions(cloud), 'import', ...(isStarted ? [] : sourceOf(image))]
  const options = [...(isStarted ? [] : startOptions(image)), ...endOptions(image)]
  return `${hint.replace(/\.$/, '')}: ${[...words, '--image', remedy.imageId, ...options, '--wait'].map(shellWord).join(' ')}`
}

/** The source as typed. The word URL replaces a URL that contains a user or a password. */
function sourceOf({ source }: ImportPlan): string[] {
  switch (source?.kind) {
    case 'url':
      return [source.url.username || source.url.password ? 'URL' : source.url.href]
    case 'file':
      return [source.given]
    case 'stdin':
      return ['-']
    default:
      return []
  }
}

function cloudOptions({ cloud, options = {}, configFile }: CloudSelection): string[] {
  const { region_name: region } = options
  return [
    ...(cloud === undefined ? [] : ['--os-cloud', cloud]),
    ...(typeof region === 'string' ? ['--os-region-name', region] : []),
    ...(configFile === undefined ? [] : ['--os-client-config-file', configFile]),
  ]
}

/** The options for an import into a record that exists. */
function startOptions({ spec }: ImportPlan): string[] {
  const { store = [], allStores, fallback, retryImport } = spec
  return [
    ...store.flatMap((id) => ['--store', id]),
    ...(allStores ? ['--all-stores'] : []),
    ...(fallback ? ['--fallback', fallback] : []),
    ...(retryImport ? ['--retry-import', String(retryImport)] : []),
  ]
}

function endOptions({ spec: { allowPartial, checksum, stallTimeout } }: ImportPlan): string[] {
  return [
    ...(allowPartial ? ['--allow-partial'] : []),
    ...(checksum ? ['--checksum', `${checksum.algorithm}:${checksum.hex}`] : []),
    ...(stallTimeout ? ['--stall-timeout', `${stallTimeout}ms`] : []),
  ]
}

function shellWord(word: string): string {
  return /^[\w./:@%+=,~-]+$/.test(word) ? word : shellQuoted(word)
}
