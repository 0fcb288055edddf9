import type { JsonValue } from '../../http/json.js'
import { idOf } from '../ids.js'
import { isTruthy } from '../python/json.js'
import { type Account, type ApplicationCredential, credentialId, type RoleName } from './accounts.js'

/** The only domain, with the id and name that Keystone's bootstrap gives it. */
export const DOMAIN = { id: 'default', name: 'Default' } as const

/** Descriptions by project name: Keystone's bootstrap describes the project `admin`. */
const DESCRIPTIONS = new Map([['admin', 'Bootstrap project for initializing the cloud.']])

/** A user who can log in. */
export interface User {
  id: string
  name: string
  account: Account
}

/** A project, which tokens can be scoped to and tasks belong to. */
export interface Project {
  id: string
  name: string
  description: string
}

/** An application credential with its user, project and roles. */
export interface Credential {
  id: string
  owner: User
  project: Project
  given: ApplicationCredential
  roles: readonly RoleName[]
}

/** What identifies a user or a project in a login: the name if there is one, otherwise the id. */
export interface NameOrId {
  id?: JsonValue | undefined
  name?: JsonValue | undefined
}

/** Keystone's users, projects, roles and application credentials. They never change while the sandbox runs. */
export class Directory {
  readonly users: readonly User[]
  readonly projects: readonly Project[]
  readonly credentials: readonly Credential[]

  constructor(accounts: readonly Account[]) {
    this.users = accounts.map((account) => ({ id: idOf('user', account.name), name: account.name, account }))
    const names = new Set(accounts.flatMap(({ projects }) => Object.keys(projects)))
    this.projects = Array.from(names, (name) => ({
      id: idOf('project', name),
      name,
      description: DESCRIPTIONS.get(name) ?? '',
    }))
    this.credentials = this.users.flatMap((owner) =>
      (owner.account.credentials ?? []).flatMap((given) => this.#credential(owner, given)),
    )
  }

  user(by: NameOrId): User | undefined {
    return find(this.users, by)
  }

  project(by: NameOrId): Project | undefined {
    return find(this.projects, by)
  }

  /** The projects in which a user has a role. */
  projectsOf({ account }: User): Project[] {
    return this.projects.filter(({ name }) => projectRoles(account, name).length > 0)
  }

  #credential(owner: User, given: ApplicationCredential): Credential[] {
    const project = this.project({ name: given.project })
    if (!project) return []
    const roles = given.roles ?? projectRoles(owner.account, given.project)
    return [{ id: credentialId(owner.name, given.name), owner, project, given, roles }]
  }
}

function find<T extends { id: string; name: string }>(things: readonly T[], { id, name }: NameOrId): T | undefined {
  return things.find((thing) => (isTruthy(name) ? thing.name === name : thing.id === id))
}

/** The roles of a user in the project of that name. */
export function projectRoles({ projects }: Account, name: string): readonly RoleName[] {
  return (Object.hasOwn(projects, name) && projects[name]) || []
}

/** A role as it appears in a token. */
export function roleOf(name: RoleName): { id: string; name: RoleName } {
  return { id: idOf('role', name), name }
}
