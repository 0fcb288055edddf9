/** The timeout of a wait: one hour, in milliseconds. A file of its own, because a command knows it before it loads a wait. */
export const DEFAULT_WAIT_TIMEOUT = 3_600_000
