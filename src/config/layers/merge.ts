import type { Layer } from './layer.js'

// Two ways to name the same thing. What a higher layer gives replaces the other way's name in a lower one: an id from
// the file must not win over a name from the command line.
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
const OTHER_TARGETS = ['auth.system_scope', 'auth.trust_id']

/** Layers laid over each other, the last one on top. Lists replace. */
export function mergeLayers(layers: readonly Layer[]): Layer {
  const merged: Layer = new Map()
  for (const layer of layers) {
    const gives = (path: string) => layer.has(path)
    for (const group of ALTERNATIVES) if (group.some(gives)) removeAll(merged, group)
    if ([...PROJECT, ...DOMAIN, ...OTHER_TARGETS].some(gives)) retarget(merged, gives)
    for (const [path, entry] of layer) merged.set(path, entry)
  }
  return merged
}

/** Makes room for the scope that a higher layer gives: a login has one target, and the higher layer's is meant. */
function retarget(merged: Layer, gives: (path: string) => boolean): void {
  removeAll(merged, OTHER_TARGETS)
  if (PROJECT.some(gives)) return
  removeAll(merged, PROJECT)
  if (DOMAIN.some(gives)) return
  // The lower layer's domain is the target no more, yet it still says where the user is.
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
