import type { CloudSelection } from '../../config/resolve.js'
import { type GlanceTasksError, ImportError } from '../../errors.js'
import { maskUrl } from '../../http/mask.js'
import { shellWord, type UserShell } from '../user-shell.js'
import { type ImportPlan, imageOfRegion } from './plan.js'

/**
 * The hint for an import that can continue: the whole command line, with the source and the options that this one had. Undefined
 * if the error has another remedy; its own hint is then the right one.
 */
export function resumeHint(
  { image, cloud }: { image: ImportPlan; cloud: CloudSelection },
  error: GlanceTasksError,
  shell: UserShell,
): string | undefined {
  const { remedy, hint = 'Resume it.' } = error
  if (remedy?.kind !== 'resume_import') return undefined
  // An import that was started needs only what decides whether it has succeeded.
  const isStarted = remedy.taskId !== undefined
  // After a failure the data is needed again, and a command that only resumed does not know its source.
  const source = image.method === undefined && error instanceof ImportError ? ['SOURCE'] : sourceOf(image)
  const words = ['glance-tasks', ...cloudOptions(cloud), 'import', ...(isStarted ? [] : source)]
  const options = [...(isStarted ? [] : startOptions(image)), ...endOptions(image)]
  const line = [...words, '--image', remedy.imageId, ...options, '--wait']
  return `${hint.replace(/\.$/, '')}: ${line.map((word) => shellWord(word, shell)).join(' ')}`
}

/** The source as typed. The word URL replaces a URL that contains a secret, such as a password or a signature. */
function sourceOf({ source, spec }: ImportPlan): string[] {
  switch (source?.kind) {
    case 'url':
      return [maskUrl(source.url) === source.url.href ? source.url.href : 'URL']
    case 'file':
      // A dash would begin an option.
      return [source.given.startsWith('-') ? `./${source.given}` : source.given]
    case 'stdin':
      return ['-']
    default: {
      const image = imageOfRegion(spec)
      return image === undefined ? [] : [image]
    }
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
function startOptions({ method, spec }: ImportPlan): string[] {
  const { fromRegion, store = [], allStores, fallback, retryImport } = spec
  return [
    ...(fromRegion === undefined ? [] : ['--from-region', fromRegion]),
    ...(method === 'copy-image' ? ['--method', method] : []),
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
