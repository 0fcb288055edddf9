import { UUID_PATTERN } from '../../ids.js'
import type { Schema } from '../../python/json-schema.js'

/** GET /v2/schemas/member. The sandbox publishes the schema, but does not share images with members. */
export const MEMBER_SCHEMA: Schema = {
  name: 'member',
  properties: {
    member_id: { type: 'string', description: 'An identifier for the image member (tenantId)' },
    image_id: { type: 'string', description: 'An identifier for the image', pattern: UUID_PATTERN },
    created_at: { type: 'string', description: 'Date and time of image member creation' },
    updated_at: { type: 'string', description: 'Date and time of last modification of image member' },
    status: {
      type: 'string',
      description: 'The status of this image member',
      enum: ['pending', 'accepted', 'rejected'],
    },
    schema: { readOnly: true, type: 'string' },
  },
}

/** GET /v2/schemas/members. */
export const MEMBERS_SCHEMA: Schema = {
  name: 'members',
  properties: { members: { type: 'array', items: MEMBER_SCHEMA }, schema: { type: 'string' } },
  links: [{ rel: 'describedby', href: '{schema}' }],
}
