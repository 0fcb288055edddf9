/**
 * Options of other tools, and the options that replace them here. The hint suggests the first replacement that the command has. A
 * replacement that contains a space includes its value.
 */
export const FOREIGN: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [
    // Which cloud.
    ['--cloud --profile --context', '--os-cloud'],
    ['--region --os-region', '--os-region-name'],
    ['--auth-url --os-auth', '--os-auth-url'],
    ['--username --os-user', '--os-username'],
    ['--password --os-pass', '--os-password'],
    ['--token --auth-token --os-auth-token', '--os-token'],
    ['--os-project --os-tenant', '--os-project-name'],
    ['--project --project-id --project-name --tenant --tenant-id', '--owner', '--os-project-name'],
    ['--user', '--user-id', '--os-username'],
    ['--cacert --ca --ca-file --os-ca-cert', '--os-cacert'],
    ['--cert', '--os-cert'],
    ['--key', '--os-key'],
    ['-k --no-verify --no-check-certificate --os-insecure --skip-tls-verify', '--insecure'],
    [
      '--endpoint --os-endpoint --os-endpoint-override --os-image-endpoint --os-image-url',
      '--os-image-endpoint-override',
    ],
    ['--interface --endpoint-type --os-endpoint-type', '--os-interface'],
    ['--config --config-file', '--os-client-config-file'],
    // Output.
    ['--json', '--format json'],
    ['--yaml', '--format yaml'],
    ['--csv', '--format csv'],
    ['--columns --field --fields -C', '--column'],
    ['--wide --detail --details --full', '--long'],
    ['--no-trunc --no-truncate', '--max-width 0'],
    ['--no-color --no-colour --nocolor', '--color never'],
    ['--colour', '--color'],
    ['--silent -s', '--quiet'],
    ['--trace --http-debug -d', '--debug'],
    ['--no-headers --noheader --no-heading --skip-header', '--no-header'],
    ['--compact --no-indent --minify', '--noindent'],
    ['--usage -?', '--help'],
    // Requests.
    ['--retry --max-retries --attempts', '--retries'],
    ['--no-cache --no-cached-token', '--no-token-cache'],
    // Filters and order.
    ['-n --max --max-items --head --tail --count', '--limit'],
    ['--state', '--status'],
    ['--failed --failures --errors --failure', '--status failure'],
    ['--pending --queued', '--status pending'],
    ['--running --processing --active', '--status processing'],
    ['--success --succeeded --done', '--status success'],
    ['--sort-by --sort-column --order --order-by', '--sort'],
    ['--reverse --asc --sort-ascending', '--sort created_at:asc'],
    ['--after --newer --start --changes-since', '--since'],
    ['--before --older --end', '--until'],
    ['--image-id --image-name', '--image'],
    ['--offset --start-after', '--marker'],
    // Waiting.
    ['--interval --poll --delay --sleep', '--poll-interval', '--watch'],
    ['--follow --block -w -F --watch', '--wait', '--watch'],
    // Starting.
    ['--file --from-file --filename --input-file --body --data -i', '--input'],
    ['--import-method', '--method'],
    ['--disk', '--disk-format'],
    ['--container', '--container-format'],
    ['--public', '--visibility public'],
    ['--private', '--visibility private'],
    ['--shared', '--visibility shared'],
    ['--dry --check --simulate --plan --noop', '--dry-run'],
    ['-j --jobs --threads --concurrency', '--parallel'],
    ['--hash --sha256 --digest', '--checksum'],
  ].flatMap(([flags = '', ...meant]) => flags.split(' ').map((flag) => [flag, meant])),
)

/** Options that no option here replaces, by command (`*`: any), and what to do instead. */
export const SENTENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  wait: {
    '--watch --wait --follow --block -w -F':
      'wait always waits until the tasks end. Omit the option: glance-tasks wait ID',
    '--status --state --for': 'wait ends on success and on failure. Exit status 3 means that a task failed.',
  },
  get: {
    '--watch --wait --follow -w': 'Did you mean "glance-tasks wait ID"?',
  },
  explain: {
    '--watch --wait --follow -w': 'Did you mean "glance-tasks wait ID"?',
  },
  retry: {
    '--all -a --failed --failures':
      'Start all failed tasks again with: glance-tasks list --status failure -f value -c id | glance-tasks retry -',
  },
  logout: {
    '--all -a': 'logout deletes the tokens of all clouds. Omit the option.',
  },
  import: {
    '--file --url --uri --source --location --copy-from --import-from --input':
      'Specify the URL or the file as an argument: glance-tasks import SOURCE',
    '--id': 'A new image gets its ID from the program. To import into an existing record, use: --image ID',
    '--os-distro --os-type --os-version --hw-disk-bus': 'Use --property: --property os_distro=debian',
  },
  list: {
    '--filter --query --where --selector -l':
      'Filter with --status, --type, --owner, --image, --request-id, --user-id, --since or --until.',
    '--all -a -A --all-projects --all-tenants': 'list shows all tasks that you have access to. Omit the option.',
    '--all-clouds': 'Specify each cloud: --os-cloud prod --os-cloud test',
  },
  create: {
    '--url --uri --source --location --copy-from': 'To import an image, use: glance-tasks import URL --name NAME',
  },
  '*': {
    '--os-image-api-version --os-identity-api-version --os-compute-api-version --os-network-api-version --os-volume-api-version':
      'The program finds the versions of the APIs itself. Omit the option.',
    '--verify': 'The program verifies certificates by default. Omit the option.',
    '--log-file': 'Redirect stderr instead: 2>FILE',
    '--id --task --task-id --uuid': 'Specify the ID as an argument: glance-tasks get ID',
    '--force --yes -y --assume-yes': 'The command does not ask for confirmation. Omit the option.',
    '--no-wait --async --detach': 'The command waits only with --wait. Omit the option.',
  },
}
