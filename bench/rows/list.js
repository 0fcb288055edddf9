// Lists all tasks of the real cloud.
import { compare } from '../measure.js'
import { glanceTasks, script } from '../program.js'

const FORMATS = ['json', 'jsonl', 'csv', 'table']

export const title = '`list` of 10 000 tasks'
export const needsCloud = true

export async function measure({ node, rounds, cloud, peers }) {
  const { env, token, glance, openstackEnv, gophercloudEnv } = cloud
  const bare = { name: 'bare keep-alive client', argv: script(node, 'peers/bare-list.js', glance, token) }
  const ours = FORMATS.map((format) => ({
    name: `list -f ${format}`,
    argv: glanceTasks(node, 'list', '-f', format),
    env,
  }))
  const go = peers.gophercloud && {
    name: 'gophercloud, limit 1000',
    argv: [...peers.gophercloud.argv, 'list', '1000'],
    env: gophercloudEnv,
  }
  const quick = await compare([bare, ...ours, ...(go ? [go] : [])], Math.ceil(rounds / 2))
  const others = [
    peers.openstack?.hasTasks && {
      name: 'openstack',
      argv: [...peers.openstack.argv, 'image', 'task', 'list', '-f', 'json'],
      env: openstackEnv,
    },
    peers.glance && { name: 'glance', argv: [...peers.glance.argv, 'task-list'], env: openstackEnv },
  ].filter(Boolean)
  const slow = await compare([ours[0], ...others], 3)
  const figures = [
    ...ours.map(({ name }) => ({ name, goal: '≤ 1.6 × bare client', ratio: quick.ratio(name, bare.name), most: 1.6 })),
    ...others.map(({ name }) => ({
      name: `${name} / list`,
      goal: '≥ 10 × list',
      ratio: slow.ratio(name, ours[0].name),
      least: 10,
    })),
  ]
  if (go) {
    const ratio = quick.ratio(go.name, ours[0].name)
    figures.push({ name: 'gophercloud, limit 1000 / list', goal: '> 1 × list', ratio, least: 1 })
  }
  return { times: { ...quick.times, ...slow.times }, figures }
}
