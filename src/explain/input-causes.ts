import { isJsonObject } from '../http/json.js'
import type { Task } from '../tasks/task.js'
import type { Cause } from './cause.js'

/** What is wrong with the input of a failed import task, of which Glance's message says nothing. */
export function causesOfInput({ type, input }: Task): Cause[] {
  if (type !== 'import' || !lacksContainerFormat(input)) return []
  return [
    {
      code: 'input_incomplete',
      summary: 'The input of the task has no container_format in image_properties.',
      hint: 'Create a new task with a container_format. For most images, it is bare.',
    },
  ]
}

/** Whether Glance cannot save the image of an import task. It recognises a missing disk format, but no container format. */
export function lacksContainerFormat(input: Task['input']): boolean {
  const properties = input?.image_properties
  return isJsonObject(properties) && !properties.container_format
}
