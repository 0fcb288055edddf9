import type { Entry, Layer } from './layer.js'

/**
 * Fills in the domains that may be left out: `domain_*` and `default_domain_*` stand for the user's and the project's,
 * and where a name has no domain at all it is `default`, as the openstack command has it.
 *
 * `domain_*` stays only where it is the scope, so for a cloud without a project.
 */
export function fillDomains(layer: Layer): void {
  const has = (key: string) => layer.has(`auth.${key}`)
  const projectScoped = has('project_id') || has('project_name')
  const defaults = [
    firstOf(layer, 'domain_id', 'domain_name'),
    firstOf(layer, 'default_domain_id', 'default_domain_name'),
  ]
  const given = defaults.find((entry) => entry !== undefined)
  for (const owner of ['user', 'project'] as const) {
    const named = owner === 'user' ? has('username') : has('project_name')
    if (has(`${owner}_domain_id`) || has(`${owner}_domain_name`)) continue
    if (given && (owner === 'user' || projectScoped)) copyTo(layer, owner, given)
    else if (named) setDefault(layer, owner)
  }
  if (projectScoped) for (const key of ['domain_id', 'domain_name']) layer.delete(`auth.${key}`)
  for (const key of ['default_domain_id', 'default_domain_name']) layer.delete(`auth.${key}`)
}

function firstOf(layer: Layer, ...keys: string[]): Entry | undefined {
  return keys.map((key) => layer.get(`auth.${key}`)).find((entry) => entry !== undefined)
}

function copyTo(layer: Layer, owner: string, { keys, value, source }: Entry): void {
  const key = `${owner}_domain_${keys.at(-1)?.endsWith('_id') ? 'id' : 'name'}`
  layer.set(`auth.${key}`, { keys: ['auth', key], value, source })
}

function setDefault(layer: Layer, owner: string): void {
  const key = `${owner}_domain_id`
  layer.set(`auth.${key}`, { keys: ['auth', key], value: 'default', source: { kind: 'default' } })
}
