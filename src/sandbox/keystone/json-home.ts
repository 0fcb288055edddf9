import type { JsonObject } from '../../http/json.js'

const RELATIONS = 'https://docs.openstack.org/api/openstack-identity/3/'

/**
 * The resources of Keystone's API, in Keystone's order. A row has the resource's name, after its extension and a slash if
 * it belongs to one; the path; and the parameters, if their order differs from that in the path.
 */
const RESOURCES = `
auth_projects /auth/projects
OS-FEDERATION/projects /auth/projects
auth_domains /auth/domains
OS-FEDERATION/domains /auth/domains
auth_system /auth/system
auth_catalog /auth/catalog
OS-PKI/revocations /auth/tokens/OS-PKI/revoked
auth_tokens /auth/tokens
OS-FEDERATION/saml2 /auth/OS-FEDERATION/saml2
OS-FEDERATION/ecp /auth/OS-FEDERATION/saml2/ecp
OS-FEDERATION/websso /auth/OS-FEDERATION/websso/{protocol_id}
OS-FEDERATION/identity_providers_websso /auth/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}/websso
credentials /credentials
credential /credentials/{credential_id}
domains /domains
domain /domains/{domain_id}
domain_config /domains/{domain_id}/config
domain_config_group /domains/{domain_id}/config/{group}
domain_config_option /domains/{domain_id}/config/{group}/{option}
domain_config_default /domains/config/default
domain_config_default_group /domains/config/{group}/default
domain_config_default_option /domains/config/{group}/{option}/default
domain_user_roles /domains/{domain_id}/users/{user_id}/roles
domain_user_role /domains/{domain_id}/users/{user_id}/roles/{role_id}
domain_group_roles /domains/{domain_id}/groups/{group_id}/roles
domain_group_role /domains/{domain_id}/groups/{group_id}/roles/{role_id}
OS-EC2/ec2tokens /ec2tokens
endpoints /endpoints
endpoint /endpoints/{endpoint_id}
OS-ENDPOINT-POLICY/endpoint_policy /endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy
groups /groups
group /groups/{group_id}
group_users /groups/{group_id}/users
group_user /groups/{group_id}/users/{user_id}
limits /limits
limit /limits/{limit_id}
limit_model /limits/model
OS-EP-FILTER/endpoint_groups /OS-EP-FILTER/endpoint_groups
OS-EP-FILTER/endpoint_group /OS-EP-FILTER/endpoint_groups/{endpoint_group_id}
OS-EP-FILTER/endpoint_projects /OS-EP-FILTER/endpoints/{endpoint_id}/projects
OS-EP-FILTER/project_endpoint /OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id} endpoint_id,project_id
OS-EP-FILTER/project_endpoints /OS-EP-FILTER/projects/{project_id}/endpoints
OS-EP-FILTER/project_endpoint_groups /OS-EP-FILTER/projects/{project_id}/endpoint_groups
OS-EP-FILTER/endpoints_in_endpoint_group /OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/endpoints
OS-EP-FILTER/projects_associated_with_endpoint_group /OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects
OS-EP-FILTER/endpoint_group_to_project_association /OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id} project_id,endpoint_group_id
OS-FEDERATION/metadata /OS-FEDERATION/saml2/metadata
OS-FEDERATION/identity_provider_protocol_auth /OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}/auth
OS-FEDERATION/identity_providers /OS-FEDERATION/identity_providers
OS-FEDERATION/identity_provider /OS-FEDERATION/identity_providers/{idp_id}
OS-FEDERATION/identity_provider_protocol /OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}
OS-FEDERATION/identity_provider_protocols /OS-FEDERATION/identity_providers/{idp_id}/protocols
OS-FEDERATION/mappings /OS-FEDERATION/mappings
OS-FEDERATION/mapping /OS-FEDERATION/mappings/{mapping_id}
OS-FEDERATION/service_providers /OS-FEDERATION/service_providers
OS-FEDERATION/service_provider /OS-FEDERATION/service_providers/{sp_id}
OS-INHERIT/domain_group_role_inherited_to_projects /OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects
OS-INHERIT/domain_group_roles_inherited_to_projects /OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/inherited_to_projects
OS-INHERIT/domain_user_role_inherited_to_projects /OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects
OS-INHERIT/domain_user_roles_inherited_to_projects /OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/inherited_to_projects
OS-INHERIT/project_user_role_inherited_to_projects /OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects
OS-INHERIT/project_group_role_inherited_to_projects /OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects
OS-OAUTH1/consumers /OS-OAUTH1/consumers
OS-OAUTH1/consumer /OS-OAUTH1/consumers/{consumer_id}
OS-OAUTH1/request_tokens /OS-OAUTH1/request_token
OS-OAUTH1/access_tokens /OS-OAUTH1/access_token
OS-OAUTH1/authorize_request_token /OS-OAUTH1/authorize/{request_token_id}
OS-OAUTH2/token /OS-OAUTH2/token
OS-REVOKE/events /OS-REVOKE/events
OS-SIMPLE-CERT/ca_certificate /OS-SIMPLE-CERT/ca
OS-SIMPLE-CERT/certificates /OS-SIMPLE-CERT/certificates
policies /policies
policy /policies/{policy_id}
OS-ENDPOINT-POLICY/policy_endpoints /policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints
OS-ENDPOINT-POLICY/endpoint_policy_association /policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}
OS-ENDPOINT-POLICY/service_policy_association /policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}
OS-ENDPOINT-POLICY/region_and_service_policy_association /policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}
projects /projects
project /projects/{project_id}
project_tags /projects/{project_id}/tags/{value}
project_user_role /projects/{project_id}/users/{user_id}/roles/{role_id}
project_user_roles /projects/{project_id}/users/{user_id}/roles
project_group_role /projects/{project_id}/groups/{group_id}/roles/{role_id}
project_group_roles /projects/{project_id}/groups/{group_id}/roles
regions /regions
region /regions/{region_id}
registered_limits /registered_limits
registered_limit /registered_limits/{registered_limit_id}
role_assignments /role_assignments
role_inferences /role_inferences
roles /roles
role /roles/{role_id}
implied_roles /roles/{prior_role_id}/implies
implied_role /roles/{prior_role_id}/implies/{implied_role_id}
s3tokens/s3tokens /s3tokens
services /services
service /services/{service_id}
system_user_roles /system/users/{user_id}/roles
system_user_role /system/users/{user_id}/roles/{role_id} role_id,user_id
system_group_roles /system/groups/{group_id}/roles
system_group_role /system/groups/{group_id}/roles/{role_id} role_id,group_id
OS-TRUST/trusts /OS-TRUST/trusts
OS-TRUST/trust /OS-TRUST/trusts/{trust_id}
OS-TRUST/trust_roles /OS-TRUST/trusts/{trust_id}/roles
OS-TRUST/trust_role /OS-TRUST/trusts/{trust_id}/roles/{role_id}
users /users
user /users/{user_id}
user_change_password /users/{user_id}/password
user_groups /users/{user_id}/groups
user_projects /users/{user_id}/projects
OS-EC2/user_credentials /users/{user_id}/credentials/OS-EC2
OS-EC2/user_credential /users/{user_id}/credentials/OS-EC2/{credential_id} credential_id,user_id
OS-OAUTH1/user_access_tokens /users/{user_id}/OS-OAUTH1/access_tokens
OS-OAUTH1/user_access_token /users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id} access_token_id,user_id
OS-OAUTH1/user_access_token_roles /users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles access_token_id,user_id
OS-OAUTH1/user_access_token_role /users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles/{role_id} access_token_id,role_id,user_id
application_credentials /users/{user_id}/application_credentials
application_credential /users/{user_id}/application_credentials/{application_credential_id}
access_rules /users/{user_id}/access_rules
access_rule /users/{user_id}/access_rules/{access_rule_id}
`

/** Parameters whose relation has another name or belongs to an extension. */
const PARAMETERS: Record<string, string> = {
  access_token_id: 'OS-OAUTH1/access_token_id',
  consumer_id: 'OS-OAUTH1/consumer_id',
  endpoint_group_id: 'OS-EP-FILTER/endpoint_group_id',
  group: 'config_group',
  idp_id: 'OS-FEDERATION/idp_id',
  implied_role_id: 'role_id',
  mapping_id: 'OS-FEDERATION/mapping_id',
  option: 'config_option',
  prior_role_id: 'role_id',
  protocol_id: 'OS-FEDERATION/protocol_id',
  request_token_id: 'OS-OAUTH1/request_token_id',
  sp_id: 'OS-FEDERATION/sp_id',
  trust_id: 'OS-TRUST/trust_id',
  value: 'tag_value',
}

/**
 * The JSON Home document, which lists the API's resources for clients.
 *
 * @param prefix of every path.
 */
export function jsonHome(prefix: string): JsonObject {
  const rows = RESOURCES.trim().split('\n')
  return { resources: Object.fromEntries(rows.map((row) => resourceOf(row, prefix))) }
}

function resourceOf(row: string, prefix: string): [string, JsonObject] {
  const [name = '', path = '', order] = row.split(' ')
  const parameters = order?.split(',') ?? Array.from(path.matchAll(/\{(\w+)\}/g), ([, parameter = '']) => parameter)
  const href = prefix + path
  const resource: JsonObject =
    parameters.length === 0
      ? { href }
      : {
          'href-template': href,
          'href-vars': Object.fromEntries(
            parameters.map((parameter) => [parameter, relation('param', PARAMETERS[parameter] ?? parameter)]),
          ),
        }
  // Keystone marks its limits API as experimental.
  if (/^(registered_)?limit/.test(name)) resource.hints = { status: 'experimental' }
  return [relation('rel', name), resource]
}

function relation(kind: 'rel' | 'param', name: string): string {
  const [own = '', ofExtension] = name.split('/')
  return RELATIONS + (ofExtension === undefined ? `${kind}/${own}` : `ext/${own}/1.0/${kind}/${ofExtension}`)
}
