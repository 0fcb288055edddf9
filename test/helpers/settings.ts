import type { CloudSettings } from '../../src/config/settings.js'
import type { Source } from '../../src/config/source.js'

/** Resolved settings of a cloud named `one`, with defaults. */
export function settingsWith(
  auth: Record<string, string>,
  { sources = {}, ...more }: Partial<CloudSettings> & { sources?: Record<string, Source> } = {},
): CloudSettings {
  return {
    name: 'one',
    authType: 'password',
    auth,
    image: { interfaces: ['public'], serviceType: 'image' },
    tls: { verify: true },
    cacheToken: true,
    all: {},
    exposures: [],
    sources,
    ...more,
  }
}
