import type { Layer } from './layer.js'

// Settings that identify the same thing. If a layer sets one of a group, it replaces the whole group of the layers below:
// an ID from the file must not override a name from the command line.
const ALTERNATIVES: readonly (readonly string[])[] = [
  ['auth.project_id', 'auth.project_name'],
  ['auth.user_id', 'auth.username'],
  ['auth.user_domain_id', 'auth.user_domain_name'],
  ['auth.project_domain_id', 'auth.project_domain_name'],
  ['auth.domain_id', 'auth.domain_name'],
  ['auth.default_domain_id', 'auth.default_domain_name'],
  ['auth.application_credential_id', 'auth.application_credential_name'],
  ['verify', 'insecure'],
]

const PROJECT = ['auth.project_id', 'auth.project_name']
const DOMAIN = ['auth.domain_id', 'auth.domain_name']
const OTHER_SCOPES = ['auth.system_scope', 'auth.trust_id']

/** Merges layers. Later layers override earlier ones. Lists are replaced, not merged. */
export function mergeLayers(layers: readonly Layer[]): Layer {
  const merged: Layer = new Map()
  for (const layer of layers) {
    const sets = (path: string) => layer.has(path)
    for (const group of ALTERNATIVES) if (group.some(sets)) removeAll(merged, group)
    if ([...PROJECT, ...DOMAIN, ...OTHER_SCOPES].some(sets)) removeScope(merged, sets)
    for (const [path, entry] of layer) merged.set(path, entry)
  }
  return merged
}

/** Removes the scope of the lower layers, because a login has only one scope and the new layer sets it. */
function removeScope(merged: Layer, sets: (path: string) => boolean): void {
  removeAll(merged, OTHER_SCOPES)
  if (PROJECT.some(sets)) return
  removeAll(merged, PROJECT)
  if (DOMAIN.some(sets)) return
  // The domain of the lower layers is no longer the scope, but still the user's domain.
  for (const path of DOMAIN) {
    const entry = merged.get(path)
    const name = path.replace('auth.', 'default_')
    if (entry && !merged.has(`auth.${name}`)) merged.set(`auth.${name}`, { ...entry, keys: ['auth', name] })
  }
  removeAll(merged, DOMAIN)
}

function removeAll(layer: Layer, paths: readonly string[]): void {
  for (const path of paths) layer.delete(path)
}
