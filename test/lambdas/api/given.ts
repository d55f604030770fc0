/** A whole API in process: the real routes and use-cases over in-memory stores and a clock that a test moves. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { problemSchema, ticketSchema, type Problem, type Ticket } from '../../../core/contract.ts';
import { parseManifest, type Manifest } from '../../../core/model/manifest.ts';
import type { UploadAddress } from '../../../core/ports.ts';
import type { Purchase } from '../../../core/purchase.ts';
import { beginSession } from '../../../core/session.ts';
import { isOpen, type Scan, type TerminalState, type UploadClaim } from '../../../core/scan.ts';
import { isBand, type Band, type Outcome } from '../../../core/outcome.ts';
import { createApi } from '../../../lambdas/api/app.ts';
import type { ApiPorts } from '../../../lambdas/api/ports.ts';
import { randomReferences } from '../../../lambdas/api/references.ts';
import { createRequestHasher } from '../../../lambdas/api/request-hash.ts';
import type { Log, LogEvent, LogFields } from '../../../lambdas/runtime/log.ts';
import manifestJson from '../../../models/colour-contrast/manifest.json' with { type: 'json' };
import { calmara } from '../../../policies/calmara.ts';
import { createMemoryDwell, type MemoryDwell } from '../../memory/dwell.ts';
import { createMemoryLedger, type MemoryLedger } from '../../memory/ledger.ts';

export const manifest: Manifest = parseManifest(manifestJson);
export const start = Date.parse('2026-11-21T14:00:00.000Z');
export const alice = 'alice-account';
export const bob = 'bob-account';

interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: LogEvent;
  readonly fields: LogFields | undefined;
  readonly error: unknown;
}

export interface World {
  readonly ledger: MemoryLedger;
  readonly dwell: MemoryDwell;
  readonly clock: { now(): number; advance(ms: number): void };
  /** What was signed, in order. */
  readonly signed: { readonly scanId: string; readonly upload: UploadClaim; readonly expiresInMs: number }[];
  readonly deletedImages: string[];
  readonly lines: LogLine[];
  /** Runs at each pause between two looks, and between two tries. */
  onPause: () => void | Promise<void>;
  send(method: string, path: string, options?: Sent): Promise<Response>;
  ticket(options?: Sent): Promise<Response>;
}

export interface Sent {
  /** Whose token; null: none. Default: alice */
  readonly as?: string | null;
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

export const photo = {
  contentType: 'image/jpeg',
  contentLength: 183_202,
  sha256: createHash('sha256').update('a photo').digest('base64'),
};

/** Active, adult, consenting, with units: alice has two packs, bob has one. Replace ports to break one. */
export function givenApi(replace: Partial<ApiPorts> = {}): World {
  const ledger = createMemoryLedger();
  const dwell = createMemoryDwell();
  for (const accountId of [alice, bob]) givenPerson(ledger, accountId);
  void ledger.heartbeat.beat(start);
  let now = start;
  let id = 0;
  const clock = { now: () => now, advance: (ms: number) => void (now += ms) };
  const world: World = {
    ledger,
    dwell,
    clock,
    signed: [],
    deletedImages: [],
    lines: [],
    onPause: () => {},
    send: async (method, path, options = {}) => api.request(path, requestInit(method, options)),
    ticket: (options = {}) =>
      world.send('POST', '/v1/scans', { body: photo, key: 'a-key-of-16-chars', ...options }),
  };
  const pause = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await world.onPause();
  };
  const api = createApi({
    accounts: {
      find: async (accountId) => (await ledger.tickets.findApplicant(accountId, now)).account,
    },
    tickets: ledger.tickets,
    scans: ledger.scans,
    heartbeat: ledger.heartbeat,
    dwell,
    images: { delete: async (key) => void world.deletedImages.push(key), isGone: async () => true },
    signer: {
      async sign(scanId, upload, expiresInMs): Promise<UploadAddress> {
        world.signed.push({ scanId, upload, expiresInMs });
        const url = `https://uploads.example/${scanId}`;
        return { url, method: 'PUT', headers: { 'if-none-match': '*' }, expiresAt: now + expiresInMs };
      },
    },
    tokens: {
      verify: async (token) =>
        token.startsWith('of-')
          ? { accountId: token.slice('of-'.length), sessionId: 'a-session' }
          : undefined,
    },
    ...peoplePorts(),
    clock,
    ids: { next: () => `scan-${String((id += 1)).padStart(17, '0')}` },
    references: randomReferences,
    pacing: { pause: () => pause(50) },
    pause,
    hashRequest: createRequestHasher('0123456789abcdef0123456789abcdef'),
    log: recordInto(world.lines),
    policy: calmara,
    manifest,
    evaluated: true,
    ticketsPerDay: 3,
    ...replace,
  });
  return world;
}

/** A standing session for whoever asks; the rest of what people do is tested over a database, and fails here. */
function peoplePorts(): Pick<
  ApiPorts,
  | 'members'
  | 'provider'
  | 'identities'
  | 'attempts'
  | 'joining'
  | 'communications'
  | 'mailer'
  | 'holdings'
  | 'accessLog'
  | 'usage'
  | 'keyedHash'
  | 'checkouts'
  | 'payments'
  | 'paymentEvents'
  | 'purchases'
  | 'parkedEvents'
  | 'erasures'
  | 'data'
  | 'contacts'
> {
  const unexpected = async (): Promise<never> => {
    throw new Error('given: this API has no people');
  };
  return {
    members: {
      open: unexpected,
      setLanguage: unexpected,
      reinstate: unexpected,
      findSession: async (accountId, sessionId) => beginSession(accountId, sessionId, start),
      putSession: unexpected,
      renewSession: unexpected,
      listSessions: unexpected,
      endSession: unexpected,
      endSessions: unexpected,
    },
    provider: { begin: unexpected, verify: unexpected, refresh: unexpected, endAll: unexpected },
    identities: { claimAddress: unexpected, findByAddress: unexpected },
    attempts: { take: unexpected },
    joining: { read: unexpected, record: unexpected, findOpenWork: unexpected, stop: unexpected },
    communications: {
      addMessage: unexpected,
      listMessages: unexpected,
      removeMessage: unexpected,
      answerMessage: unexpected,
      listWaiting: unexpected,
      listSurveys: unexpected,
      listFeedback: unexpected,
      removeFeedback: unexpected,
      listReports: unexpected,
      listMinors: unexpected,
      listMinorReports: unexpected,
      settleMinorReports: unexpected,
      addFeedback: unexpected,
      addReport: unexpected,
    },
    mailer: { send: unexpected },
    holdings: { page: unexpected },
    accessLog: { page: unexpected },
    usage: { count: unexpected },
    checkouts: { open: unexpected, find: unexpected },
    payments: {
      find: unexpected,
      list: () => {
        throw new Error('given: this API has no payments');
      },
      note: unexpected,
      refund: unexpected,
      receipt: unexpected,
    },
    paymentEvents: { open: unexpected },
    purchases: { keep: unexpected, list: unexpected, find: unexpected },
    parkedEvents: { park: unexpected, release: unexpected, list: unexpected },
    erasures: { has: unexpected, begin: unexpected, find: unexpected, referenceOf: unexpected },
    data: {
      scanIds: unexpected,
      removeScan: unexpected,
      removeItems: unexpected,
      countItems: unexpected,
      removeIdentity: unexpected,
      leadsTo: unexpected,
    },
    keyedHash: () => 'hash',
    contacts: {},
  };
}

function requestInit(method: string, { as = alice, body, key, headers }: Sent): RequestInit {
  return {
    method,
    headers: {
      ...(as === null ? {} : { authorization: `Bearer of-${as}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
}

function recordInto(lines: LogLine[]): Log {
  return {
    info: (event, fields) => void lines.push({ level: 'info', event, fields, error: undefined }),
    warn: (event, fields) => void lines.push({ level: 'warn', event, fields, error: undefined }),
    error: (event, error, fields) => void lines.push({ level: 'error', event, fields, error }),
  };
}

export function givenPerson(ledger: MemoryLedger, accountId: string): void {
  ledger.put.account({ accountId, state: 'active', adultAffirmedAt: start, policyVersion: '1.0' });
  ledger.put.consent(accountId, { purpose: 'image-processing', version: 1, granted: true, at: start });
  ledger.put.purchase(pack(accountId, 'pi_first', 1));
  ledger.put.purchase({ ...pack(accountId, 'pi_second', 20), boughtAt: start - 1 });
}

export function pack(accountId: string, paymentIntentId: string, scansTotal: number): Purchase {
  return { accountId, paymentIntentId, boughtAt: start - 2, scansTotal, scansUsed: 0, scansCompleted: 0 };
}

/** Statuses of answers that came in any order. */
export function statusesOf(responses: readonly Response[]): readonly number[] {
  return responses.map(({ status }) => status).toSorted((a, b) => a - b);
}

/** The scan of a fresh ticket. */
export async function givenScan(world: World, options: Sent = {}): Promise<string> {
  const { scan } = await ticketOf(await world.ticket(options));
  return scan.id;
}

export const deletion = { deletedAt: start + 2_000, msFromUpload: 610 };
export const model = { name: 'colour-contrast', version: '0.1.0', digest: manifest.sha256 };

export function bandOf(word: string): Band {
  if (!isBand(word)) throw new Error(`given: ${word} has not the form of a band`);
  return word;
}

/** Ends a scan as the analysis would. */
export async function givenEnd(world: World, scanId: string, outcome: Outcome): Promise<void> {
  const found = await world.ledger.scans.find(scanId);
  if (found === undefined || !isOpen(found)) throw new Error('given: the scan is not open');
  const answer = await world.ledger.scans.settle({ from: found, outcome, endedAt: world.clock.now() });
  if (answer !== 'settled') throw new Error(`given: ${answer}`);
}

export async function stateOf(
  world: World,
  scanId: string,
): Promise<Scan['state'] | TerminalState | undefined> {
  return (await world.ledger.scans.find(scanId))?.state;
}

/** Units that an account's tickets hold or used. */
export function unitsUsed(world: World, accountId: string = alice): number {
  return ['pi_first', 'pi_second'].reduce(
    (sum, id) => sum + (world.ledger.purchase(accountId, id)?.scansUsed ?? 0),
    0,
  );
}

/** The body, which must hold exactly what the schema says and nothing beside it, at any depth. */
export async function exactly<S extends z.ZodType>(schema: S, response: Response): Promise<z.output<S>> {
  const body: unknown = await response.json();
  const parsed = schema.parse(body);
  if (JSON.stringify(sorted(parsed)) !== JSON.stringify(sorted(body))) {
    throw new Error(`the answer holds more than its schema: ${JSON.stringify(body)}`);
  }
  return parsed;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

export async function ticketOf(response: Response): Promise<Ticket> {
  return exactly(ticketSchema, response);
}

/** The problem document, in its media type. */
export async function problemOf(response: Response): Promise<Problem> {
  if (response.headers.get('content-type') !== 'application/problem+json') {
    throw new Error(`not a problem document: ${response.headers.get('content-type')}`);
  }
  const problem = problemSchema.parse(await response.json());
  if (problem.status !== response.status) throw new Error('the document and the answer differ in status');
  return problem;
}
