import type { Section, Value } from '../value.js'
import { type Layer, layerOf } from './layer.js'

interface Vendor {
  auth_url: string
  /** The domain of all users and projects, if the cloud has only one. */
  domain_name?: string
  regions?: readonly string[]
  region_name?: string
}

/**
 * Public clouds that are in operation, with their auth_url and regions. The first region is the default.
 *
 * Source: the vendor profiles of openstacksdk (openstack/config/vendors, commit 94758e9 of 2026-08-21). Omitted are
 * clouds that it marks as shut down or unresponsive (betacloud, fuga, ibmcloud, internap, ultimum, unitedstack), one
 * without an auth_url (bluebox), two that seem to be out of operation (entercloudsuite, zetta), clouds that support only
 * version 2 of Keystone (conoha, rackspace), and vexxhost, whose profile is fetched from its own site. The profile of ovh
 * is fetched as well, but OVHcloud documents its auth_url.
 */
const VENDORS: Readonly<Record<string, Vendor>> = {
  auro: { auth_url: 'https://api.van2.auro.io:5000/v3', domain_name: 'Default', region_name: 'RegionOne' },
  binero: { auth_url: 'https://auth.binero.cloud:5000/v3', regions: ['europe-se-1'] },
  catalyst: { auth_url: 'https://api.cloud.catalyst.net.nz:5000/v2.0', regions: ['nz-por-1', 'nz_wlg_2'] },
  citycloud: {
    auth_url: 'https://{region_name}.citycloud.com:5000/v3/',
    regions: ['Buf1', 'Fra1', 'Sto2', 'Kna1', 'dx1', 'tky1'],
  },
  dreamcompute: { auth_url: 'https://iad2.dream.io:5000', region_name: 'RegionOne' },
  elastx: { auth_url: 'https://ops.elastx.cloud:5000/v3', region_name: 'se-sto' },
  limestonenetworks: { auth_url: 'https://auth.cloud.lstn.net:5000/v3', regions: ['us-dfw-1', 'us-slc'] },
  otc: { auth_url: 'https://iam.{region_name}.otc.t-systems.com/v3', regions: ['eu-de', 'eu-nl'] },
  'otc-swiss': { auth_url: 'https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3', regions: ['eu-ch2'] },
  ovh: { auth_url: 'https://auth.cloud.ovh.net/v3', domain_name: 'Default' },
  'ovh-us': {
    auth_url: 'https://auth.cloud.ovh.us/',
    domain_name: 'Default',
    regions: ['US-EAST-VA-1', 'US-WEST-OR-1', 'US-EAST-VA', 'US-WEST-OR'],
  },
  switchcloud: { auth_url: 'https://identity.compute.cloud.switch.ch/v3', regions: ['zhw', 'zhc'] },
  switchengines: { auth_url: 'https://keystone.cloud.switch.ch:5000/v3', regions: ['LS', 'ZH'] },
}

/** The names of the profiles. */
export function vendorNames(): string[] {
  return Object.keys(VENDORS)
}

/** The settings of a profile, if it exists. */
export function vendorLayer(name: string): Layer | undefined {
  const vendor = Object.hasOwn(VENDORS, name) ? VENDORS[name] : undefined
  if (!vendor) return undefined
  const { auth_url, domain_name, regions, region_name } = vendor
  const section: Section = new Map<string, Value>([
    [
      'auth',
      new Map<string, Value>([
        ['auth_url', auth_url],
        ['user_domain_name', domain_name ?? null],
        ['project_domain_name', domain_name ?? null],
      ]),
    ],
    ['regions', regions ? [...regions] : null],
    ['region_name', region_name ?? null],
  ])
  return layerOf(section, () => ({ kind: 'profile', name }))
}
