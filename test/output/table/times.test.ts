import { describe, expect, it } from 'vitest'
import { relativeTime } from '../../../src/output/table/times.js'

const NOW = '2026-11-23T18:12:25Z'

describe('a time as people say it', () => {
  it.each([
    ['2026-11-23T18:12:25Z', 'just now'],
    ['2026-11-23T18:12:24.500Z', 'just now'],
    ['2026-11-23T18:12:24Z', '1 second ago'],
    ['2026-11-23T18:11:26Z', '59 seconds ago'],
    ['2026-11-23T18:11:25Z', '1 minute ago'],
    ['2026-11-23T18:09:25Z', '3 minutes ago'],
    ['2026-11-23T17:12:26Z', '59 minutes ago'],
    ['2026-11-23T17:12:25Z', '1 hour ago'],
    ['2026-11-21T18:12:26Z', '47 hours ago'],
    ['2026-11-21T18:12:25Z', '2 days ago'],
    ['2026-10-25T18:12:25Z', '29 days ago'],
    ['2026-10-24T18:12:25Z', '1 month ago'],
    ['2025-11-23T18:12:25Z', '1 year ago'],
    ['1970-01-01T00:00:00Z', '56 years ago'],
    ['2026-11-23T20:12:25Z', 'in 2 hours'],
    ['2026-11-25T18:12:25Z', 'in 2 days'],
    ['2026-11-23T20:12:25+02:00', 'just now'],
    ['', ''],
    ['soon', 'soon'],
  ])('%s: %s', (time, said) => {
    expect(relativeTime(time, Date.parse(NOW))).toBe(said)
  })
})
