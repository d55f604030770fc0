/**
 * The issuer of the embedded cloud: publishes the key by which the API signs tokens here, and itself signs some for the
 * one local account, for whoever can reach this machine's loopback: the terminal has no mail to read. Must never be
 * part of a deployment. Also seeds that account, as joining and paying would.
 */
import { randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import type { Account } from '../core/account.ts';
import type { Consent } from '../core/consent.ts';
import { currentVersion } from '../core/policy.ts';
import type { Purchase } from '../core/purchase.ts';
import { currentLayout, itemKey, layoutAttribute, type TableNames } from '../core/tables.ts';
import { calmara } from '../policies/calmara.ts';
import { beginSession as newSession } from '../core/session.ts';
import type { LocalRoute } from './gateway.ts';
import { isFromElsewhere } from './loopback.ts';
import type { SeededPayment } from './stripe/books.ts';

const algorithm = 'ES256';
const tokenSeconds = 300;

export interface Issuer {
  /** `iss` of every token. */
  readonly issuer: string;
  /** `aud` of every token. */
  readonly audience: string;
  /** Path of the published keys, below the gateway. */
  readonly jwksPath: string;
  /** The account that `POST /local/token` gives tokens for. */
  readonly accountId: string;
  /** The private key, as the API's environment takes it. */
  readonly signingKey: string;
  /** An access token of five minutes, by the virtual clock. Default of the session: the one that a seed wrote. */
  issueToken(accountId: string, sessionId?: string): Promise<string>;
  /** `GET /local/jwks.json` and `POST /local/token`. */
  readonly routes: readonly LocalRoute[];
}

/** A private signing key that can be written down, with its id (`kid`). */
export type IssuerKey = JWK & { readonly kid: string };

/** Makes a fresh key: tokens of an issuer with another one are worth nothing. */
export async function createIssuerKey(): Promise<IssuerKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: crypto.randomUUID() };
}

/** Creates the issuer. Default of `key`: a fresh one, so that tokens of an earlier start are worth nothing. */
export async function createIssuer(options: {
  /** Epoch ms. */
  readonly now: () => number;
  readonly accountId: string;
  readonly key?: IssuerKey;
  /**
   * Begins a session for a token of the local account and answers its id; undefined when the account was erased. Default:
   * the one that a seed wrote.
   */
  readonly beginSession?: (accountId: string) => Promise<string | undefined>;
}): Promise<Issuer> {
  const { accountId, now, key = await createIssuerKey(), beginSession = async () => seededSession } = options;
  const { d: _private, kid: keyId, ...publicPart } = key;
  const privateKey = await importJWK(key, algorithm);
  const keys = { keys: [{ ...publicPart, kid: keyId, alg: algorithm, use: 'sig' }] };
  const claims = { issuer: 'urn:onceover:local', audience: 'onceover-local' };
  const issueToken = (subject: string, sessionId = seededSession): Promise<string> =>
    sign({ privateKey, keyId, ...claims, subject, sessionId, at: Math.floor(now() / 1000) });
  const jwksPath = '/local/jwks.json';
  return {
    ...claims,
    jwksPath,
    accountId,
    signingKey: JSON.stringify(key),
    issueToken,
    routes: [
      { method: 'GET', path: jwksPath, handle: () => json(200, keys) },
      {
        method: 'POST',
        path: '/local/token',
        async handle(request) {
          if (isFromElsewhere(request)) return json(403, { error: 'tokens are for this machine only' });
          const sessionId = await beginSession(accountId);
          if (sessionId === undefined) {
            return json(410, { error: 'the local account was erased; the next start makes another one' });
          }
          const accessToken = await issueToken(accountId, sessionId);
          return json(200, { accessToken, expiresInSeconds: tokenSeconds, accountId });
        },
      },
    ],
  };
}

function sign(token: {
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>;
  readonly keyId: string;
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly sessionId: string;
  /** Epoch seconds. */
  readonly at: number;
}): Promise<string> {
  return new SignJWT({ token_use: 'access', origin_jti: token.sessionId })
    .setProtectedHeader({ alg: algorithm, kid: token.keyId })
    .setIssuer(token.issuer)
    .setAudience(token.audience)
    .setSubject(token.subject)
    .setIssuedAt(token.at)
    .setExpirationTime(token.at + tokenSeconds)
    .sign(token.privateKey);
}

function json(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } });
}

/** The session of an account that was seeded instead of signed in. */
export const seededSession = 'seeded-session';

/** A session's item, for tokens that nobody signed in for. Default of its id: the seeded one. */
export function sessionItem(
  accountId: string,
  now: number,
  sessionId = seededSession,
): Record<string, unknown> {
  const { createdAt, refreshedAt, expiresAt, generation } = newSession(accountId, sessionId, now);
  return {
    accountId,
    item: itemKey.session(sessionId),
    startedAt: createdAt,
    refreshedAt,
    expiresAt,
    generation,
    removeAfter: Math.ceil(expiresAt / 1000),
  };
}

/** Begins a session of the local account and answers its id; undefined, and nothing is written, when it was erased. */
export async function beginLocalSession(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  now: number,
): Promise<string | undefined> {
  const sessionId = randomBytes(16).toString('base64url');
  const isThere = {
    TableName: names.accounts,
    Key: { accountId, item: itemKey.account },
    ConditionExpression: 'attribute_exists(accountId) AND #state <> :erasing',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':erasing': 'erasing' },
  };
  const Item = sessionItem(accountId, now, sessionId);
  try {
    await client.send(
      new TransactWriteCommand({
        TransactItems: [{ ConditionCheck: isThere }, { Put: { TableName: names.accounts, Item } }],
      }),
    );
    return sessionId;
  } catch (error) {
    const isGone =
      error instanceof TransactionCanceledException &&
      error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed';
    if (isGone) return undefined;
    throw error;
  }
}

/** Where the local account comes from, and how much it may do. */
export interface LocalAccount {
  readonly accountId: string;
  /** How many there were before it, and it: each but the last was erased. Default: 1 */
  readonly generation?: number;
  /** Units of its purchase. */
  readonly scans: number;
  /** Epoch ms. */
  readonly now: number;
}

/** The payment of the local account's purchase, which nobody made, as the Stripe stand-in has it: the books agree. */
export function localPayment(local: Omit<LocalAccount, 'now'>): SeededPayment {
  const { accountId, scans } = local;
  const { planId, price } = localPlan();
  return {
    id: localPaymentId(local),
    amount: price.minorUnits,
    currency: price.currency.toLowerCase(),
    metadata: {
      product: calmara.product.productId,
      account: accountId,
      plan: planId,
      scans: String(scans),
      noted: 'yes',
    },
  };
}

function localPurchase(local: LocalAccount): Purchase {
  const { accountId, scans, now } = local;
  const { planId, price } = localPlan();
  return {
    accountId,
    paymentIntentId: localPaymentId(local),
    boughtAt: now,
    scansTotal: scans,
    scansUsed: 0,
    scansCompleted: 0,
    planId,
    amount: price.minorUnits,
    currency: price.currency,
  };
}

function localPlan(): (typeof calmara.plans)[number] {
  const [plan] = calmara.plans;
  if (plan === undefined) throw new RangeError('the policy has a plan');
  return plan;
}

function localPaymentId({ scans, generation = 1 }: Omit<LocalAccount, 'now'>): string {
  return generation === 1 ? `pi_local_${scans}` : `pi_local_${scans}_${generation}`;
}

/**
 * Writes an active adult account with every consent of the policy and one purchase. What is there already stays
 * as it is, so that a restart on kept data gives no units back; another number of scans is another purchase. An account
 * that was erased must not be given. Answers whether there was none before.
 */
export async function seedLocalAccount(
  client: DynamoDBDocumentClient,
  names: TableNames,
  local: LocalAccount,
): Promise<boolean> {
  const { accountId, now } = local;
  const account: Account = {
    accountId,
    state: 'active',
    openedAt: now,
    adultAffirmedAt: now,
    policyVersion: currentVersion(calmara).version,
    policyAcceptedAt: now,
  };
  const isNew = await putNew(client, names.accounts, { ...account, item: itemKey.account });
  // Begun anew at each start: kept data may be older than any session lives.
  await client.send(new PutCommand({ TableName: names.accounts, Item: sessionItem(accountId, now) }));
  for (const { purpose, version } of calmara.consents) {
    const consent: Consent = { purpose, version, granted: true, at: now };
    await putNew(client, names.consents, { ...consent, accountId, item: itemKey.consent(purpose) });
  }
  await putNew(client, names.purchases, { ...localPurchase(local) });
  return isNew;
}

/** Writes an item unless there is one; false: there is. */
async function putNew(
  client: DynamoDBDocumentClient,
  table: string,
  item: Record<string, unknown>,
): Promise<boolean> {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: { ...item, [layoutAttribute]: currentLayout },
        ConditionExpression: 'attribute_not_exists(accountId)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
