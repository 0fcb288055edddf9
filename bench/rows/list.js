// All tasks of the real cloud.
import { compare } from '../measure.js'
import { glanceTasks, script } from '../program.js'
import { goVariables } from './get.js'

const FORMATS = ['json', 'jsonl', 'csv', 'table']

export const title = '`list` of 10 000 tasks'
export const needsCloud = true

export async function measure({ rounds, cloud, peers }) {
  const { env, token, glance, variables } = cloud
  const bare = { name: 'bare keep-alive client', argv: script('peers/bare-list.js', glance, token) }
  const ours = FORMATS.map((format) => ({ name: `list -f ${format}`, argv: glanceTasks('list', '-f', format), env }))
  const os = Object.fromEntries(Object.entries(variables).map(([name, value]) => [`OS_${name.toUpperCase()}`, value]))
  const { OS_DOMAIN_NAME, ...osWithoutDomain } = os
  const quick = await compare(
    [bare, ...ours, ...(peers.gophercloud ? [go('gophercloud, limit 1000', 1000)] : [])],
    Math.ceil(rounds / 2),
  )
  const others = [
    peers.openstack?.hasTasks && {
      name: 'openstack',
      argv: [...peers.openstack.argv, 'image', 'task', 'list', '-f', 'json'],
      env: osWithoutDomain,
    },
    peers.glance && { name: 'glance', argv: [...peers.glance.argv, 'task-list'], env: osWithoutDomain },
  ].filter(Boolean)
  const slow = await compare([ours[0], ...others], 3)
  const figures = [
    ...ours.map(({ name }) => ({ name, goal: '≤ 1.6 × bare client', ratio: quick.ratio(name, bare.name), most: 1.6 })),
    ...others.map(({ name }) => ({
      name: `${name} to list`,
      goal: '≥ 10 × list',
      ratio: slow.ratio(name, ours[0].name),
      least: 10,
    })),
  ]
  if (peers.gophercloud) {
    const ratio = quick.ratio('gophercloud, limit 1000', ours[0].name)
    figures.push({ name: 'gophercloud, limit 1000, to list', goal: '> 1 × list', ratio, least: 1 })
  }
  return { times: { ...quick.times, ...slow.times }, figures }

  function go(name, limit) {
    return { name, argv: [...peers.gophercloud.argv, 'list', String(limit)], env: goVariables(os) }
  }
}
