// Gets one task, with a cached token (warm) and without (cold).
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { compare } from '../measure.js'
import { folder, glanceTasks } from '../program.js'

export const title = '`get ID -f json`'
export const needsCloud = true

// Node 20 loads the code of fetch on the first call; later versions start with it in memory.
const GOAL = '≤ 1 × node -e fetch, on Node 20 ≤ 0.65'

export async function measure({ node, rounds, cloud, peers }) {
  const { env, id, token, glance, openstackEnv, gophercloudEnv } = cloud
  const request = `fetch('${glance}/v2/tasks/${id}',{headers:{'x-auth-token':'${token}'}})`
  const print = '.then((r)=>r.json()).then((t)=>console.log(JSON.stringify(t,null,2)))'
  const warm = { name: 'get', argv: glanceTasks(node, 'get', id, '-f', 'json'), env }
  const cold = { ...warm, name: 'get, cold', before: () => rmSync(tokens(), { recursive: true, force: true }) }
  const oneLiner = { name: 'node -e fetch', argv: [node.path, '-e', request + print] }
  const others = [
    peers.gophercloud && { name: 'gophercloud', argv: [...peers.gophercloud.argv, 'get', id], env: gophercloudEnv },
    peers.openstack && { ...openstack(peers.openstack, id), env: openstackEnv },
    peers.glance && { name: 'glance', argv: [...peers.glance.argv, 'task-show', id], env: openstackEnv },
  ].filter(Boolean)

  const most = node.major === 20 ? 0.65 : 1
  const quick = await compare([oneLiner, warm], rounds)
  const slow = await compare([warm, ...others], Math.ceil(rounds / 3))
  const figures = [
    { name: 'get', goal: GOAL, ratio: quick.ratio('get', 'node -e fetch'), most },
    ...others.map(({ name }) => {
      const least = name === 'gophercloud' ? 5 : 10
      return { name: `${name} / get`, goal: `≥ ${least} × get`, ratio: slow.ratio(name, 'get'), least }
    }),
  ]
  // Most of a cold get is Keystone's time, which varies. So it has many rounds, with the only peer of its goal.
  const gopher = others.find(({ name }) => name === 'gophercloud')
  const withLogin = await compare(gopher ? [cold, gopher] : [cold], rounds)
  if (gopher) {
    const difference = withLogin.difference(cold.name, gopher.name)
    figures.push({ name: 'get, cold, minus gophercloud', goal: '≤ 100 ms', ratio: difference, most: 100, unit: 'ms' })
  }
  return { times: { ...quick.times, ...slow.times, ...withLogin.times }, figures }
}

/** Before version 6.1 openstack has no tasks. Its image list sends the same number of requests. */
function openstack({ argv, hasTasks }, id) {
  if (hasTasks) return { name: 'openstack', argv: [...argv, 'image', 'task', 'show', id, '-f', 'json'] }
  return { name: 'openstack image list --limit 1', argv: [...argv, 'image', 'list', '--limit', '1', '-f', 'json'] }
}

/** The token cache of this run. */
const tokens = () => join(folder, '.cache/glance-tasks/tokens')
