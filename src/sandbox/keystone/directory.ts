import { idOf } from '../names.js'
import type { Account, ApplicationCredential, RoleName } from './accounts.js'

/** The one domain: id and name as Keystone's bootstrap makes them. */
export const DOMAIN = { id: 'default', name: 'Default' } as const

export interface User {
  id: string
  name: string
  account: Account
}

export interface Project {
  id: string
  name: string
}

/** Who and what Keystone knows: users, projects, roles, application credentials. It never changes while it runs. */
export class Directory {
  readonly users: readonly User[]
  readonly projects: readonly Project[]
  readonly credentials: readonly ApplicationCredential[]

  constructor(accounts: readonly Account[], credentials: readonly ApplicationCredential[]) {
    this.users = accounts.map((account) => ({ id: idOf('user', account.name), name: account.name, account }))
    const names = new Set(accounts.flatMap((account) => Object.keys(account.projects)))
    this.projects = Array.from(names, (name) => ({ id: idOf('project', name), name }))
    this.credentials = credentials
  }

  user(by: { id?: string | undefined; name?: string | undefined }): User | undefined {
    return this.users.find((user) => (by.name ? user.name === by.name : user.id === by.id))
  }

  project(by: { id?: string | undefined; name?: string | undefined }): Project | undefined {
    return this.projects.find((project) => (by.name ? project.name === by.name : project.id === by.id))
  }

  /** The projects in which a user has a role. */
  projectsOf(user: User): Project[] {
    return this.projects.filter((project) => user.account.projects[project.name]?.length)
  }
}

/** A role as tokens show it. */
export function roleOf(name: RoleName): { id: string; name: RoleName } {
  return { id: idOf('role', name), name }
}
