/** A new request ID. Glance stores it as the task's `request_id`. */
export function newRequestId(): string {
  // Not from node:crypto, which takes time to load, and which most commands do not need.
  return `req-${globalThis.crypto.randomUUID()}`
}
