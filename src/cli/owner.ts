import { AUTH_TYPES } from '../config/auth-types.js'
import { ApiError, ForbiddenError, NotFoundError, UsageError, withHint } from '../errors.js'
import { type Answer, jsonOf } from '../http/answer.js'
import { isJsonObject } from '../http/json.js'
import { path } from '../http/path.js'
import type { Query } from '../http/service.js'
import type { Session } from '../session/session.js'
import { pastable } from '../shell-words.js'
import { storedId } from '../tasks/task-id.js'

/** A project in Keystone's answer. */
interface Project {
  id: string
  name: string
  domainId: string
}

/** What the search for a project needs. */
export interface OwnerSearch {
  signal: AbortSignal
  onWarning(text: string): void
}

// Keystone's IDs have 32 hexadecimal digits. Imported ones may be UUIDs.
const PROJECT_ID = /^([\da-f]{32}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/i

/**
 * The ID of the project that --owner names by its ID or its name. Sends no request if the text has the format of an ID.
 *
 * @throws UsageError if several projects have the name; ForbiddenError if the user may not search.
 */
export async function ownerId(session: Session, owner: string, { signal, onWarning }: OwnerSearch): Promise<string> {
  if (PROJECT_ID.test(owner)) return storedId(owner)
  if (!AUTH_TYPES.get(session.settings.authType)?.keystone) {
    onWarning(`--owner ${owner} is used as an ID, because this cloud has no Keystone to look up the names of projects`)
    return owner
  }
  const ask = (route: string, query?: Query) => session.requestIdentity({ path: route, query, signal })
  const named = await projectsNamed(owner, ask)
  const [only, another] = named
  if (only !== undefined && another === undefined) return only.id
  if (only !== undefined) throw await ambiguous(owner, named, ask)
  // As in Glance, an unknown ID has no tasks: an empty list, and no error.
  if (!(await exists(owner, ask))) {
    onWarning(`No project has the name or ID ${JSON.stringify(owner)}. List the projects with: openstack project list`)
  }
  return owner
}

type AskKeystone = (route: string, query?: Query) => Promise<Answer>

/** The projects with this name. For a user who is not allowed to list all projects, only those in which the user has a role. */
async function projectsNamed(name: string, ask: AskKeystone): Promise<Project[]> {
  try {
    return projectsIn(await ask('projects', { name }))
  } catch (refusal) {
    if (!(refusal instanceof ForbiddenError)) throw refusal
    const own = projectsIn(await ask('auth/projects')).filter((project) => project.name === name)
    if (own.length > 0) return own
    throw withHint(
      refusal,
      `Specify the ID of the project. An administrator can find it with: openstack project show ${pastable(name, 'NAME')} -f value -c id`,
      `You are not allowed to look up the project ${JSON.stringify(name)} by its name: ${refusal.message}`,
    )
  }
}

function projectsIn(answer: Answer): Project[] {
  const body = jsonOf(answer)
  const projects = isJsonObject(body) && Array.isArray(body.projects) ? body.projects : []
  return projects.filter(isJsonObject).flatMap(({ id, name, domain_id }) => {
    if (typeof id !== 'string' || typeof name !== 'string') return []
    return { id, name, domainId: typeof domain_id === 'string' ? domain_id : '' }
  })
}

/** Whether the text is the ID of a project, in an unusual format. */
async function exists(id: string, ask: AskKeystone): Promise<boolean> {
  try {
    await ask(path`projects/${id}`)
    return true
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof ForbiddenError) return false
    throw error
  }
}

/** An error names at most this number of projects, with a request for the domain of each. */
const MAX_NAMED = 10

async function ambiguous(name: string, projects: readonly Project[], ask: AskKeystone): Promise<UsageError> {
  const lines = await Promise.all(
    projects
      .slice(0, MAX_NAMED)
      .map(async ({ id, domainId }) => `${id}  in the domain ${await domainName(domainId, ask)}`),
  )
  const more = projects.length - lines.length
  if (more > 0) lines.push(`and ${more} more`)
  return new UsageError(`${projects.length} projects have the name ${JSON.stringify(name)}:\n${lines.join('\n')}`, {
    hint: 'Specify one of these IDs: --owner ID',
  })
}

/** The name of a domain; its ID if the user is not allowed to read it. */
async function domainName(id: string, ask: AskKeystone): Promise<string> {
  try {
    const body = jsonOf(await ask(path`domains/${id}`))
    const domain = isJsonObject(body) && isJsonObject(body.domain) ? body.domain : {}
    return typeof domain.name === 'string' ? domain.name : id
  } catch (error) {
    if (error instanceof ApiError) return id
    throw error
  }
}
