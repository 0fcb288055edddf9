import { readdirSync, readFileSync } from 'node:fs'
import { load, loadAll } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.js'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const WORKFLOWS = readdirSync(new URL('../../.github/workflows', import.meta.url)).map(
  (name) => `.github/workflows/${name}`,
)

interface Step {
  uses?: string
  run?: string
  env?: Record<string, string>
}

interface Job {
  steps?: Step[]
  needs?: string | string[]
  permissions?: Record<string, string>
}

const jobsOf = (path: string) => (load(read(path)) as { jobs: Record<string, Job> }).jobs

describe.each(WORKFLOWS)('%s', (path) => {
  const steps = Object.values(jobsOf(path)).flatMap((job) => job.steps ?? [])

  it('pins every action by its full digest, and names its version', () => {
    const pins = read(path).match(/uses: (?!\.\/).*/g) ?? []
    expect(pins.length).toBeGreaterThan(1)
    expect(pins.filter((pin) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(pin))).toEqual([])
  })

  it('passes no expression to a shell', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
  })

  it('grants nothing but reading by default', () => {
    expect((load(read(path)) as { permissions: object }).permissions).toEqual({ contents: 'read' })
  })
})

describe('the release', () => {
  const { build, executable, publish } = jobsOf('.github/workflows/release.yml')

  it('is built after all tests, and published by a job that runs no code of the repository', () => {
    expect(build?.needs).toBe('test')
    expect(publish?.needs).toEqual(['build', 'executable'])
    expect(executable?.needs).toBe('test')
    expect(publish?.steps?.some(({ uses }) => uses?.startsWith('actions/checkout'))).toBe(false)
    expect(build?.permissions).toBeUndefined()
  })
})

it('the GitLab component installs this version', () => {
  const [header] = loadAll(read('templates/import.yml')) as [{ spec: { inputs: Record<string, { default?: string }> } }]
  expect(header.spec.inputs.version?.default).toBe(VERSION)
})
