import type { Step } from '../exchange.js'
import { LOGIN, logIn, PROJECT, request, tokenAuth } from './requests.js'

/** Validates and revokes tokens, and reads what a token gives access to. */
export const TOKEN_STEPS: Step[] = [
  ...['GET', 'HEAD', 'DELETE'].flatMap((method) => [
    request(method, LOGIN, { as: 'admin', headers: { 'X-Subject-Token': 'x' } }),
    request(method, LOGIN, { as: 'member', headers: { 'X-Subject-Token': 'x' } }),
    request(method, LOGIN, { as: 'member', headers: { 'X-Subject-Token': '{admin_token}' } }),
    request(method, LOGIN, { as: 'admin' }),
    request(method, LOGIN, { as: 'member' }),
    request(method, LOGIN, { as: 'nobody' }),
    request(method, LOGIN, { as: 'stranger', headers: { 'X-Subject-Token': '{admin_token}' } }),
    request(method, LOGIN, { as: 'nobody', headers: { 'X-Subject-Token': '{admin_token}' } }),
  ]),
  // Tokens that Keystone has not issued, of the same length as real ones.
  ...[`gAAAAAB${'A'.repeat(176)}`, `gAAAAAB${'A'.repeat(100)}`, '{receipt}'].map((id) =>
    request('GET', LOGIN, { as: 'admin', headers: { 'X-Subject-Token': id } }),
  ),
  request('GET', LOGIN, { as: 'admin', headers: { 'X-Subject-Token': '{member_token}' } }),
  ...[
    { 'X-Storage-Token': '{member_token}' },
    { 'X-Storage-Token': 'x' },
    { 'X-Storage-Token': '{member_token}', 'X-Auth-Token': 'x' },
    { 'X-Storage-Token': '{member_token}', 'X-Auth-Token': '' },
    { 'X-Storage-Token': 'x', 'X-Auth-Token': '{member_token}' },
  ].flatMap((headers): Step[] => [
    request('GET', '/v3/auth/projects', { as: 'nobody', headers }),
    request('GET', '/v2/images?limit=0', { service: 'image', as: 'nobody', headers }),
  ]),
  request('HEAD', LOGIN, { as: 'admin', headers: { 'X-Subject-Token': '{member_token}' } }),
  request('GET', LOGIN, { as: 'member', headers: { 'X-Subject-Token': '{member_token}' } }),
  request('GET', `${LOGIN}?nocatalog`, { as: 'member', headers: { 'X-Subject-Token': '{member_token}' } }),
  request('GET', LOGIN, { as: 'member', headers: { 'X-Subject-Token': '{unscoped_token}' } }),
  request('GET', `${LOGIN}?allow_expired=1`, { as: 'member', headers: { 'X-Subject-Token': '{member_token}' } }),
  ...['/v3/auth/catalog', '/v3/auth/projects', '/v3/auth/domains', '/v3/auth/system'].flatMap((path) => [
    request('GET', path),
    request('GET', path, { as: 'member' }),
    request('GET', path, { as: 'nobody' }),
    request('GET', path, { as: 'stranger' }),
    request('HEAD', path),
    request('POST', path),
    request('OPTIONS', path),
    request('GET', path, { as: 'nobody', headers: { 'X-Auth-Token': '{unscoped_token}' } }),
  ]),
  // Without /v3/auth/domains, because other suites give the system admin a role on the domain as well.
  ...['/v3/auth/projects', '/v3/auth/system'].map((path) => request('GET', path, { as: 'system' })),
  ...['/v3/auth/projects', '/v3/auth/domains', '/v3/auth/system'].flatMap((path) => [
    request('GET', `${path}?limit=1&name=x%20y&a`),
    request('GET', `${path}/?limit=1`),
    request('GET', `/${path}/?limit=1`),
    request('GET', `${path}?`),
  ]),
  request('DELETE', LOGIN, { as: 'member', headers: { 'X-Subject-Token': '{rescoped_token}' } }),
  request('GET', LOGIN, { as: 'member', headers: { 'X-Subject-Token': '{rescoped_token}' } }),
  request('DELETE', LOGIN, { as: 'member', headers: { 'X-Subject-Token': '{rescoped_token}' } }),
  logIn(tokenAuth('{rescoped_token}', PROJECT)),
  request('GET', '/v3/auth/projects', { as: 'nobody', headers: { 'X-Auth-Token': '{rescoped_token}' } }),
]
