import { describe, expect, test } from 'vitest'
import { isSecretKey, maskBody, maskHeaders, maskText, maskUrl } from '../../src/http/mask.js'

const SECRET = 'hunter2'

// Every name, and its other spellings: capitals, dashes, camel case, a prefix.
const NAMES = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'admin_pass',
  'adminPass',
  'original_password',
  'OS_PASSWORD',
  'pwd',
  'otp',
  'totp',
  'secret',
  'client_secret',
  'clientSecret',
  'application_credential_secret',
  'token',
  'admin_token',
  'access_token',
  'accessToken',
  'refresh_token',
  'id_token',
  'subject_token',
  'x_auth_token',
  'X-Auth-Token',
  'X-Subject-Token',
  'X-Service-Token',
  'X-Storage-Token',
  'X-Amz-Security-Token',
  'jwt',
  'bearer',
  'assertion',
  'client_assertion',
  'authorization',
  'Authorization',
  'Proxy-Authorization',
  'authorization_code',
  'Openstack-Auth-Receipt',
  'Cookie',
  'Set-Cookie',
  'device_code',
  'user_code',
  'code_verifier',
  'SAMLResponse',
  'api_key',
  'apikey',
  'X-Api-Key',
  'secret_key',
  'private_key',
  'signing_key',
  'encryption_key',
  'temp_url_key',
  'X-Account-Meta-Temp-URL-Key',
  'temp_url_sig',
  'sig',
  'Signature',
  'X-Amz-Signature',
  'X-Goog-Signature',
  'X-Amz-Credential',
  'X-Goog-Credential',
  'access_key',
  'aws_secret_access_key',
  'AWSAccessKeyId',
]

const OPEN = [
  'access_token_endpoint',
  'access_token_type',
  'application_credential_id',
  'auth_type',
  'auth_url',
  'compass',
  'cert',
  'description',
  'expires_at',
  'key',
  'password_expires_at',
  'passing',
  'project_id',
  'secretary',
  'signature_method',
  'temp_url_expires',
  'token_ttl',
  'username',
  'www-authenticate',
  'x-openstack-request-id',
]

describe.each(NAMES)('the secret %s is shown', (name) => {
  test.each([name, name.toUpperCase(), name.toLowerCase(), name.replaceAll('_', '-'), name.replaceAll('-', '_')])(
    'nowhere, written as %s',
    (written) => {
      expect(isSecretKey(written)).toBe(true)
      const shown = [
        maskBody(JSON.stringify({ a: [{ [written]: SECRET }] })),
        maskBody(JSON.stringify({ [written]: [SECRET] })),
        maskBody(JSON.stringify({ [written]: 42_424_242 })),
        maskBody(`a=b&${written}=${SECRET}&c=d`),
        maskBody(`${encodeURIComponent(written)}=${SECRET}`),
        maskUrl(new URL(`http://h/?a=b&${written}=${SECRET}`)),
        maskUrl(new URL(`http://h/#${written}=${SECRET}`)),
        maskText(`Cannot read http://h/x?a=b&${written}=${SECRET}&c=d: no.`),
        maskText(`failed with ${written}=${SECRET}, sorry`),
        ...Object.values(maskHeaders({ [written]: SECRET })),
        ...Object.values(maskHeaders({ location: `http://h/?${written}=${SECRET}` })),
      ]
      for (const each of shown) {
        expect(each).not.toMatch(/hunter2|42424242/)
        expect(each).toContain('***')
      }
    },
  )
})

test.each(OPEN)('%s is no secret, and shown', (name) => {
  expect(isSecretKey(name)).toBe(false)
  expect(maskBody(JSON.stringify({ [name]: 'open' }))).toBe(`{"${name}":"open"}`)
  expect(maskBody(`${name}=open`)).toBe(`${name}=open`)
  expect(maskHeaders({ [name]: 'open' })).toEqual({ [name]: 'open' })
  expect(maskUrl(new URL(`http://h/?${name}=open`))).toBe(`http://h/?${name}=open`)
})

test('the trace of a body has the digits that were sent', () => {
  const body = '{"size":18446744073709551615,"x":[1.0,1e400],"token":"***"}'
  expect(maskBody(body.replace('***', 'hunter2'))).toBe(body)
})

describe('user and password in a URL', () => {
  test.each([
    ['http://bob:hunter2@h/x', 'http://***@h/x'],
    ['HTTPS://bob:hunter2@h', 'HTTPS://***@h'],
    ['http://hunter2@h', 'http://***@h'],
    ['swift+https://a:b:hunter2@h:5000/v3/c', 'swift+https://***@h:5000/v3/c'],
    ['http://bob:hun@ter2@h/', 'http://***@h/'],
    ['http://bob:hun/ter2@h/', 'http://***@h/'],
    ['http://bob:hun?ter2@h/', 'http://***@h/'],
    ['http://bob:hun#ter2@h/', 'http://***@h/'],
    ['http:\\/\\/bob:hunter2@h', 'http:\\/\\/***@h'],
    ['two: http://a:hunter2@h and ftp://c:hunter2@i.', 'two: http://***@h and ftp://***@i.'],
    ['"http://bob:hunter2@h"', '"http://***@h"'],
  ])('%s', (text, masked) => {
    expect(maskText(text)).toBe(masked)
    expect(maskBody(JSON.stringify({ input: { import_from: text } }))).toBe(
      JSON.stringify({ input: { import_from: masked } }),
    )
    expect(maskHeaders({ 'x-any': text })).toEqual({ 'x-any': masked })
    expect(decodeURIComponent(maskBody(`a=${encodeURIComponent(text)}`))).toBe(`a=${masked}`)
    expect(decodeURIComponent(maskUrl(new URL(`http://h/?a=${encodeURIComponent(text)}`)))).toContain(masked)
  })

  test.each(['http://h:8080/a@b', 'http://h/?a=b@c', 'mail me@example.org', 'a://b', '@', '=', 'a = b', 'password ='])(
    '%s has none',
    (text) => {
      expect(maskText(text)).toBe(text)
    },
  )

  test('are masked in the URL', () => {
    expect(maskUrl(new URL('http://bob:hunter2@h/'))).toBe('http://***@h/')
    expect(maskUrl(new URL('http://hunter2@h/?a=b'))).toBe('http://***@h/?a=b')
  })
})

describe('a body', () => {
  test.each([
    ['{"user": {"passwd": "hunter2"', '(29 characters of damaged JSON, not shown)'],
    ['  ["hunter2"', '(12 characters of damaged JSON, not shown)'],
    ['<html>hunter2</html>', '(20 characters of HTML or XML, not shown)'],
    ['the magic word is hunter2', '(25 characters of text, not shown)'],
    ['password=hunter2 or so', '(22 characters of text, not shown)'],
    ['\0\x01hunter2', '(9 characters of text, not shown)'],
    [`${'['.repeat(1500)}"hunter2"${']'.repeat(1500)}`, '(3009 characters of damaged JSON, not shown)'],
    ['', ''],
  ])('%j', (body, shown) => {
    expect(maskBody(body)).toBe(shown)
  })

  test('of a Keystone login keeps the user and the method', () => {
    const user = { name: 'me', domain: { id: 'default' } }
    const body = (secret: string) => ({
      auth: {
        identity: {
          methods: ['password', 'token', 'totp', 'application_credential'],
          password: { user: { ...user, password: secret } },
          token: { id: secret },
          totp: { user: { ...user, passcode: secret } },
          application_credential: { id: 'a', secret },
        },
      },
    })
    expect(JSON.parse(maskBody(JSON.stringify(body(SECRET))))).toEqual(body('***'))
  })

  test('of a Keystone answer keeps the catalog', () => {
    const answer = { token: { methods: ['password'], catalog: [{ type: 'image' }], user: { name: 'me' } } }
    expect(JSON.parse(maskBody(JSON.stringify(answer)))).toEqual(answer)
  })

  test('masks secrets that are not strings', () => {
    expect(maskBody('{"secret": {"value": "hunter2"}, "password": ["hunter2"], "token": null}')).toBe(
      '{"secret":"***","password":"***","token":null}',
    )
  })
})

describe('a field of a form or a query', () => {
  test.each([
    ['a=b+c&d', 'a=b+c&d'],
    ['a=100%&token=hunter2', 'a=100%&token=***'],
    ['t%6Fken=hunter2', 't%6Fken=***'],
    ['access+token=hunter2', 'access+token=***'],
    ['%ZZtoken=hunter2', '%ZZtoken=***'],
    ['a=b=c&token=x=y', 'a=b=c&token=***'],
    ['token=', 'token=***'],
    ['a=http%3A%2F%2Fbob%3Ahunter2%40h&b=c', 'a=http%3A%2F%2F***%40h&b=c'],
    ['a=x+token%3Dhunter2', 'a=x%20token%3D***'],
  ])('%s', (form, shown) => {
    expect(maskBody(form)).toBe(shown)
    expect(maskUrl(new URL(`http://h/?${form}`))).toBe(`http://h/?${shown}`)
  })

  test.each(['=hunter2', 'a b=hunter2', 'password=hunter2 x', 'a={b}', 'a=<b>', ' a=b'])('%j is no form', (body) => {
    expect(maskBody(body)).toMatch(/^\(\d+ characters of text, not shown\)$/)
  })
})

describe('a parameter in a text', () => {
  test.each([
    ['token=hunter2', 'token=***'],
    ['x token=hunter2', 'x token=***'],
    ["'token=hunter2'", "'token=***'"],
    ['"token=hunter2"', '"token=***"'],
    ['(token=hunter2', '(token=***'],
    ['a,token=hunter2', 'a,token=***'],
    ['a;token=hunter2;b=c', 'a;token=***;b=c'],
    ['http://h/#token=hunter2', 'http://h/#token=***'],
    ['http://h/?token=hunter2#x', 'http://h/?token=***#x'],
    ['{"a":"token=hunter2"}', '{"a":"token=***"}'],
    ['<a href=x?token=hunter2>', '<a href=x?token=***>'],
    ['import_from=http://h/x?temp_url_sig=hunter2', 'import_from=http://h/x?temp_url_sig=***'],
    ['http://h/?next=http://i/?token=hunter2&a=b', 'http://h/?next=http://i/?token=***&a=b'],
    ['a=b=token=hunter2', 'a=b=token=***'],
    ['token=a=sig=hunter2 sig=hunter2', 'token=*** sig=***'],
    ['to%6Ben=hunter2', 'to%6Ben=***'],
    ['token= hunter2', 'token= hunter2'],
    ['token=', 'token='],
    ['a=1&b=2', 'a=1&b=2'],
  ])('%s', (text, masked) => {
    expect(maskText(text)).toBe(masked)
  })
})

test('many parameters in each other are read in linear time', () => {
  const text = 'a='.repeat(500_000)
  expect(maskText(`${text}b`)).toBe(`${text}b`)
  expect(maskText('token=a'.repeat(200_000))).toBe('token=***')
})

describe('of JSON', () => {
  test.each([
    ['[1,true,null,"a"]', '[1,true,null,"a"]'],
    ['"http://bob:hunter2@h"', '"http://***@h"'],
    ['[["token=hunter2"]]', '[["token=***"]]'],
    ['{"password":null,"token":null}', '{"password":null,"token":null}'],
    ['{"password":false}', '{"password":"***"}'],
    ['{"password":{"password":"hunter2","name":"me"}}', '{"password":{"password":"***","name":"me"}}'],
    ['{"secret":{"name":"me"}}', '{"secret":"***"}'],
    ['{"token":["hunter2"]}', '{"token":"***"}'],
    ['{"token":{"id":"hunter2","name":"me"}}', '{"token":{"id":"***","name":"me"}}'],
    ['{"user":{"id":"1","name":"me"}}', '{"user":{"id":"1","name":"me"}}'],
    ['{"totp":{"id":"1"}}', '{"totp":{"id":"1"}}'],
  ])('%s', (body, shown) => {
    expect(maskBody(body)).toBe(shown)
  })
})

test('the end of a name decides, for any length', () => {
  expect(isSecretKey(`${'x'.repeat(500)}_password`)).toBe(true)
  expect(isSecretKey(`password${'x'.repeat(500)}`)).toBe(false)
})

test.each([
  ['a1Password', true],
  ['client--secret', true],
  ['x.auth.token', true],
  ['mySecretKey', true],
  ['userSig', true],
  ['design', false],
  ['keyPassing', false],
])('the words of %s: %s', (name, secret) => {
  expect(isSecretKey(name)).toBe(secret)
})

test('damaged JSON after spaces is recognised, too', () => {
  expect(maskBody(' \n{"a": hunter2')).toContain('damaged JSON')
  expect(maskBody(' \n<a>')).toContain('HTML')
  expect(maskBody(' "hunter2')).toContain('damaged JSON')
  expect(maskBody('   ')).toBe('(3 characters of damaged JSON, not shown)')
})
