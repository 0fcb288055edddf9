import { ENVIRONMENT_CLOUD } from './choose-cloud.js'
import type { Environment } from './environment.js'
import { cloudsIn, readCloudFiles } from './file/clouds-file.js'
import { notFoundIn } from './file/search-paths.js'
import { hasCloudVariables } from './layers/variables.js'
import { type CloudSelection, resolveIn } from './resolve.js'

/** One configured cloud, as one row of the list. */
export interface CloudSummary {
  name: string
  /** Null if the cloud's settings are invalid. */
  auth_type: string | null
  region: string | null
  /** The file that defines it; null for the cloud that variables define. */
  file: string | null
}

/** All configured clouds, the one that variables define last, and warnings about their settings. */
export async function summariseClouds(
  selection: CloudSelection,
  environment: Environment,
): Promise<{ clouds: CloudSummary[]; warnings: string[] }> {
  const files = await readCloudFiles(selection, environment)
  const names: Map<string, string | null> = await cloudsIn(files)
  if (hasCloudVariables(environment)) names.set(ENVIRONMENT_CLOUD, null)
  if (names.size === 0) return { clouds: [], warnings: [noneFound(environment)] }
  const filesAlone = withoutCloudVariables(environment)
  const warnings = new Set<string>()
  const clouds: CloudSummary[] = []
  for (const [name, file] of names) {
    try {
      const { settings, ...resolution } = await resolveIn(
        files,
        { ...selection, cloud: name },
        file === null ? environment : filesAlone,
      )
      for (const warning of resolution.warnings) warnings.add(warning)
      clouds.push({ name, auth_type: settings.authType, region: settings.regionName ?? null, file })
    } catch (error) {
      warnings.add(error instanceof Error ? error.message : String(error))
      clouds.push({ name, auth_type: null, region: null, file })
    }
  }
  return { clouds, warnings: [...warnings] }
}

/** The list shows the settings of the files. Only the view of one cloud also applies variables. */
function withoutCloudVariables(environment: Environment): Environment {
  const others = Object.entries(environment.env).filter(([name]) => !name.startsWith('OS_'))
  return { ...environment, env: Object.fromEntries(others) }
}

function noneFound(environment: Environment): string {
  return `no cloud is configured: ${notFoundIn(environment)}`
}
