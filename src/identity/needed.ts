import { ConfigurationError } from '../errors.js'

/**
 * A setting that this login method needs.
 *
 * @throws ConfigurationError when it is not set.
 */
export function needed(value: string | undefined, key: string, cloud: string): string {
  if (value !== undefined) return value
  throw new ConfigurationError(`The cloud "${cloud}" has no ${key}.`, {
    hint: `Write ${key} under auth: in clouds.yaml, or set OS_${key.toUpperCase()}.`,
  })
}
