import { idOf } from '../names.js'

/** A user of the sandbox. */
export interface Account {
  /** Login name, in the domain `Default`. */
  name: string
  password: string
  /** Roles by project name: `{ admin: ['admin'] }`. Projects that do not exist yet are made. */
  projects: Record<string, RoleName[]>
  /** Roles on the whole system. Default none. */
  system?: RoleName[]
  /** Roles on the domain `Default`. Default none. */
  domain?: RoleName[]
  /** The secret of the time-based one-time passwords, in base32 (RFC 4648). Default: no totp login. */
  totpSecret?: string
}

/** The roles that Keystone itself knows. */
export type RoleName = 'admin' | 'member' | 'reader'

/** An application credential: a login for one project that carries no password. */
export interface ApplicationCredential {
  id: string
  name: string
  secret: string
  user: string
  project: string
  roles: RoleName[]
}

/** The users of every sandbox: an admin, and a member without the admin role, each with a project of its own. */
export const ACCOUNTS: readonly Account[] = [
  {
    name: 'admin',
    password: 'secret',
    projects: { admin: ['admin', 'member', 'reader'] },
    system: ['admin', 'member', 'reader'],
    totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  },
  { name: 'demo', password: 'demo', projects: { demo: ['reader', 'member'] } },
]

/** An application credential of each of them. */
export const APPLICATION_CREDENTIALS: readonly ApplicationCredential[] = [
  credential('admin', 'admin', ['admin', 'member', 'reader']),
  credential('demo', 'demo', ['reader', 'member']),
]

function credential(user: string, project: string, roles: RoleName[]): ApplicationCredential {
  return {
    id: idOf('application_credential', user),
    name: `${user}-credential`,
    secret: `${user}-credential-secret`,
    user,
    project,
    roles,
  }
}
