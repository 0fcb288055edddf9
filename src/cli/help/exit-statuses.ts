/** The documented exit statuses and their meanings. */
export const EXIT_STATUSES: readonly [status: number, meaning: string][] = [
  [0, 'success'],
  [1, 'any other error, from the API or in the program'],
  [2, 'incorrect usage or configuration'],
  [3, 'a task failed while the command waited for it, or report --fail-on found failed or stuck tasks'],
  [4, 'login failed, or access denied'],
  [5, 'not found'],
  [
    6,
    'try again later: the cloud is unreachable, overloaded (429, 502, 503 or 504 after all retries), or did not respond in time',
  ],
  [124, 'the wait timed out'],
  [130, 'interrupted'],
]

/** Which status a command ends with if several apply. */
export const EXIT_ORDER = 'If several apply, the first in this order is used: 130, 3, 4, 5, 2, 1, 6, 124.'
