import { isJsonObject } from '../../../http/json.js'
import { newImage } from '../images/record.js'
import type { ImageStore } from '../images/store.js'
import type { ImageUpdates } from '../tasks/runner.js'
import type { TaskPlan, TaskRow } from '../tasks/store.js'
import { legacyProperties } from './legacy-properties.js'

/** Creates the image of a task of the type `import` when the task begins, and fills it when the task ends. */
export function legacyImageUpdates(images: ImageStore, stores: readonly string[]): ImageUpdates {
  return {
    begin(row, plan, at) {
      // Without the data it is not known yet whether the task creates an image.
      if (plan.download === undefined) addImage(images, row, plan, at)
    },
    end(row, plan, at, data) {
      if (images.get(imageIdOf(plan) ?? '') === undefined && plan.download !== undefined)
        addImage(images, row, plan, at)
      const image = images.get(imageIdOf(plan) ?? '')
      if (image === undefined) return
      const backend = isJsonObject(row.input) && typeof row.input.backend === 'string' ? row.input.backend : ''
      images.fill(image, data, backend || String(stores[0]), { active: true, now: at })
      // Glance detects the format from the data. The sandbox takes all data for raw.
      images.update(image, { diskFormat: 'raw', virtualSize: data.length })
    },
  }
}

function addImage(images: ImageStore, { input }: TaskRow, plan: TaskPlan, at: number): void {
  const id = imageIdOf(plan)
  const properties = isJsonObject(input) ? legacyProperties(input.image_properties) : undefined
  if (id !== undefined) images.add(newImage({ ...properties, id }, { owner: null, now: at }))
}

/** The id of the image that an import task creates; undefined if the task fails. */
function imageIdOf({ result }: TaskPlan): string | undefined {
  return isJsonObject(result) && typeof result.image_id === 'string' ? result.image_id : undefined
}
