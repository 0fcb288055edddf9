/** The answers and the request that the tests of gophercloud's package for Glance's tasks work with, as data. */

const PENDING = '1252f636-1246-4319-bfba-c47cde0efbe0'
const PROCESSING = '349a51f4-d51d-47b6-82da-4fa516f0ca32'
const CREATED = 'd550c87d-86ed-430a-9895-c7a1f5ce87e9'
const UBUNTU = 'https://cloud-images.ubuntu.com/bionic/current/bionic-server-cloudimg-amd64.img'

const imported = (from: string) => ({
  image_properties: { container_format: 'bare', disk_format: 'raw' },
  import_from_format: 'raw',
  import_from: from,
})

/** GET /v2/tasks. */
export const LIST = {
  schema: '/v2/schemas/tasks',
  tasks: [
    {
      status: 'pending',
      self: `/v2/tasks/${PENDING}`,
      updated_at: '2018-07-25T08:59:14Z',
      id: PENDING,
      owner: '424e7cf0243c468ca61732ba45973b3e',
      type: 'import',
      created_at: '2018-07-25T08:59:13Z',
      schema: '/v2/schemas/task',
    },
    {
      status: 'processing',
      self: `/v2/tasks/${PROCESSING}`,
      updated_at: '2018-07-25T08:56:19Z',
      id: PROCESSING,
      owner: 'fb57277ef2f84a0e85b9018ec2dedbf7',
      type: 'import',
      created_at: '2018-07-25T08:56:17Z',
      schema: '/v2/schemas/task',
    },
  ],
  first: '/v2/tasks?sort_key=status&sort_dir=desc&limit=20',
}

/** GET /v2/tasks/{id}. */
export const GET = {
  status: 'pending',
  created_at: '2018-07-25T08:59:13Z',
  updated_at: '2018-07-25T08:59:14Z',
  self: `/v2/tasks/${PENDING}`,
  result: null,
  owner: '424e7cf0243c468ca61732ba45973b3e',
  input: imported('http://download.cirros-cloud.net/0.4.0/cirros-0.4.0-x86_64-disk.img'),
  message: '',
  type: 'import',
  id: PENDING,
  schema: '/v2/schemas/task',
}

/** POST /v2/tasks: what is sent, and what comes. */
export const CREATE = { input: imported(UBUNTU), type: 'import' }
export const CREATE_ANSWER = {
  status: 'pending',
  created_at: '2018-07-25T11:07:54Z',
  updated_at: '2018-07-25T11:07:54Z',
  self: `/v2/tasks/${CREATED}`,
  result: null,
  owner: 'fb57277ef2f84a0e85b9018ec2dedbf7',
  input: imported(UBUNTU),
  message: '',
  type: 'import',
  id: CREATED,
  schema: '/v2/schemas/task',
}
