/**
 * Every error code through real HTTP, from the front door to the tables: a problem document that says which,
 * with a reference to quote; nothing charged, nothing stored. A code that no row covers fails the last test.
 */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorCodes, errorDescriptions, type ErrorCode } from '../../core/errors.ts';
import { maxUploadBytes, protocol } from '../../core/scan.ts';
import { itemKey, tables } from '../../core/tables.ts';
import { problemMediaType } from '../../lambdas/api/problems.ts';
import { referencePattern } from '../../lambdas/runtime/log.ts';
import { calmara } from '../../policies/calmara.ts';
import { seededSession } from '../../local/issuer.ts';
import { anAccount, freshId } from '../contract/given.ts';
import { claimOf, expectEmptyBucket, onOneDay, photo, startWorld, type Person, type World } from './world.ts';

let world: World;
let bytes: Uint8Array;
/** The issuer's own signing key, which it hands to nobody: seen as it is made. */
let issuerKey: CryptoKey;

beforeAll(async () => {
  const generated = vi.spyOn(crypto.subtle, 'generateKey');
  // What is stored is compared: what the clock would do meanwhile is done before.
  world = await startWorld({ schedule: false });
  await onOneDay(world, 1_800_000);
  const pairs = await Promise.all(generated.mock.results.map(({ value }) => Promise.resolve(value)));
  generated.mockRestore();
  const pair: unknown = pairs.at(-1);
  if (!isKeyPair(pair)) throw new Error('given: the issuer made no key pair');
  issuerKey = pair.privateKey;
  bytes = await photo('skin-clear');
});
afterAll(() => world.cloud.close());
beforeEach(() => world.sweep());
afterEach(() => {
  world.cloud.storage.faults.clear();
  world.cloud.database.faults.clear();
});

function isKeyPair(value: unknown): value is { readonly privateKey: CryptoKey } {
  return typeof value === 'object' && value !== null && 'privateKey' in value;
}

/** One way to be refused. */
interface Refusal {
  readonly code: ErrorCode;
  readonly when: string;
  /** Sends the request after whatever it takes; what is stored is compared from `settled` on. */
  readonly send: (settled: () => Promise<void>) => Promise<Response>;
  /** What the answer says beside the code. */
  readonly says?: object;
  readonly headers?: Readonly<Record<string, RegExp>>;
}

const scansPath = '/v1/scans';
const nobodysScan = `${scansPath}/${'A'.repeat(22)}`;

function post(person: Person, body: unknown = claimOf(bytes), key = freshId()): Promise<Response> {
  return person.call('POST', scansPath, { body, key });
}

/** Raw HTTP, for requests that no client would send. */
async function raw(person: Person, method: string, path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${await world.cloud.issuer.issueToken(person.accountId)}`);
  return fetch(`${world.cloud.apiUrl}${path}`, { ...init, method, headers });
}

async function putAccount(accountId: string, item: object): Promise<void> {
  const { documents, names } = world.cloud;
  await documents.send(
    new PutCommand({ TableName: names.accounts, Item: { ...item, accountId, item: itemKey.account } }),
  );
}

async function withToken(token: string | undefined): Promise<Response> {
  return fetch(`${world.cloud.apiUrl}${scansPath}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': freshId(),
      ...(token === undefined ? {} : { authorization: token }),
    },
    body: JSON.stringify(claimOf(bytes)),
  });
}

/** A token like the issuer's, but for what is given. */
async function forged(
  accountId: string,
  more: {
    readonly audience?: string;
    readonly issuer?: string;
    readonly use?: string;
    readonly key?: CryptoKey;
    readonly seconds?: number;
    readonly session?: string;
  } = {},
): Promise<string> {
  const { issuer, apiUrl, clock } = world.cloud;
  const published: unknown = await (await fetch(`${apiUrl}${issuer.jwksPath}`)).json();
  const kid = /"kid":"([^"]+)"/.exec(JSON.stringify(published))?.[1] ?? '';
  const at = Math.floor(clock.now() / 1000);
  const token = await new SignJWT({
    token_use: more.use ?? 'access',
    origin_jti: more.session ?? seededSession,
  })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(more.issuer ?? issuer.issuer)
    .setAudience(more.audience ?? issuer.audience)
    .setSubject(accountId)
    .setIssuedAt(at)
    .setExpirationTime(at + (more.seconds ?? 300))
    .sign(more.key ?? issuerKey);
  return `Bearer ${token}`;
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

async function algNone(accountId: string): Promise<string> {
  const [, claims = ''] = (await world.cloud.issuer.issueToken(accountId)).split('.');
  return `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${claims}.`;
}

/** Signed with a MAC whose key is the published key: what a careless verifier takes. */
async function algConfused(accountId: string): Promise<string> {
  const { issuer, apiUrl } = world.cloud;
  const [, claims = ''] = (await issuer.issueToken(accountId)).split('.');
  const secret = Buffer.from(await (await fetch(`${apiUrl}${issuer.jwksPath}`)).text());
  const head = encoded({ alg: 'HS256', typ: 'JWT' });
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const mac = await crypto.subtle.sign('HMAC', key, Buffer.from(`${head}.${claims}`));
  return `Bearer ${head}.${claims}.${Buffer.from(mac).toString('base64url')}`;
}

const challenge = { 'www-authenticate': /^Bearer / };

/** Requests with a token that is not one. */
const unauthenticated: readonly Refusal[] = (
  [
    ['there is no token', async () => undefined],
    ['the token is garbage', async () => 'Bearer garbage'],
    ['the token is of another scheme', async () => `Basic ${Buffer.from('a:b').toString('base64')}`],
    ['the token is not signed (alg none)', algNone],
    ['the token is signed with the published key as a secret', algConfused],
    ['the token is for another audience', (id: string) => forged(id, { audience: 'somebody-else' })],
    ['the token is of another issuer', (id: string) => forged(id, { issuer: 'urn:somebody:else' })],
    ['the token is for another use', (id: string) => forged(id, { use: 'id' })],
    ['the token lives too long', (id: string) => forged(id, { seconds: 3600 })],
    [
      'the token is signed by an unknown key',
      async (id: string) => forged(id, { key: (await generateKeyPair('ES256')).privateKey }),
    ],
    [
      'the token brings its own key',
      async (id: string) => {
        const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
        const token = await new SignJWT({ token_use: 'access', origin_jti: seededSession })
          .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(publicKey) })
          .setIssuer(world.cloud.issuer.issuer)
          .setAudience(world.cloud.issuer.audience)
          .setSubject(id)
          .setIssuedAt(Math.floor(world.cloud.clock.now() / 1000))
          .setExpirationTime(Math.floor(world.cloud.clock.now() / 1000) + 300)
          .sign(privateKey);
        return `Bearer ${token}`;
      },
    ],
    ['the token names a session that never was', (id: string) => forged(id, { session: 'another-session' })],
    [
      'the person signed out here',
      async (id: string) => {
        const token = `Bearer ${await world.cloud.issuer.issueToken(id)}`;
        const headers = { authorization: token };
        await fetch(`${world.cloud.apiUrl}/v1/sessions/current`, { method: 'DELETE', headers });
        return token;
      },
    ],
    [
      'the person signed out everywhere',
      async (id: string) => {
        const token = `Bearer ${await world.cloud.issuer.issueToken(id)}`;
        const headers = { authorization: token };
        await fetch(`${world.cloud.apiUrl}/v1/sessions`, { method: 'DELETE', headers });
        return token;
      },
    ],
    [
      'the token ran out',
      async (id: string) => {
        const token = await world.cloud.issuer.issueToken(id);
        await world.pass(310_000);
        return `Bearer ${token}`;
      },
    ],
  ] as const
).map(([when, token]) => ({
  code: 'unauthenticated' as const,
  when,
  headers: challenge,
  async send(settled) {
    const { accountId } = await world.person();
    const sent = await token(accountId);
    await settled();
    return withToken(sent);
  },
}));

/** A person, a photo, and one thing that is not as it must be. */
function ofPerson(
  code: ErrorCode,
  when: string,
  send: (person: Person, settled: () => Promise<void>) => Promise<Response>,
  more: Pick<Refusal, 'says' | 'headers'> = {},
): Refusal {
  return {
    code,
    when,
    ...more,
    async send(settled) {
      const person = await world.person();
      await settled();
      return send(person, settled);
    },
  };
}

const persons: readonly Refusal[] = [
  ofPerson('account-inactive', 'the account does not exist', async () =>
    withToken(`Bearer ${await world.cloud.issuer.issueToken(freshId())}`),
  ),
  ofPerson('account-inactive', 'the account is suspended', async (person, settled) => {
    await putAccount(person.accountId, { ...anAccount(person.accountId), state: 'suspended' });
    await settled();
    return post(person);
  }),
  ofPerson('account-inactive', 'a suspended account reads its history', async (person, settled) => {
    await putAccount(person.accountId, { ...anAccount(person.accountId), state: 'suspended' });
    await settled();
    return person.call('GET', scansPath);
  }),
  ofPerson('adults-only', 'nobody affirmed to be an adult', async (person, settled) => {
    await putAccount(person.accountId, { state: 'active' });
    await settled();
    return post(person);
  }),
  ofPerson(
    'policy-changed',
    'the policy was never accepted',
    async (person, settled) => {
      await putAccount(person.accountId, { state: 'active', adultAffirmedAt: 1 });
      await settled();
      return post(person);
    },
    { says: { version: calmara.versions.at(-1)?.version } },
  ),
  {
    code: 'consent-required',
    when: 'the consent was withdrawn',
    says: { purposes: ['image-processing'] },
    async send(settled) {
      const person = await world.person({ granted: false });
      await settled();
      return post(person);
    },
  },
  {
    code: 'no-scans-left',
    when: 'every unit is used',
    async send(settled) {
      const person = await world.person({ scansTotal: 1 });
      await person.ticket(bytes);
      await settled();
      return post(person);
    },
  },
];

const limits: readonly Refusal[] = [
  {
    code: 'too-many-scans',
    when: 'the day’s tickets were given',
    async send(settled) {
      const person = await world.person({ scansTotal: 50 });
      const { ticketsPerDay } = calmara.limits;
      for (let count = 0; count < ticketsPerDay; count += 1) await person.ticket(bytes);
      await settled();
      const response = await post(person);
      const now = world.cloud.clock.now();
      const untilTomorrow = (86_400_000 - (now % 86_400_000)) / 1000;
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(untilTomorrow - 1);
      expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(untilTomorrow + 5);
      return response;
    },
  },
  ofPerson(
    'too-many-bytes',
    'the photo is one byte too long',
    (person) => post(person, { ...claimOf(bytes), contentLength: maxUploadBytes + 1 }),
    { says: { maxUploadBytes } },
  ),
  ofPerson('unsupported-content-type', 'the photo is an SVG', (person) =>
    post(person, { ...claimOf(bytes), contentType: 'image/svg+xml' }),
  ),
  {
    code: 'cleaner-not-alive',
    when: 'the cleaner has not reported for more than three minutes',
    headers: { 'retry-after': /^60$/ },
    async send(settled) {
      const person = await world.person();
      await world.pass(protocol.heartbeatMaxAgeMs + 1_000);
      await settled();
      const response = await post(person);
      // The API believes a bad answer for a second.
      await world.pass(2_000);
      return response;
    },
  },
];

const invalid: readonly Refusal[] = (
  [
    ['an unknown field', 'body', (): object => ({ ...claimOf(bytes), email: 'a@b.example' })],
    ['no length', 'contentLength', (): object => ({ ...claimOf(bytes), contentLength: undefined })],
    ['a negative length', 'contentLength', (): object => ({ ...claimOf(bytes), contentLength: -1 })],
    ['half a byte', 'contentLength', (): object => ({ ...claimOf(bytes), contentLength: 1.5 })],
    ['a digest in hex', 'sha256', (): object => ({ ...claimOf(bytes), sha256: 'ab'.repeat(32) })],
    ['a name of invisible characters', 'name', (): object => ({ ...claimOf(bytes), name: '\u202e' })],
    ['a list', 'body', (): object => []],
  ] as const
).map(([what, field, body]) =>
  ofPerson('invalid-request', `the body has ${what}`, (person) => post(person, body()), {
    says: { violations: [expect.objectContaining({ field })] },
  }),
);

const malformed: readonly Refusal[] = [
  ofPerson('invalid-request', 'the body is not JSON', (person) =>
    raw(person, 'POST', scansPath, {
      headers: { 'content-type': 'application/json', 'idempotency-key': freshId() },
      body: '{"contentType":',
    }),
  ),
  ofPerson('invalid-request', 'there is no idempotency key', (person) =>
    person.call('POST', scansPath, { body: claimOf(bytes) }),
  ),
  ofPerson('invalid-request', 'the idempotency key is too short', (person) =>
    post(person, claimOf(bytes), 'short'),
  ),
  ofPerson('invalid-request', 'the id is none', (person) => person.call('GET', `${scansPath}/none`)),
  ofPerson('invalid-request', 'the page is too large', (person) =>
    person.call('GET', `${scansPath}?limit=101`),
  ),
  ofPerson('invalid-request', 'the cursor was not given by us', (person) =>
    person.call('GET', `${scansPath}?after=bm90IGpzb24`),
  ),
  ofPerson('request-too-large', 'the photo itself is sent', async (person) =>
    raw(person, 'POST', scansPath, {
      headers: { 'content-type': 'application/json', 'idempotency-key': freshId() },
      body: Uint8Array.from(await photo('png-8')),
    }),
  ),
  ofPerson('unsupported-media-type', 'the body is not said to be JSON', (person) =>
    raw(person, 'POST', scansPath, {
      headers: { 'content-type': 'text/plain', 'idempotency-key': freshId() },
      body: JSON.stringify(claimOf(bytes)),
    }),
  ),
  ofPerson('not-found', 'nothing is at the address', (person) => person.call('GET', '/v1/images')),
  ofPerson(
    'method-not-allowed',
    'the address takes no such method',
    (person) => person.call('PUT', scansPath, { body: claimOf(bytes) }),
    { headers: { allow: /^GET, HEAD, POST$/ } },
  ),
];

const scans: readonly Refusal[] = [
  {
    code: 'erasure-not-found',
    when: 'the reference is of no erasure',
    send: async (settled) => {
      await settled();
      return world.stranger('GET', `/v1/erasures/${freshId()}`);
    },
  },
  ...(['GET', 'DELETE'] as const).map((method) =>
    ofPerson('scan-not-found', `${method} names a scan that never was`, (person) =>
      person.call(method, nobodysScan),
    ),
  ),
  ofPerson('scan-not-found', 'PATCH names a scan that never was', (person) =>
    person.call('PATCH', nobodysScan, { body: { name: 'left arm' } }),
  ),
  ...(['GET', 'DELETE'] as const).map((method) =>
    ofPerson('scan-not-found', `${method} names the scan of somebody else`, async (person, settled) => {
      const owner = await world.person();
      const { scan } = await owner.ticket(bytes);
      await settled();
      return person.call(method, `${scansPath}/${scan.id}`);
    }),
  ),
  ofPerson('idempotency-key-reused', 'the key was sent with another body', async (person, settled) => {
    const key = freshId();
    await person.ticket(bytes, key);
    await settled();
    return post(person, { ...claimOf(bytes), contentLength: 7 }, key);
  }),
  ofPerson('scan-gone', 'the scan of the key was deleted', async (person, settled) => {
    const key = freshId();
    const { scan } = await person.ticket(bytes, key);
    await person.client.deleteScan(scan.id);
    await settled();
    return post(person, claimOf(bytes), key);
  }),
];

/** A request without a token. */
const anybody = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${world.cloud.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const people: readonly Refusal[] = [
  {
    code: 'code-refused',
    when: 'no such code was ever sent',
    async send(settled) {
      await settled();
      return anybody('/v1/sessions/verify', {
        email: 'nobody@example.com',
        challenge: freshId(),
        code: '12345678',
      });
    },
  },
  {
    code: 'too-many-attempts',
    when: 'a sixth code is asked for in a quarter of an hour',
    headers: { 'retry-after': /^\d+$/ },
    async send(settled) {
      const email = `${freshId()
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, 'x')}@example.com`;
      for (let count = 0; count < 5; count += 1) await anybody('/v1/sessions', { email });
      await settled();
      return anybody('/v1/sessions', { email });
    },
  },
  {
    code: 'cross-site',
    when: 'another site’s page makes the browser refresh',
    async send(settled) {
      await settled();
      return anybody(
        '/v1/sessions/refresh',
        {},
        { cookie: 'onceover-refresh=x', 'sec-fetch-site': 'cross-site' },
      );
    },
  },
  ofPerson('session-not-found', 'a session is ended that never was', (person) =>
    person.call('DELETE', `/v1/sessions/${freshId()}`),
  ),
  ofPerson('message-not-found', 'a message is deleted that never was', (person) =>
    person.call('DELETE', `/v1/messages/${freshId()}`),
  ),
  ofPerson('feedback-not-found', 'an answer to a survey is deleted that never was', (person) =>
    person.call('DELETE', `/v1/feedback/${freshId()}`),
  ),
  ofPerson('purpose-not-found', 'consent is given to what nobody asks for', (person) =>
    person.call('PUT', '/v1/me/consents/marketing', { body: { version: 1, language: 'en' } }),
  ),
  ofPerson('survey-not-found', 'a survey is answered that there is not', (person) =>
    person.call('POST', '/v1/feedback', { body: { survey: 'none', version: 1, answers: { clear: 1 } } }),
  ),
  ofPerson('text-changed', 'an older text is agreed to', (person) =>
    person.call('PUT', '/v1/me/consents/image-processing', { body: { version: 99, language: 'en' } }),
  ),
];

const buy = (person: Person, plan: string): Promise<Response> =>
  person.call('POST', '/v1/checkout', { body: { plan }, key: freshId() });

const money: readonly Refusal[] = [
  ofPerson('plan-not-found', 'a plan is bought that there is not', (person) => buy(person, 'pack-7')),
  ofPerson('purchase-not-found', 'the receipt of nobody’s purchase is asked for', (person) =>
    person.call('GET', '/v1/purchases/pi_nobody/receipt'),
  ),
  ofPerson('receipt-not-found', 'a purchase was never paid', (person) =>
    person.call('GET', '/v1/purchases/pi_first/receipt'),
  ),
  ofPerson(
    'payments-unavailable',
    'the payment provider does not answer',
    (person) => {
      world.cloud.stripe.fail({ matches: /^POST \/v1\/checkout/, times: 2, effect: 'refuse' });
      return buy(person, 'pack-20');
    },
    { headers: { 'retry-after': /^\d+$/ } },
  ),
  {
    code: 'signature-refused',
    when: 'somebody else sends an event',
    async send(settled) {
      await settled();
      return anybody('/v1/webhooks/stripe', { id: 'evt_1' }, { 'stripe-signature': 't=1,v1=00' });
    },
  },
];

const ours: readonly Refusal[] = [
  ofPerson(
    'busy',
    'transactions never stop conflicting',
    async (person) => {
      world.cloud.database.faults.next({
        operation: 'TransactWriteItems',
        times: 500,
        effect: 'transaction-conflict',
      });
      return post(person);
    },
    { headers: { 'retry-after': /^\d+$/ } },
  ),
  ofPerson('internal', 'the database breaks', async (person) => {
    world.cloud.database.faults.next({
      operation: 'TransactWriteItems',
      times: 500,
      effect: 'internal-error',
    });
    return post(person);
  }),
];

const refusals = [
  ...unauthenticated,
  ...persons,
  ...limits,
  ...invalid,
  ...malformed,
  ...scans,
  ...people,
  ...money,
  ...ours,
] satisfies readonly Refusal[];

/** Codes that no request can bring about yet, each with its reason. */
const unreachable: { readonly [C in ErrorCode]?: string } = {};

/** Everything but the cleaner's heartbeat, which beats meanwhile, and the counters of attempts, which must count. */
async function stored(): Promise<readonly unknown[]> {
  const all = await Promise.all(
    tables
      .filter(({ name }) => name !== 'operations' && name !== 'identities')
      .map(async ({ name }) => ({ name, items: await world.cloud.database.items(name) })),
  );
  return all.map(({ name, items }) => [name, items.map((item) => JSON.stringify(item)).toSorted()]);
}

describe('the API', () => {
  it.each(refusals)('rejects with $code when $when', async ({ code, send, says = {}, headers = {} }) => {
    let before: readonly unknown[] = [];
    const response = await send(async () => {
      before = await stored();
    });
    const { status } = errorDescriptions[code];
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(problemMediaType);
    expect(response.headers.get('cache-control')).toBe('no-store');
    for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toMatch(value);
    expect(await response.json()).toMatchObject({
      code,
      status,
      type: `urn:onceover:problem:${code}`,
      reference: expect.stringMatching(referencePattern),
      ...says,
    });
    expect(await stored()).toEqual(before);
    expectEmptyBucket(world);
  });

  it('admits the request that the refused ones were made from', async () => {
    const { accountId } = await world.person();
    expect((await withToken(await forged(accountId))).status).toBe(201);
  });

  it('has no error code that is neither refused above nor listed with a reason', () => {
    const covered = new Set<string>(refusals.map(({ code }) => code));
    const missing = errorCodes.filter((code) => !covered.has(code) && unreachable[code] === undefined);
    expect(missing).toEqual([]);
    // A reason outlives its truth when the code becomes reachable.
    expect(Object.keys(unreachable).filter((code) => covered.has(code))).toEqual([]);
  });
});
