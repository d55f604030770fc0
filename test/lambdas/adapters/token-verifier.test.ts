import { createServer } from 'node:http';
import { once } from 'node:events';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { createTokenVerifier, remoteKeys } from '../../../lambdas/adapters/token-verifier.ts';

const settings = { issuer: 'https://issuer.example', audience: 'onceover' };
const now = Date.parse('2026-11-21T14:00:00.000Z');
const at = now / 1000;
const good = {
  iss: settings.issuer,
  aud: settings.audience,
  sub: 'account-1',
  token_use: 'access',
  origin_jti: 'session-1',
  iat: at,
  exp: at + 300,
};

const es256 = await generateKeyPair('ES256', { extractable: true });
const rs256 = await generateKeyPair('RS256', { extractable: true });
const stranger = await generateKeyPair('ES256', { extractable: true });
let jwks: { keys: Awaited<ReturnType<typeof exportJWK>>[] } = { keys: [] };

beforeAll(async () => {
  jwks = {
    keys: [
      { ...(await exportJWK(es256.publicKey)), kid: 'es', alg: 'ES256' },
      { ...(await exportJWK(rs256.publicKey)), kid: 'rs', alg: 'RS256' },
    ],
  };
});

function without(claim: keyof typeof good): JWTPayload {
  return Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim));
}

function verify(token: string) {
  return createTokenVerifier(createLocalJWKSet(jwks), settings, { now: () => now }).verify(token);
}

function sign(
  payload: JWTPayload,
  { alg = 'ES256', kid = 'es', key = es256.privateKey } = {},
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key);
}

test('a token of the issuer names its account, whichever key signed it', async () => {
  expect(await verify(await sign(good))).toEqual({ accountId: 'account-1', sessionId: 'session-1' });
  const rsa = await sign(good, { alg: 'RS256', kid: 'rs', key: rs256.privateKey });
  expect(await verify(rsa)).toEqual({ accountId: 'account-1', sessionId: 'session-1' });
});

test('an access token of Cognito names its client instead of an audience', async () => {
  const { aud, ...rest } = good;
  expect(await verify(await sign({ ...rest, client_id: aud }))).toEqual({
    accountId: 'account-1',
    sessionId: 'session-1',
  });
});

test.each<[string, JWTPayload]>([
  ['another issuer', { ...good, iss: 'https://elsewhere.example' }],
  ['another audience', { ...good, aud: 'other' }],
  ['another audience and our client', { ...good, aud: 'other', client_id: settings.audience }],
  ['an audience that contains ours as text', { ...good, aud: 'onceover-admin' }],
  ['an id token', { ...good, token_use: 'id' }],
  ['no use', without('token_use')],
  ['no subject', without('sub')],
  ['a subject that is no account id', { ...good, sub: 'account#1' }],
  ['no end', without('exp')],
  ['no start', without('iat')],
  ['a life of an hour', { ...good, exp: at + 3600 }],
  ['an end in the past', { ...good, iat: at - 306, exp: at - 6 }],
  ['a start long ago', { ...good, iat: at - 400, exp: at - 100 }],
  ['a start in the future', { ...good, iat: at + 60, exp: at + 360 }],
  ['a time before which it is not valid', { ...good, nbf: at + 60 }],
])('rejects a token with %s', async (_what, payload) => {
  expect(await verify(await sign(payload))).toBeUndefined();
});

test('rejects a token that somebody else signed under a key id of ours, or under their own', async () => {
  for (const kid of ['es', 'theirs']) {
    expect(await verify(await sign(good, { kid, key: stranger.privateKey }))).toBeUndefined();
  }
});

test('rejects a token that was changed after signing', async () => {
  const [header, , signature] = (await sign(good)).split('.');
  const payload = Buffer.from(JSON.stringify({ ...good, sub: 'account-2' })).toString('base64url');
  expect(await verify(`${header}.${payload}.${signature}`)).toBeUndefined();
});

test('rejects an unsigned token, one signed with a shared secret, and what is no token at all', async () => {
  const shared = await new SignJWT(good)
    .setProtectedHeader({ alg: 'HS256', kid: 'es' })
    .sign(new TextEncoder().encode(JSON.stringify(jwks.keys[0])));
  for (const token of [new UnsecuredJWT(good).encode(), shared, '', 'a.b.c', 'x'.repeat(9_000)]) {
    expect(await verify(token)).toBeUndefined();
  }
});

test('rejects an algorithm that is not on the list, even by a published key', async () => {
  const other = await generateKeyPair('ES384', { extractable: true });
  jwks.keys.push({ ...(await exportJWK(other.publicKey)), kid: 'es384' });
  expect(
    await verify(await sign(good, { alg: 'ES384', kid: 'es384', key: other.privateKey })),
  ).toBeUndefined();
});

test('keys are fetched once for many tokens', async () => {
  let fetched = 0;
  const server = createServer((_request, response) => {
    fetched += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const keys = remoteKeys(new URL(`http://127.0.0.1:${port}/jwks.json`));
  const verifier = createTokenVerifier(keys, settings, { now: () => now });
  for (let times = 0; times < 3; times += 1) {
    expect(await verifier.verify(await sign(good))).toEqual({
      accountId: 'account-1',
      sessionId: 'session-1',
    });
  }
  expect(fetched).toBe(1);
  server.close();
  await once(server, 'close');
  const cutOff = createTokenVerifier(remoteKeys(new URL(`http://127.0.0.1:${port}/`)), settings, {
    now: () => now,
  });
  await expect(
    cutOff.verify(await sign(good)),
    'keys that cannot be had are no bad token',
  ).rejects.toBeInstanceOf(TypeError);
});
