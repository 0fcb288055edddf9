import { describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/output/format.js'
import { run } from '../helpers/cli.js'

/** Mistakes of people who are new to the program, or know another one; the error and its hint. */
const MISTAKES: [line: string, error: string, hint: string][] = [
  [
    'list --status failed',
    '--status does not accept "failed".',
    'Did you mean "failure"? Its values are: pending, processing, success, failure.',
  ],
  [
    'list --status done,queued',
    '--status does not accept "done".',
    'Did you mean "success"? Its values are: pending, processing, success, failure.',
  ],
  ['list --status foo', '--status does not accept "foo".', 'Its values are: pending, processing, success, failure.'],
  ['list -o json', 'Unknown option -o of list.', 'Did you mean "-f json"?'],
  ['list --output json', 'Unknown option --output of list.', 'Did you mean "-f json"?'],
  ['list --output=yaml', 'Unknown option --output of list.', 'Did you mean "-f yaml"?'],
  ['list --json', 'Unknown option --json of list.', 'Did you mean "--format json"?'],
  ['list --project demo', 'Unknown option --project of list.', 'Did you mean "--owner demo"?'],
  ['list --os-project demo', 'Unknown option --os-project of list.', 'Did you mean "--os-project-name demo"?'],
  ['list --stauts failure', 'Unknown option --stauts of list.', 'Did you mean "--status failure"?'],
  ['list -status failure', 'Unknown option -status of list.', 'Did you mean "--status failure"?'],
  ['list --Status failure', 'Unknown option --Status of list.', 'Did you mean "--status failure"?'],
  ['list --page_size 10', 'Unknown option --page_size of list.', 'Did you mean "--page-size 10"?'],
  ['list --failed', 'Unknown option --failed of list.', 'Did you mean "--status failure"?'],
  ['list --sort-by created_at', 'Unknown option --sort-by of list.', 'Did you mean "--sort created_at"?'],
  [
    'list --all-projects',
    'Unknown option --all-projects of list.',
    'list shows all tasks that you have access to. Omit the option.',
  ],
  ['list --region RegionOne', 'Unknown option --region of list.', 'Did you mean "--os-region-name RegionOne"?'],
  ['list --color yes', '--color does not accept "yes".', 'Did you mean "always"? Its values are: auto, always, never.'],
  [
    'list --sort-dir descending',
    '--sort-dir does not accept "descending".',
    'Did you mean "desc"? Its values are: asc, desc.',
  ],
  [
    "list '--limit 5'",
    '--limit and its value are one argument.',
    'Separate them into two arguments, or write --limit=VALUE.',
  ],
  ['list -n 5', 'Unknown option -n of list.', 'Did you mean "--limit 5"?'],
  ['list --status', '--status requires a value.', 'Its values are: pending, processing, success, failure.'],
  // Not "Unknown cloud x": the value of --type was lost.
  [
    'list --type --os-cloud=x --long',
    '--type requires a value.',
    'If the value begins with a dash, write --type=VALUE.',
  ],
  ['list --type -vq --long', '--type requires a value.', 'If the value begins with a dash, write --type=VALUE.'],
  ['list --sort status --sort-key id', '--sort-key cannot be used with --sort.', 'Omit --sort-key or --sort.'],
  [
    'list failure',
    'Unexpected argument "failure": list accepts no arguments.',
    'Did you mean "glance-tasks list --status failure"?',
  ],
  [
    'list IMPORT',
    'Unexpected argument "IMPORT": list accepts no arguments.',
    'Did you mean "glance-tasks list --type import"?',
  ],
  [
    'list 24h',
    'Unexpected argument "24h": list accepts no arguments.',
    'Did you mean "glance-tasks list --since 24h"?',
  ],
  ['list json', 'Unexpected argument "json": list accepts no arguments.', 'Did you mean "glance-tasks list -f json"?'],
  [
    'list 72a7c77f-5e93-4d48-903b-f98a6f7ec65d',
    'Unexpected argument "72a7c77f-5e93-4d48-903b-f98a6f7ec65d": list accepts no arguments.',
    'Did you mean "glance-tasks get 72a7c77f-5e93-4d48-903b-f98a6f7ec65d"?',
  ],
  [
    'wait',
    'wait requires a task ID or --image.',
    'List the running tasks with: glance-tasks list --status pending,processing',
  ],
  [
    'wait --watch',
    'Unknown option --watch of wait.',
    'wait always waits until the tasks end. Omit the option: glance-tasks wait ID',
  ],
  [
    'wait 72a',
    '"72a" is too short for a task ID.',
    'Type at least 4 characters of the ID. List the task IDs with: glance-tasks list -f value -c id',
  ],
  ['get', 'get requires a task ID.', 'List the tasks with: glance-tasks list'],
  [
    'get abc',
    '"abc" is too short for a task ID.',
    'Type at least 4 characters of the ID. List the task IDs with: glance-tasks list -f value -c id',
  ],
  ['retry', 'retry requires a task ID.', 'List the failed tasks with: glance-tasks list --status failure'],
  [
    'explain 72a7c77f-5e93-4d48-903b-f98a6f7ec65d 82a7c77f-5e93-4d48-903b-f98a6f7ec65d',
    'Unexpected argument "82a7c77f-5e93-4d48-903b-f98a6f7ec65d": explain accepts only one ID.',
    'Use one ID at a time: glance-tasks explain 72a7c77f-5e93-4d48-903b-f98a6f7ec65d',
  ],
  [
    'create ok.json',
    'Unexpected argument "ok.json": create accepts no arguments.',
    'Did you mean "glance-tasks create --type import --input ok.json"?',
  ],
  [
    'create http://example.org/image.qcow2',
    'Unexpected argument "http://example.org/image.qcow2": create accepts no arguments.',
    'Did you mean "glance-tasks import http://example.org/image.qcow2 --name NAME"?',
  ],
  ['create --file ok.json', 'Unknown option --file of create.', 'Did you mean "--input ok.json"?'],
  [
    'create --input {"a": 1}',
    'Unexpected argument "1}": create accepts no arguments.',
    'Quote a value that contains spaces: --input \'{"key": "value"}\'',
  ],
  [
    'create --type import --input {} --if-unknown retry',
    '--if-unknown does not accept "retry".',
    'Its values are: fail, resend.',
  ],
  [
    'import a.qcow2 my-image',
    'Unexpected argument "my-image": import accepts only one source.',
    'Did you mean "glance-tasks import a.qcow2 --name my-image"?',
  ],
  [
    'import --url http://example.org/image.qcow2',
    'Unknown option --url of import.',
    'Specify the URL or the file as an argument: glance-tasks import SOURCE',
  ],
  [
    'import a.qcow2 --visibility publik',
    '--visibility does not accept "publik".',
    'Did you mean "public"? Its values are: public, private, shared, community.',
  ],
  // kubectl, gh and openstack write nouns and verbs that are not needed here.
  ['list tasks', 'Unexpected argument "tasks": list accepts no arguments.', 'Did you mean "glance-tasks list"?'],
  [
    'list images',
    'Unexpected argument "images": list accepts no arguments.',
    'Did you mean "glance-tasks list"? For images, use: openstack image list',
  ],
  ['schema task', 'Unexpected argument "task": schema accepts no arguments.', 'Did you mean "glance-tasks schema"?'],
  ['schema x', 'Unexpected argument "x": schema accepts no arguments.', 'Did you mean "glance-tasks schema"?'],
  ['get tasks', '"tasks" is not a task ID.', 'Specify the IDs only. To list the tasks, use: glance-tasks list'],
  ['get task 72a7c77f', '"task" is not a task ID.', 'Specify the IDs only. To list the tasks, use: glance-tasks list'],
  [
    'explain task 72a7c77f',
    'Unexpected argument "72a7c77f": explain accepts only one ID.',
    'Did you mean "glance-tasks explain 72a7c77f"?',
  ],
  [
    'explain image 72a7c77f',
    'Unexpected argument "72a7c77f": explain accepts only one ID.',
    'Did you mean "glance-tasks explain --image 72a7c77f"?',
  ],
  ['describe task 72a7c77f', 'Unknown command "describe".', 'Did you mean "glance-tasks get 72a7c77f"?'],
  ['cloud list', 'Unknown command "cloud".', 'Did you mean "glance-tasks clouds"?'],
  ['cloud show prod', 'Unknown command "cloud".', 'Did you mean "glance-tasks clouds prod"?'],
  ['config view', 'Unknown command "config".', 'Did you mean "glance-tasks clouds"?'],
  [
    'clouds show prod',
    'Unexpected argument "prod": clouds accepts only one name.',
    'Did you mean "glance-tasks clouds prod"?',
  ],
  [
    'wait --for=success 72a7c77f',
    'Unknown option --for of wait.',
    'wait ends on success and on failure. Exit status 3 means that a task failed.',
  ],
  [
    'retry --failed',
    'Unknown option --failed of retry.',
    'Start all failed tasks again with: glance-tasks list --status failure -f value -c id | glance-tasks retry -',
  ],
  ['logout --all', 'Unknown option --all of logout.', 'logout deletes the tokens of all clouds. Omit the option.'],
  ['create --from-file ok.json', 'Unknown option --from-file of create.', 'Did you mean "--input ok.json"?'],
  [
    'create -f ok.json',
    '--format does not accept "ok.json".',
    `Its values are: ${FORMATS.join(', ')}, prometheus. These are formats of the output. To read a file, use --input (create) or --from (import).`,
  ],
  [
    'import a.qcow2 --format qcow2',
    '--format does not accept "qcow2".',
    `Its values are: ${FORMATS.join(', ')}, prometheus. These are formats of the output. Did you mean "--disk-format qcow2"?`,
  ],
  [
    'import images.yaml',
    'SOURCE: images.yaml is not an image.',
    'To import the images that a file lists, use: glance-tasks import --from FILE',
  ],
  ['list --debug=true', '--debug does not accept a value.', 'Did you mean "--debug"?'],
  ['list --long=no', '--long does not accept a value.', 'Did you mean "--long"?'],
  [
    'list --status active',
    '--status does not accept "active".',
    'Did you mean "processing"? Its values are: pending, processing, success, failure.',
  ],
  ['report --by project', '--by does not accept "project".', 'Did you mean "owner"? Its values are: owner, image.'],
  [
    'list --progress off',
    '--progress does not accept "off".',
    'Did you mean "none"? Its values are: auto, plain, json, none.',
  ],
  [
    'list --since yesterday',
    '--since: "yesterday" is not a time.',
    'Did you mean 1d? Use a duration before now (2h, 3d) or a date: 2026-11-23 or 2026-11-23T18:09:25Z.',
  ],
  [
    'list --since -1d',
    '--since: "-1d" is not a time.',
    'Did you mean 1d? Use a duration before now (2h, 3d) or a date: 2026-11-23 or 2026-11-23T18:09:25Z.',
  ],
  [
    `list --since '2 hours ago'`,
    '--since: "2 hours ago" is not a time.',
    'Did you mean 2h? Use a duration before now (2h, 3d) or a date: 2026-11-23 or 2026-11-23T18:09:25Z.',
  ],
  [
    `wait 72a7c77f --timeout '5 minutes'`,
    '--timeout: "5 minutes" is not a duration.',
    'Did you mean 5m? Use a number of seconds (90), or numbers with units: 500ms, 30s, 10m, 1h30m, 2d.',
  ],
  ['list --os-cloud=', '--os-cloud must not be empty.', 'Omit it, or set its value.'],
  ['list --os-region-name=', '--os-region-name must not be empty.', 'Omit it, or set its value.'],
  ['get ID1234 --os-client-config-file=', '--os-client-config-file must not be empty.', 'Omit it, or set its value.'],
  [
    'doctor prod',
    'Unexpected argument "prod": doctor accepts no arguments.',
    'Did you mean "glance-tasks doctor --os-cloud prod"?',
  ],
  [
    'logout prod',
    'Unexpected argument "prod": logout accepts no arguments.',
    'Did you mean "glance-tasks logout --os-cloud prod"?',
  ],
  [
    'clouds prod test',
    'Unexpected argument "test": clouds accepts only one name.',
    'Use one name at a time: glance-tasks clouds prod',
  ],
  [
    'sandbox list --long',
    'Unknown option --long of sandbox.',
    'Write -- before the command: glance-tasks sandbox -- glance-tasks list ...',
  ],
  ['sandbox ls -la', 'Unknown option -la of sandbox.', 'Write -- before the command: glance-tasks sandbox -- ls ...'],
  ['sandbox --prot 5000', 'Unknown option --prot of sandbox.', 'Did you mean "--port 5000"?'],
  ['version', 'Unknown command "version".', 'Use: glance-tasks --version'],
  ['ls', 'Unknown command "ls".', 'Did you mean "glance-tasks list"?'],
  ['tasks list', 'Unknown command "tasks".', 'Did you mean "glance-tasks list"?'],
  ['task-list', 'Unknown command "task-list".', 'Did you mean "glance-tasks list"?'],
  ['image task list', 'Unknown command "image".', 'Did you mean "glance-tasks list"?'],
  ['image list', 'Unknown command "image".', 'Did you mean "glance-tasks list"? For images, use: openstack image list'],
  ['image import', 'Unknown command "image".', 'Did you mean "glance-tasks import"?'],
  ['describe ID', 'Unknown command "describe".', 'Did you mean "glance-tasks get ID"?'],
  [
    'delete ID',
    'Unknown command "delete".',
    'Tasks cannot be deleted. Glance deletes ended tasks automatically, after two days by default.',
  ],
  [
    'cancel ID',
    'Unknown command "cancel".',
    'Tasks cannot be cancelled. Find out why a task makes no progress with: glance-tasks explain ID',
  ],
  ['logs ID', 'Unknown command "logs".', 'Did you mean "glance-tasks explain ID"?'],
  [
    'login',
    'Unknown command "login".',
    'Every command logs in automatically. Check the login with: glance-tasks doctor',
  ],
  ['status', 'Unknown command "status".', 'Use "glance-tasks get ID" for one task, or "glance-tasks list" for all.'],
  ['lst', 'Unknown command "lst".', 'Did you mean "glance-tasks list"?'],
  ['improt x', 'Unknown command "improt".', 'Did you mean "glance-tasks import x"?'],
  [
    '72a7c77f-5e93-4d48-903b-f98a6f7ec65d',
    'Unknown command "72a7c77f-5e93-4d48-903b-f98a6f7ec65d".',
    'Did you mean "glance-tasks get 72a7c77f-5e93-4d48-903b-f98a6f7ec65d"?',
  ],
  [
    'http://example.org/debian.qcow2',
    'Unknown command "http://example.org/debian.qcow2".',
    'Did you mean "glance-tasks import http://example.org/debian.qcow2 --name NAME"?',
  ],
  ['help lst', 'Unknown help topic "lst".', 'Did you mean "glance-tasks help list"?'],
  ['--owner demo list', 'Unknown option --owner.', 'Write the option after its command: glance-tasks list --owner ...'],
  ['--json list', 'Unknown option --json.', 'Did you mean "--format json"?'],
  [
    '--os-image-api-version 2 list',
    'Unknown option --os-image-api-version.',
    'The program finds the versions of the APIs itself. Omit the option.',
  ],
  [
    'list --os-endpoint-type internal',
    'Unknown option --os-endpoint-type of list.',
    'Did you mean "--os-interface internal"?',
  ],
  ['list --sort-column status', 'Unknown option --sort-column of list.', 'Did you mean "--sort status"?'],
  [
    'image-list',
    'Unknown command "image-list".',
    'Did you mean "glance-tasks list"? For images, use: openstack image list',
  ],
  ['image-tasks ID', 'Unknown command "image-tasks".', 'Did you mean "glance-tasks list --image IMAGE_ID"?'],
  ['image-create-via-import', 'Unknown command "image-create-via-import".', 'Did you mean "glance-tasks import"?'],
  [
    'import x --id 5',
    'Unknown option --id of import.',
    'A new image gets its ID from the program. To import into an existing record, use: --image ID',
  ],
  ['import -a.raw', 'Unknown option -a.raw of import.', 'If it is a file, write: ./-a.raw'],
  [
    'sandbox sh -c true',
    'sandbox reads -c as its own option and does not pass it to sh.',
    'Write -- before the command: glance-tasks sandbox -- sh -c ...',
  ],
  ['get --watch ID', 'Unknown option --watch of get.', 'Did you mean "glance-tasks wait ID"?'],
  ['logs', 'Unknown command "logs".', 'Did you mean "glance-tasks explain ID"?'],
  ['--forma json list', 'Unknown option --forma.', 'Did you mean "--format"?'],
  ['create --type import --wait --pol 3', 'Unknown option --pol of create.', 'Did you mean "--poll-interval 3"?'],
  ['list --output wide', 'Unknown option --output of list.', 'Did you mean "--long"?'],
  [
    'list --status failure success',
    'Unexpected argument "success": list accepts no arguments.',
    'Did you mean "glance-tasks list --status failure,success"?',
  ],
  [
    'list --status failure failure',
    'Unexpected argument "failure": list accepts no arguments.',
    'Did you mean "glance-tasks list --status failure"?',
  ],
  [
    'list 72a7c77f 5e934d48',
    'Unexpected argument "72a7c77f": list accepts no arguments.',
    'Did you mean "glance-tasks get 72a7c77f 5e934d48"?',
  ],
  [
    'list 72a7c77f5e934d48903bf98a6f7ec65d',
    'Unexpected argument "72a7c77f5e934d48903bf98a6f7ec65d": list accepts no arguments.',
    'Did you mean "glance-tasks get 72a7c77f5e934d48903bf98a6f7ec65d"?',
  ],
  [
    'create 72a7c77f-5e93-4d48-903b-f98a6f7ec65d',
    'Unexpected argument "72a7c77f-5e93-4d48-903b-f98a6f7ec65d": create accepts no arguments.',
    'Specify the option that it belongs to: --type, --input, --dry-run, --if-unknown, --import-from, --import-from-format, --disk-format, --container-format, ...',
  ],
  ['task --long', 'Unknown command "task".', 'Did you mean "glance-tasks list"?'],
  ['ls --long', 'Unknown command "ls".', 'Did you mean "glance-tasks list"?'],
  ['list --project --long', 'Unknown option --project of list.', 'Did you mean "--owner"?'],
  ['list --task x', 'Unknown option --task of list.', 'Specify the ID as an argument: glance-tasks get ID'],
  ['list --OS_PROJECT_NAME x', 'Unknown option --OS_PROJECT_NAME of list.', 'Did you mean "--os-project-name x"?'],
  ['logout --req x', 'Unknown option --req of logout.', 'Did you mean "--request-timeout x"?'],
  [
    'report --req x',
    'Unknown option --req of report.',
    'The options of report are: --status, --type, --owner, --image, --request-id, --user-id, --since, --until, --stuck-after, --by, --fail-on, --all-regions; for the common options, run: glance-tasks help options',
  ],
  ['help optons', 'Unknown help topic "optons".', 'Did you mean "glance-tasks help options"?'],
  [
    'sandbox --os-cloud sandbx',
    'The sandbox has no cloud sandbx.',
    'Did you mean "sandbox"? Available clouds: sandbox, sandbox-app, sandbox-member, sandbox-member-app.',
  ],
  ['clouds -c nmae', 'Unknown column "nmae".', 'Did you mean "name"? The columns are: name, auth_type, region, file.'],
  ['list --follow', 'Unknown option --follow of list.', 'Did you mean "--watch"?'],
  [
    'report json',
    'Unexpected argument "json": report accepts no arguments.',
    'Did you mean "glance-tasks report -f json"?',
  ],
  [
    'report 24h',
    'Unexpected argument "24h": report accepts no arguments.',
    'Did you mean "glance-tasks report --since 24h"?',
  ],
  ['report -o prom', 'Unknown option -o of report.', 'Did you mean "-f prometheus"?'],
  ['stats', 'Unknown command "stats".', 'Did you mean "glance-tasks report"?'],
  ['schemas', 'Unknown command "schemas".', 'Did you mean "glance-tasks schema"?'],
  [
    'list -f jsn',
    '--format does not accept "jsn".',
    `Did you mean "json"? Its values are: ${FORMATS.join(', ')}, prometheus.`,
  ],
]

describe('a mistake in the command line', () => {
  it.each(MISTAKES)('%s', async (line, error, hint) => {
    const { status, stdout, stderr } = await run(wordsOf(line))
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(`error: ${error}\nhint: ${hint}\n`)
  })

  it('has a hint that does more than name the help', () => {
    expect(MISTAKES.length).toBeGreaterThan(30)
    for (const [, , hint] of MISTAKES) expect(hint.replace(/\S*--help\S*/g, '').length).toBeGreaterThan(20)
  })
})

describe('a mistake beside a secret does not repeat it:', () => {
  it.each([
    ['list --password hunter2', 'Did you mean "--os-password"?'],
    ['list --os-passwrd hunter2', 'Did you mean "--os-password"?'],
    ['list --os-pass=hunter2', 'Did you mean "--os-password"?'],
    ['list --os_token hunter2', 'Did you mean "--os-token"?'],
    ["list '--os-password hunter2'", 'Separate them into two arguments, or write --os-password=VALUE.'],
    ["list '--os-passwrd hunter2'", 'Did you mean "--os-password"?'],
    ["'list --os-password hunter2'", 'Separate them, for example by removing the quotes around them.'],
    ['list --os-auth-token hunter2', 'Did you mean "--os-token"?'],
    ['list --os-auth-secret hunter2', 'Did you mean "--os-auth-type"?'],
    ['list --os-app-credential-secret hunter2', 'Did you mean "--os-application-credential-secret"?'],
    [
      'import https://me:hunter2@example.org/a.qcow2 debian',
      `Did you mean "glance-tasks import 'https://***@example.org/a.qcow2' --name debian"?`,
    ],
    [
      'create https://example.org/a.qcow2?temp_url_sig=hunter2',
      `Did you mean "glance-tasks import 'https://example.org/a.qcow2?temp_url_sig=***' --name NAME"?`,
    ],
    [
      'https://me:hunter2@example.org/a.qcow2',
      `Did you mean "glance-tasks import 'https://***@example.org/a.qcow2' --name NAME"?`,
    ],
    [
      'upload https://me:hunter2@example.org/a.qcow2',
      `Did you mean "glance-tasks import 'https://***@example.org/a.qcow2'"?`,
    ],
  ])('%s', async (line, hint) => {
    const { status, stderr } = await run(wordsOf(line))
    expect(status).toBe(2)
    expect(stderr).toContain(`hint: ${hint}\n`)
    expect(stderr).not.toContain('hunter2')
  })
})

/** The words of a command line, which may be in single quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
