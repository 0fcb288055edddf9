import { idOf } from '../ids.js'

/** The roles that Keystone itself knows. */
export type RoleName = 'admin' | 'member' | 'reader'

/** A user of the sandbox, in the domain `Default`. */
export interface Account {
  /** The login name. */
  name: string
  password: string
  /** Roles by project name: `{ demo: ['reader', 'member'] }`. Projects that do not exist yet are made. */
  projects: Record<string, RoleName[]>
  /** Roles on the whole system. Default none. */
  system?: RoleName[]
  /** Roles on the domain `Default`. Default none. */
  domain?: RoleName[]
  /** The secret of his time-based one-time passwords, in base32 (RFC 4648). Default: no login by totp. */
  totpSecret?: string
  /** Sets of methods, one of which a login must bring together: `[['password', 'totp']]`. Default: any one will do. */
  multiFactor?: string[][]
  /** His application credentials. */
  credentials?: ApplicationCredential[]
}

/** A login for one project that carries no password. */
export interface ApplicationCredential {
  name: string
  secret: string
  /** The project that it is bound to. */
  project: string
  /** Default: all that its user has in the project. */
  roles?: RoleName[]
}

/** The id of an application credential. */
export function credentialId(user: string, credential: string): string {
  return idOf('application_credential', user, credential)
}

/** The users of every sandbox: an admin, and a member without the admin role, each with a project of its own. */
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
