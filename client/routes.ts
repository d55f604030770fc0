/** The routes of the API, one function each: how a call becomes a request. Holds no state. */
import type {
  DeletedScan,
  Health,
  PolicyView,
  Rename,
  ScanView,
  Status,
  Ticket,
  TicketRequest,
} from '../core/contract.ts';
import {
  isDeletion,
  isHealth,
  isHistory,
  isPolicy,
  isProblem,
  isScan,
  isStatus,
  isTicket,
} from './answers.ts';
import { sha256Base64 } from './digest.ts';
import { send, type Wire } from './http.ts';

export interface Abortable {
  readonly signal?: AbortSignal;
}

export interface TicketOptions extends Abortable {
  /** Default: a fresh UUID. Keep one of your own to repeat the request after a reload. */
  readonly idempotencyKey?: string;
  /** The person's own name for the scan. Default: none. */
  readonly name?: string;
}

export interface HistoryOptions extends Abortable {
  /** Scans a page, at most 100. Default: the API's own, 20. */
  readonly pageSize?: number;
}

type Signal = AbortSignal | undefined;

/** Every retry in here repeats the same key, so that it finds the scan of the first request. */
export async function requestTicket(
  wire: Wire,
  photo: { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string },
  { idempotencyKey = crypto.randomUUID(), name, signal }: TicketOptions = {},
): Promise<Ticket> {
  const body: TicketRequest = {
    contentType: photo.contentType,
    contentLength: photo.bytes.byteLength,
    sha256: await sha256Base64(photo.bytes),
    ...(name === undefined ? {} : { name }),
  };
  return send(wire, {
    method: 'POST',
    route: 'POST /v1/scans',
    path: '/v1/scans',
    body,
    headers: { 'idempotency-key': idempotencyKey },
    signal,
    isAnswer: isTicket,
  });
}

/** `waitSeconds`, at most 5: how long the API may hold the answer back until the scan ends. */
export async function getScan(
  wire: Wire,
  scanId: string,
  waitSeconds: number,
  signal: Signal,
): Promise<ScanView> {
  const query = waitSeconds > 0 ? `?wait=${waitSeconds}` : '';
  return send(wire, { ...scanRoute('GET', scanId, query), signal, isAnswer: isScan });
}

export async function renameScan(
  wire: Wire,
  scanId: string,
  name: string | null,
  signal: Signal,
): Promise<ScanView> {
  const body: Rename = { name };
  return send(wire, { ...scanRoute('PATCH', scanId), body, signal, isAnswer: isScan });
}

export async function deleteScan(wire: Wire, scanId: string, signal: Signal): Promise<DeletedScan> {
  const answer = await send(wire, {
    ...scanRoute('DELETE', scanId),
    signal,
    isAnswer: isDeletion,
    alsoGood: isRepeatGone,
  });
  // What the first try did, its answer told; it got lost.
  return isProblem(answer) ? { givenBack: false, message: 'The scan is deleted.' } : answer;
}

/** A repeated deletion finds nothing when the first one worked and only its answer was lost. */
function isRepeatGone(status: number, attempt: number): boolean {
  return status === 404 && attempt > 1;
}

export async function getPolicy(wire: Wire, signal: Signal): Promise<PolicyView> {
  return send(wire, { ...publicRoute('/v1/policy'), signal, isAnswer: isPolicy });
}

export async function getHealth(wire: Wire, signal: Signal): Promise<Health> {
  return send(wire, { ...publicRoute('/v1/health'), signal, isAnswer: isHealth, alsoGood: isUnavailable });
}

export async function getStatus(wire: Wire, signal: Signal): Promise<Status> {
  return send(wire, { ...publicRoute('/v1/status'), signal, isAnswer: isStatus });
}

/** Paused uploads may be told with 503, for the sake of probes; with a health in it that is an answer too. */
function isUnavailable(status: number): boolean {
  return status === 503;
}

/** The pages of the history, each asked for when the one before it was used up. */
export async function* history(
  wire: Wire,
  { pageSize, signal }: HistoryOptions = {},
): AsyncGenerator<readonly ScanView[], void> {
  let after: string | undefined;
  do {
    const query = new URLSearchParams();
    if (pageSize !== undefined) query.set('limit', String(pageSize));
    if (after !== undefined) query.set('after', after);
    const path = query.size === 0 ? '/v1/scans' : `/v1/scans?${query.toString()}`;
    const page = await send(wire, {
      method: 'GET',
      route: 'GET /v1/scans',
      path,
      signal,
      isAnswer: isHistory,
    });
    yield page.scans;
    after = page.next;
  } while (after !== undefined);
}

function scanRoute<M extends 'GET' | 'PATCH' | 'DELETE'>(method: M, scanId: string, query = '') {
  return {
    method,
    route: `${method} /v1/scans/{id}`,
    path: `/v1/scans/${encodeURIComponent(scanId)}${query}`,
  };
}

function publicRoute(path: string) {
  return { method: 'GET', route: `GET ${path}`, path, isPublic: true } as const;
}
