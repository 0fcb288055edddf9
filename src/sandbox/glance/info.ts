import type { Context } from './context.js'
import type { Quota } from './images/quota.js'
import { IMPORT_METHODS } from './imports/run.js'
import { notAuthorized, notFound } from './problem.js'
import { asciiJson, json } from './reply.js'
import { crashesOnBody, type Handler, type Route, refusesBody } from './router.js'

/** /v2/info: import methods, stores and usage; and /v2/cache, which this Glance does not support. */
export function infoRoutes(stores: readonly string[], quota: Quota): Route[] {
  const views = stores.map((id, i) => (i === 0 ? { id, default: 'true' } : { id }))
  const methods = { description: 'Import methods available.', type: 'array', value: [...IMPORT_METHODS] }
  const properties = { data_dir: '/var/lib/glance/images', chunk_size: 65536, thin_provisioning: false }
  const detail: Handler = (context) => {
    requireAdmin(context, 'stores_info_detail')
    return asciiJson({ stores: views.map((view) => ({ ...view, type: 'file', properties })) })
  }
  const usage: Handler = ({ projectId }) => json(200, { usage: quota.view(projectId) })
  return [
    { pattern: '/info/import', methods: { GET: refusesBody(() => asciiJson({ 'import-methods': methods })) } },
    { pattern: '/info/stores', methods: { GET: refusesBody(() => asciiJson({ stores: views })) } },
    { pattern: '/info/stores/detail', methods: { GET: refusesBody(detail) } },
    { pattern: '/info/usage', methods: { GET: crashesOnBody(usage) }, unlisted: true },
    {
      pattern: '/cache',
      methods: { GET: refusesBody(refuseCache('cache_list')), DELETE: crashesOnBody(refuseCache('cache_delete')) },
    },
  ]
}

function refuseCache(action: string): Handler {
  return (context) => {
    requireAdmin(context, action)
    throw notFound('Caching via API is not supported at this site.')
  }
}

function requireAdmin({ isAdmin }: Context, action: string): void {
  if (!isAdmin) throw notAuthorized(action)
}
