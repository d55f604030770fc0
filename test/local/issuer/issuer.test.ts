import { createLocalJWKSet, decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTokenVerifier } from '../../../lambdas/adapters/token-verifier.ts';
import { createIssuer, seededSession } from '../../../local/issuer.ts';

const start = Date.parse('2026-11-21T14:00:00.000Z');
const host = 'http://127.0.0.1:4000';

const keysSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
const tokenSchema = z.looseObject({ accessToken: z.string() });

async function givenIssuer() {
  let now = start;
  const issuer = await createIssuer({ now: () => now, accountId: 'local-account' });
  const call = async (method: string, path: string, headers: Record<string, string> = {}, base = host) => {
    const route = issuer.routes.find((one) => one.method === method && one.path === path);
    if (route === undefined) throw new Error(`given: no route ${method} ${path}`);
    return route.handle(new Request(`${base}${path}`, { method, headers }));
  };
  const keys = keysSchema.parse(await (await call('GET', issuer.jwksPath)).json());
  const verifier = createTokenVerifier(createLocalJWKSet(keys), issuer, { now: () => now });
  return { issuer, call, keys, verifier, advance: (ms: number) => void (now += ms) };
}

test('a token of the issuer passes the product’s own verifier for five minutes of virtual time', async () => {
  const { call, verifier, advance } = await givenIssuer();
  const answer = tokenSchema.parse(await (await call('POST', '/local/token')).json());
  expect(answer).toEqual({
    accessToken: expect.any(String),
    expiresInSeconds: 300,
    accountId: 'local-account',
  });
  expect(await verifier.verify(answer.accessToken)).toEqual({
    accountId: 'local-account',
    sessionId: seededSession,
  });
  advance(300_000);
  expect(await verifier.verify(answer.accessToken)).toEqual({
    accountId: 'local-account',
    sessionId: seededSession,
  });
  advance(6_000);
  expect(await verifier.verify(answer.accessToken)).toBeUndefined();
});

test('a token can be issued for any account, and says no more of it than its id', async () => {
  const { issuer, verifier } = await givenIssuer();
  const token = await issuer.issueToken('somebody');
  expect(await verifier.verify(token)).toEqual({ accountId: 'somebody', sessionId: seededSession });
  expect(Object.keys(decodeJwt(token)).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'aud',
    'exp',
    'iat',
    'iss',
    'origin_jti',
    'sub',
    'token_use',
  ]);
});

test('the published keys hold no private part, and differ at each start', async () => {
  const [first, second] = [await givenIssuer(), await givenIssuer()];
  for (const key of first.keys.keys) expect(Object.keys(key)).not.toContain('d');
  expect(await second.verifier.verify(await first.issuer.issueToken('a'))).toBeUndefined();
});

test('neither keys nor tokens are kept on the way', async () => {
  const { call, issuer } = await givenIssuer();
  for (const response of [await call('GET', issuer.jwksPath), await call('POST', '/local/token')]) {
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
});

test.each([
  ['a page elsewhere', { origin: 'https://elsewhere.example' }, host],
  ['a page without an origin of its own', { origin: 'null' }, host],
  ['a page whose name only begins like ours', { origin: 'http://localhost.elsewhere.example' }, host],
  ['a host name that leads here', {}, 'http://rebound.example:4000'],
])('rejects a token for %s', async (_who, headers, base) => {
  const { call } = await givenIssuer();
  const response = await call('POST', '/local/token', headers, base);
  expect(response.status).toBe(403);
  expect(await response.text()).not.toContain('ey');
});

test.each(['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000'])(
  'a page at %s gets a token',
  async (origin) => {
    const { call } = await givenIssuer();
    expect((await call('POST', '/local/token', { origin }, origin)).status).toBe(200);
  },
);
