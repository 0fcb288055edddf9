import type { CloudSettings } from './settings.js'
import { describeSource } from './source.js'

/** Warnings for settings that somebody gave and that change nothing. */
export function withoutEffect(settings: CloudSettings): string[] {
  return [...scopeOfCredential(settings), ...unusedAuthority(settings)]
}

/** An application credential is bound to its project; in a file a project beside it is common, and harmless. */
function scopeOfCredential({ authType, sources }: CloudSettings): string[] {
  if (authType !== 'v3applicationcredential') return []
  const scopes = ['project_name', 'project_id', 'domain_name', 'domain_id', 'system_scope', 'trust_id']
  return scopes
    .map((key) => sources[`auth.${key}`])
    .filter((source) => source?.kind === 'option')
    .map(
      (source) =>
        `${source && describeSource(source)} has no effect: an application credential is bound to its project.`,
    )
}

function unusedAuthority({ tls, sources }: CloudSettings): string[] {
  const source = sources.cacert
  if (tls.verify || tls.cacert === undefined || !source) return []
  return [`cacert (${describeSource(source)}) has no effect: no certificate is verified.`]
}
