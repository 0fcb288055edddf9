import { idOf } from '../ids.js'

/** The roles that Keystone's bootstrap creates. */
export type RoleName = 'admin' | 'member' | 'reader'

/** A user of the sandbox, in the domain `Default`, with the user's roles and credentials. */
export interface Account {
  name: string
  password: string
  /** Roles by project name: `{ demo: ['reader', 'member'] }`. The sandbox creates the projects. */
  projects: Record<string, RoleName[]>
  /** Roles on the whole system. Default none. */
  system?: RoleName[] | undefined
  /** Roles on the domain `Default`. Default none. */
  domain?: RoleName[] | undefined
  /** The secret for time-based one-time passwords, in base32 (RFC 4648). Default: no login by totp. */
  totpSecret?: string | undefined
  /** Sets of methods: `[['password', 'totp']]`. A login must use every method of one set. Default: any one method. */
  multiFactor?: string[][] | undefined
  /** Default none. */
  credentials?: ApplicationCredential[] | undefined
}

/** An application credential: a login for one project, without the user's password. */
export interface ApplicationCredential {
  name: string
  secret: string
  /** The name of its project. */
  project: string
  /** Default: all roles that the user has in the project. */
  roles?: RoleName[] | undefined
}

/** The id of an application credential. */
export function credentialId(user: string, credential: string): string {
  return idOf('application_credential', user, credential)
}

/** The default users: an admin, and a member without the admin role. Each has a project of the same name. */
export const ACCOUNTS: readonly Account[] = [
  {
    name: 'admin',
    password: 'secret',
    projects: { admin: ['admin', 'member', 'reader'] },
    system: ['admin', 'member', 'reader'],
    totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    credentials: [{ name: 'app', secret: 'app-secret', project: 'admin' }],
  },
  {
    name: 'demo',
    password: 'demo',
    projects: { demo: ['reader', 'member'] },
    credentials: [{ name: 'app', secret: 'app-secret', project: 'demo' }],
  },
]
