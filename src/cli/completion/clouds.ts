import { ENVIRONMENT_CLOUD } from '../../config/choose-cloud.js'
import { cloudsIn, readCloudFiles } from '../../config/file/clouds-file.js'
import { hasCloudVariables } from '../../config/layers/variables.js'
import { resolveRegions } from '../../config/resolve.js'
import type { Context } from '../context.js'
import { cloudSelections } from '../options/cloud-options.js'
import { optionValues, type TypedLine } from './command-line.js'
import type { Candidate } from './offer.js'

/** The names of the configured clouds, as `clouds` lists them. */
export async function cloudNames(line: TypedLine, context: Context): Promise<Candidate[]> {
  const [selection = {}] = cloudSelections(optionValues(line))
  const names = await cloudsIn(await readCloudFiles(selection, context))
  const candidates: Candidate[] = [...names.keys()].map((value) => ({ value }))
  if (!hasCloudVariables(context)) return candidates
  return [...candidates, { value: ENVIRONMENT_CLOUD, description: 'from OS_* variables' }]
}

/** The regions that the files list for the chosen clouds. Sends no request. */
export async function regionNames(line: TypedLine, context: Context): Promise<Candidate[]> {
  const { osRegionName: _, ...values } = optionValues(line)
  const found = await Promise.all(cloudSelections(values).map((selection) => resolveRegions(selection, context)))
  return found
    .flat()
    .flatMap(({ settings: { name, regionName } }) =>
      regionName === undefined ? [] : [{ value: regionName, description: `cloud ${name}` }],
    )
}
