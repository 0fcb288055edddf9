import type { JsonObject } from '../../../http/json.js'
import { UUID_PATTERN } from '../../ids.js'
import type { Schema } from '../../python/json-schema.js'

const PROPERTIES: JsonObject = {
  id: { description: 'An identifier for the task', pattern: UUID_PATTERN, type: 'string' },
  type: {
    description: 'The type of task represented by this content',
    enum: ['import', 'api_image_import'],
    type: 'string',
  },
  status: {
    description: 'The current status of this task',
    enum: ['pending', 'processing', 'success', 'failure'],
    type: 'string',
  },
  input: { description: 'The parameters required by task, JSON blob', type: ['null', 'object'] },
  result: { description: 'The result of current task, JSON blob', type: ['null', 'object'] },
  owner: { description: 'An identifier for the owner of this task', type: 'string' },
  message: {
    description: 'Human-readable informative message only included when appropriate (usually on failure)',
    type: 'string',
  },
  image_id: { description: 'Image associated with the task', type: 'string' },
  request_id: { description: 'Human-readable informative request-id', type: 'string' },
  user_id: { description: 'User associated with the task', type: 'string' },
  expires_at: { description: 'Datetime when this resource would be subject to removal', type: ['null', 'string'] },
  created_at: { description: 'Datetime when this resource was created', type: 'string' },
  updated_at: { description: 'Datetime when this resource was updated', type: 'string' },
  self: { readOnly: true, type: 'string' },
  schema: { readOnly: true, type: 'string' },
}

const { input: _input, result: _result, message: _message, ...STUB_PROPERTIES } = PROPERTIES

/** GET /v2/schemas/task. */
export const TASK_SCHEMA: Schema = { name: 'task', properties: PROPERTIES }

/** The schema that a create must match. */
export const STRICT_TASK_SCHEMA: Schema = { name: 'task', properties: PROPERTIES, additionalProperties: false }

/** GET /v2/schemas/tasks. */
export const TASKS_SCHEMA: Schema = {
  name: 'tasks',
  properties: {
    tasks: { type: 'array', items: { name: 'task', properties: STUB_PROPERTIES } },
    schema: { type: 'string' },
  },
  links: [{ rel: 'describedby', href: '{schema}' }],
}
