/** What the tasks of a report can be grouped by. */
export const GROUPINGS = ['owner', 'image'] as const
export type Grouping = (typeof GROUPINGS)[number]
