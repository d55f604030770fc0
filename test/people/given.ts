/**
 * An API for people in this process: the real routes, use-cases and adapters over the embedded database, a clock that a
 * test moves and mail that it reads. Nothing here is a stand-in but mail, storage's deletion and the signing of uploads.
 */
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createLocalJWKSet } from 'jose';
import { exportPageSchema } from '../../core/contract.ts';
import { parseManifest } from '../../core/model/manifest.ts';
import type { Mail } from '../../core/mail.ts';
import type { Policy } from '../../core/policy.ts';
import { requestErasure } from '../../core/request-erasure.ts';
import { tableNames, tables, type TableNames } from '../../core/tables.ts';
import { createCognitoDirectory } from '../../lambdas/adapters/cognito-directory.ts';
import { createAccountStore } from '../../lambdas/adapters/dynamodb/account-store.ts';
import { createCommunicationStore } from '../../lambdas/adapters/dynamodb/communication-store.ts';
import { createDwellStore } from '../../lambdas/adapters/dynamodb/dwell-store.ts';
import { createAccessLog, createHoldingsStore } from '../../lambdas/adapters/dynamodb/holdings-store.ts';
import { createHeartbeatStore } from '../../lambdas/adapters/dynamodb/heartbeat-store.ts';
import { createErasureStore } from '../../lambdas/adapters/dynamodb/erasure-store.ts';
import { createIdentityStore } from '../../lambdas/adapters/dynamodb/identity-store.ts';
import { createJoiningStore } from '../../lambdas/adapters/dynamodb/joining-store.ts';
import { createMemberStore } from '../../lambdas/adapters/dynamodb/member-store.ts';
import { createParkedEvents } from '../../lambdas/adapters/dynamodb/parked-events.ts';
import { createPersonalData } from '../../lambdas/adapters/dynamodb/personal-data.ts';
import { createPurchaseStore } from '../../lambdas/adapters/dynamodb/purchase-store.ts';
import { createScanStore } from '../../lambdas/adapters/dynamodb/scan-store.ts';
import { createTicketStore } from '../../lambdas/adapters/dynamodb/ticket-store.ts';
import { createUsageStore } from '../../lambdas/adapters/dynamodb/usage-store.ts';
import { randomIds } from '../../lambdas/adapters/random-ids.ts';
import { createStripeClient } from '../../lambdas/adapters/stripe-client.ts';
import { createStripeEvents } from '../../lambdas/adapters/stripe-events.ts';
import { createStripeCheckouts, createStripePayments } from '../../lambdas/adapters/stripe-payments.ts';
import { createStripeTraces } from '../../lambdas/adapters/stripe-traces.ts';
import { createTokenSigner } from '../../lambdas/adapters/token-signer.ts';
import { createTokenVerifier } from '../../lambdas/adapters/token-verifier.ts';
import { createApi } from '../../lambdas/api/app.ts';
import { createLocalProvider } from '../../lambdas/api/people/local-provider.ts';
import type { ApiPorts } from '../../lambdas/api/ports.ts';
import { eraseDue, type EraseDuePorts } from '../../lambdas/upkeep/erase-due.ts';
import { randomReferences } from '../../lambdas/api/references.ts';
import { createRequestHasher } from '../../lambdas/api/request-hash.ts';
import { createKeyedHash } from '../../lambdas/runtime/keyed-hash.ts';
import type { Log } from '../../lambdas/runtime/log.ts';
import { startDynamoDb, type EmbeddedDynamoDb } from '../../local/dynamodb/server.ts';
import { createIssuerKey } from '../../local/issuer.ts';
import { stripeSecrets } from '../../local/principals.ts';
import { startStripe, type StripeStandIn } from '../../local/stripe/server.ts';
import manifestJson from '../../models/skin-contrast/manifest.json' with { type: 'json' };
import { calmara } from '../../policies/calmara.ts';
import { aPurchase, freshId, sha256 } from '../contract/given.ts';
import { startFakePool, userPoolId, type FakePool } from '../lambdas/adapters/cognito.ts';

export const start = Date.parse('2026-11-21T14:00:00.000Z');
const identityKey = 'an-identity-key-of-32-characters';

/** One mail and whom it went to. */
export interface Sent extends Mail {
  readonly to: string;
}

export interface Call {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Default: one for everybody */
  readonly source?: string;
}

export interface PeopleWorld {
  readonly ports: ApiPorts;
  readonly database: EmbeddedDynamoDb;
  readonly documents: DynamoDBDocumentClient;
  readonly names: TableNames;
  readonly clock: { now(): number; advance(ms: number): void };
  readonly mails: Sent[];
  readonly deletedImages: string[];
  /** What erasing needs beside the API's ports. */
  readonly erasing: EraseDuePorts;
  /** Users as a Cognito pool has them: whoever signed in by `signIn` is one, under the account's id. */
  readonly pool: FakePool;
  /** Addresses that the mail provider itself keeps as dead. */
  readonly deadAddresses: Set<string>;
  /** Sends no event by itself: a test says which, when and how often. */
  readonly stripe: StripeStandIn;
  call(method: string, path: string, call?: Call): Promise<Response>;
  /** The code in the last mail to an address. */
  codeFor(address: string): string;
  close(): Promise<void>;
}

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Starts a database of its own. `policy`: another one than the product's; `replace` breaks a port. */
export async function givenPeople(
  options: {
    readonly policy?: Policy;
    readonly replace?: (ports: ApiPorts) => Partial<ApiPorts>;
    readonly log?: Log;
    /** Another API over the same database, for a policy that changed. */
    readonly sharing?: PeopleWorld;
  } = {},
): Promise<PeopleWorld> {
  const { sharing, policy = calmara } = options;
  let time = start;
  const clock = sharing?.clock ?? { now: () => time, advance: (ms: number) => void (time += ms) };
  const database =
    sharing?.database ?? (await startDynamoDb({ tables, tablePrefix: 'test-', now: () => clock.now() }));
  const names = tableNames('test-');
  const documents =
    sharing?.documents ??
    DynamoDBDocumentClient.from(
      new DynamoDBClient({
        endpoint: database.url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }),
      { marshallOptions: { removeUndefinedValues: true } },
    );
  const stripe = sharing?.stripe ?? (await startHeldStripe(clock));
  const mails: Sent[] = sharing?.mails ?? [];
  const deletedImages: string[] = [];
  const ports = await wire({
    clock,
    documents,
    names,
    stripe,
    mails,
    deletedImages,
    policy,
    log: options.log ?? silent,
  });
  const changed = { ...ports, ...options.replace?.(ports) };
  const pool = sharing?.pool ?? (await startFakePool(start));
  const cognito = new CognitoIdentityProviderClient({
    endpoint: pool.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const deadAddresses = new Set<string>();
  const erasing: EraseDuePorts = {
    ...changed,
    erasures: createErasureStore(documents, names, changed.keyedHash),
    users: createCognitoDirectory(cognito, userPoolId),
    suppressions: { forget: async (address) => void deadAddresses.delete(address) },
    traces: createStripeTraces(
      createStripeClient({ secretKey: secrets.secretKey, apiUrl: stripe.url }),
      policy.product.productId,
    ),
  };
  await createHeartbeatStore(documents, names).beat(clock.now());
  const api = createApi(changed);
  return {
    ports: changed,
    database,
    documents,
    names,
    clock,
    mails,
    deletedImages,
    erasing,
    pool,
    deadAddresses,
    stripe,
    async call(method, path, { token, body, headers, source = '192.0.2.1' } = {}) {
      const init = {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      };
      return api.request(path, init, { requestContext: { http: { sourceIp: source } } });
    },
    codeFor: (address) => codeIn(mails.findLast(({ to }) => to === address)),
    async close() {
      documents.destroy();
      cognito.destroy();
      await pool.close();
      await stripe.close();
      await database.close();
    },
  };
}

/** What the stand-in and the API share. */
export const secrets = stripeSecrets('people');

async function startHeldStripe(clock: { now(): number }): Promise<StripeStandIn> {
  const stripe = await startStripe({
    clock: { now: () => clock.now(), setTimer: () => () => {} },
    ...secrets,
    webhookUrl: 'http://127.0.0.1:9/nobody-listens',
  });
  stripe.deliveries.set({ hold: true });
  return stripe;
}

/** The code of a mail's subject. */
export function codeIn(mail: Mail | undefined): string {
  const code = /\b\d{8}\b/.exec(mail?.subject ?? '')?.[0];
  if (code === undefined) throw new Error('given: no mail with a code');
  return code;
}

async function wire(parts: {
  readonly clock: PeopleWorld['clock'];
  readonly documents: DynamoDBDocumentClient;
  readonly names: TableNames;
  readonly stripe: StripeStandIn;
  readonly mails: Sent[];
  readonly deletedImages: string[];
  readonly policy: Policy;
  readonly log: Log;
}): Promise<ApiPorts> {
  const { clock, documents, names, mails, deletedImages, policy, log } = parts;
  const stripe = createStripeClient({ secretKey: secrets.secretKey, apiUrl: parts.stripe.url });
  const keyedHash = createKeyedHash(identityKey);
  const accounts = createAccountStore(documents, names);
  const members = createMemberStore(documents, names, keyedHash);
  const identities = createIdentityStore(documents, names, keyedHash);
  const mailer: ApiPorts['mailer'] = {
    async send(to, mail) {
      if (await identities.isSuppressed(keyedHash('address', to))) return 'suppressed';
      mails.push({ to, ...mail });
      return 'sent';
    },
  };
  const key = await issuerKey;
  const token = { issuer: 'https://issuer.example', audience: 'onceover' };
  const { d: _private, ...published } = key;
  const ids = randomIds;
  return {
    accounts,
    members,
    identities,
    attempts: identities,
    provider: createLocalProvider({
      accounts,
      identities,
      members,
      mailer,
      signer: createTokenSigner(JSON.stringify(key), token),
      keyedHash,
      clock,
      ids,
      productName: policy.product.name,
    }),
    joining: createJoiningStore(documents, names),
    communications: createCommunicationStore(documents, names),
    mailer,
    holdings: createHoldingsStore(documents, names, keyedHash),
    accessLog: createAccessLog(documents, names),
    usage: createUsageStore(documents, names),
    payments: createStripePayments(stripe, policy.product.productId),
    checkouts: createStripeCheckouts(stripe, {
      productId: policy.product.productId,
      productName: policy.product.name,
      successUrl: 'https://app.example/account/purchases?checkout=paid',
      cancelUrl: 'https://app.example/account/purchases?checkout=cancelled',
      automaticTax: false,
    }),
    paymentEvents: createStripeEvents(stripe, [secrets.webhookSecret]),
    purchases: createPurchaseStore(documents, names),
    parkedEvents: createParkedEvents(documents, names),
    erasures: createErasureStore(documents, names, keyedHash),
    data: createPersonalData(documents, names, keyedHash),
    keyedHash,
    contacts: {},
    tickets: createTicketStore(documents, names),
    scans: createScanStore(documents, names),
    heartbeat: createHeartbeatStore(documents, names),
    dwell: createDwellStore(documents, names),
    images: { delete: async (scanId) => void deletedImages.push(scanId), isGone: async () => true },
    signer: {
      sign: async (scanId, _upload, expiresInMs) => ({
        url: `https://uploads.example/${scanId}`,
        method: 'PUT',
        headers: {},
        expiresAt: clock.now() + expiresInMs,
      }),
    },
    tokens: createTokenVerifier(createLocalJWKSet({ keys: [{ ...published, alg: 'ES256' }] }), token, clock),
    clock,
    ids,
    references: randomReferences,
    pacing: { pause: async () => {} },
    pause: async (ms) => clock.advance(ms),
    hashRequest: createRequestHasher('0123456789abcdef0123456789abcdef'),
    log,
    policy,
    manifest: parseManifest(manifestJson),
    evaluated: true,
    ticketsPerDay: policy.limits.ticketsPerDay,
  };
}

/** One for all worlds of a test file: making one takes time, and its worlds share tokens. */
const issuerKey = createIssuerKey();

/** Somebody who signed in. */
export interface Member {
  readonly email: string;
  readonly accountId: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** A mailbox that nobody has. */
export function freshAddress(): string {
  return `${freshId()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}@example.com`;
}

/** Signs in by mail. */
export async function signIn(
  world: PeopleWorld,
  email: string = freshAddress(),
  more: { readonly source?: string } = {},
): Promise<Member> {
  const source = more.source ?? `198.51.100.${(counter += 1) % 250}`;
  const asked = await bodyOf(await world.call('POST', '/v1/sessions', { body: { email }, source }));
  const code = world.codeFor(email);
  const verified = await world.call('POST', '/v1/sessions/verify', {
    body: { email, challenge: asked['challenge'], code },
    source,
  });
  if (verified.status !== 200) throw new Error(`given: signing in answered ${verified.status}`);
  const { accessToken, refreshToken } = await bodyOf(verified);
  const token = String(accessToken);
  world.pool.add(email, subjectOf(token));
  return { email, accountId: subjectOf(token), token, refreshToken: String(refreshToken) };
}
let counter = 0;

/** Signs in, and does everything that is needed before a photo. */
export async function join(world: PeopleWorld, email?: string): Promise<Member> {
  const member = await signIn(world, email);
  const { token, accountId } = member;
  for (const [path, version] of [
    ['/v1/me/adulthood', 1],
    ['/v1/me/policy', world.ports.policy.versions.at(-1)?.version],
    ['/v1/me/consents/image-processing', 1],
  ] as const) {
    // No person does two things in one millisecond.
    world.clock.advance(1);
    const answer = await world.call('PUT', path, { token, body: { version, language: 'en' } });
    if (answer.status !== 200) throw new Error(`given: ${path} answered ${answer.status}`);
  }
  const item = { ...aPurchase(accountId, { scansTotal: 20, boughtAt: world.clock.now() }) };
  await world.documents.send(new PutCommand({ TableName: world.names.purchases, Item: item }));
  return member;
}

/** What upkeep does every minute. */
export function runErasures(world: PeopleWorld): Promise<void> {
  return eraseDue(world.erasing, () => Infinity);
}

/** The account is severed, and its first pass done. */
export async function erase(world: PeopleWorld, accountId: string): Promise<string> {
  const requested = await requestErasure(world.ports, accountId, 'requested');
  if (typeof requested === 'string') throw new Error(`given: an erasure answered ${requested}`);
  await runErasures(world);
  return requested.reference;
}

/** Asks for a ticket. */
export function ticket(world: PeopleWorld, member: Member, key: string = freshId()): Promise<Response> {
  const photo = { contentType: 'image/jpeg', contentLength: 4, sha256: sha256(new Uint8Array(4)) };
  const headers = { 'idempotency-key': key };
  return world.call('POST', '/v1/scans', { token: member.token, body: photo, headers });
}

/** Everything that is held about somebody, each as its JSON, sorted; of an account that is over, nothing. */
export async function heldBy(world: PeopleWorld, { token }: Pick<Member, 'token'>): Promise<string[]> {
  const items: string[] = [];
  let after: string | undefined;
  do {
    const path = after === undefined ? '/v1/me/export' : `/v1/me/export?after=${encodeURIComponent(after)}`;
    const answer = await world.call('GET', path, { token });
    if (!answer.ok) return [];
    const page = exportPageSchema.parse(await answer.json());
    items.push(...page.items.map((item) => JSON.stringify(item)));
    after = page.next;
  } while (after !== undefined);
  return items.toSorted();
}

/** A JSON body as a record. */
export async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  const value: unknown = await response.json();
  if (typeof value !== 'object' || value === null) throw new Error('given: no object');
  return Object.fromEntries(Object.entries(value));
}

/** The code of a problem. */
export async function codeOf(response: Response): Promise<unknown> {
  return (await bodyOf(response))['code'];
}

function subjectOf(token: string): string {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  if (typeof claims === 'object' && claims !== null && 'sub' in claims) return String(claims.sub);
  throw new Error('given: a token without a subject');
}
