/**
 * The typed client of the HTTP API, for browsers and Node: nothing but fetch and WebCrypto (and a browser's
 * XMLHttpRequest, for upload progress). It keeps no token, no photo and no result; docs/client.md shows its use.
 */
import type { DeletedScan, Health, PolicyView, ScanView, Status, Ticket } from '../core/contract.ts';
import { bytesOf, type PhotoBytes } from './digest.ts';
import type { GetToken, RequestEvent, Wire } from './http.ts';
import { moneyClient, type MoneyClient } from './money.ts';
import { peopleClient, type PeopleClient } from './people.ts';
import { privacyClient, type PrivacyClient } from './privacy.ts';
import {
  deleteScan,
  getHealth,
  getPolicy,
  getScan,
  getStatus,
  history,
  renameScan,
  requestTicket,
  type Abortable,
  type HistoryOptions,
  type TicketOptions,
} from './routes.ts';
import { systemTiming, type Timing } from './timing.ts';
import { fetchTransport, platformTransport, type UploadProgress } from './transport.ts';
import { uploadPhoto, type UploadOptions } from './upload.ts';
import { waitForEnd, type WaitOptions } from './wait.ts';

export interface ClientOptions {
  /** Where the API is, without `/v1`: `https://api.example.com`. Empty: the page's own origin. */
  readonly baseUrl: string;
  /** Asked before each request; asked once more, with `renew`, when a token was refused. */
  readonly getToken: GetToken;
  /** Default: the platform's own. Given one, uploads use it as well and tell their progress as 0, then all. */
  readonly fetch?: typeof fetch;
  /** Told of each request that went out, retries included. Default: nobody is. */
  readonly onRequest?: (event: RequestEvent) => void;
  /** Longest wait for one answer of the API, ms. Default: 15,000. */
  readonly requestTimeoutMs?: number;
  /** Default: the real clock. Tests bring their own. */
  readonly timing?: Timing;
}

/** A photo and what it says it is: one of the content types that `GET /v1/policy` lists. */
export interface Photo {
  readonly bytes: PhotoBytes;
  readonly contentType: string;
}

/** Where one photo is. `uploading` comes many times, and goes back to 0 bytes when the upload is retried. */
export type ScanProgress =
  | { readonly stage: 'preparing' }
  | { readonly stage: 'ticket-issued'; readonly scan: ScanView }
  | ({ readonly stage: 'uploading' } & UploadProgress)
  | { readonly stage: 'analysing'; readonly scanId: string }
  | { readonly stage: 'ended'; readonly scan: ScanView };

export interface ScanPhotoOptions extends TicketOptions {
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Longest wait for the result after the upload, ms. Default: 300,000. */
  readonly timeoutMs?: number;
}

/** Each method throws OnceoverApiError, or the signal's reason when the caller aborts. */
export interface Client extends PeopleClient, MoneyClient, PrivacyClient {
  /** Asks for an upload address; takes one unit of the plan, given back unless a result comes of it. */
  readonly requestTicket: (photo: Photo, options?: TicketOptions) => Promise<Ticket>;
  /** Sends the same bytes to the ticket's address. Also resolves when they arrived before. */
  readonly upload: (ticket: Ticket, bytes: PhotoBytes, options?: UploadOptions) => Promise<void>;
  /** Waits for the end of a scan; `timeout` when it does not come in `timeoutMs` (default 300,000). */
  readonly waitForResult: (scanId: string, options?: WaitOptions) => Promise<ScanView>;
  /** Ticket, upload and result in one. */
  readonly scanPhoto: (photo: Photo, options?: ScanPhotoOptions) => Promise<ScanView>;
  readonly getScan: (scanId: string, options?: Abortable) => Promise<ScanView>;
  /** The pages of the history, newest scans first; the next page is asked for when it is wanted. */
  readonly history: (options?: HistoryOptions) => AsyncGenerator<readonly ScanView[], void>;
  /** Names a scan; null takes the name away. */
  readonly renameScan: (scanId: string, name: string | null, options?: Abortable) => Promise<ScanView>;
  /** Deletes a scan for good; an open one is stopped and its image deleted. Says whether its unit was given back. */
  readonly deleteScan: (scanId: string, options?: Abortable) => Promise<DeletedScan>;
  /** The product's promises, limits and the words of its results. Needs no token. */
  readonly policy: (options?: Abortable) => Promise<PolicyView>;
  /** Whether uploads are admitted. Needs no token. */
  readonly health: (options?: Abortable) => Promise<Health>;
  /** How long images live, and how old the oldest is (ONE-1). */
  readonly status: (options?: Abortable) => Promise<Status>;
}

/** Makes a client. Opens nothing and sends nothing by itself. */
export function createClient(options: ClientOptions): Client {
  const wire: Wire = {
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    // Called on globalThis: a browser's fetch refuses another receiver.
    fetch: options.fetch ?? (async (...request) => globalThis.fetch(...request)),
    getToken: options.getToken,
    onRequest: options.onRequest ?? (() => undefined),
    requestTimeoutMs: options.requestTimeoutMs ?? 15_000,
    timing: options.timing ?? systemTiming,
  };
  const transport = options.fetch === undefined ? platformTransport() : fetchTransport(options.fetch);
  const get = async (scanId: string, waitSeconds: number, signal: AbortSignal | undefined) =>
    getScan(wire, scanId, waitSeconds, signal);
  const uploader = { wire, transport, getScan: get };
  const client: Client = {
    requestTicket: async ({ bytes, contentType }, ticketOptions) =>
      requestTicket(wire, { bytes: await bytesOf(bytes), contentType }, ticketOptions),
    upload: async (ticket, bytes, uploadOptions) =>
      uploadPhoto(uploader, ticket, await bytesOf(bytes), uploadOptions),
    waitForResult: async (scanId, waitOptions) => waitForEnd(wire.timing, get, scanId, waitOptions),
    scanPhoto: async (photo, scanOptions) => scanPhoto(client, photo, scanOptions),
    getScan: async (scanId, { signal } = {}) => get(scanId, 0, signal),
    history: (historyOptions) => history(wire, historyOptions),
    renameScan: async (scanId, name, { signal } = {}) => renameScan(wire, scanId, name, signal),
    deleteScan: async (scanId, { signal } = {}) => deleteScan(wire, scanId, signal),
    policy: async ({ signal } = {}) => getPolicy(wire, signal),
    health: async ({ signal } = {}) => getHealth(wire, signal),
    status: async ({ signal } = {}) => getStatus(wire, signal),
    ...peopleClient(wire),
    ...moneyClient(wire),
    ...privacyClient(wire),
  };
  return client;
}

async function scanPhoto(client: Client, photo: Photo, options: ScanPhotoOptions = {}): Promise<ScanView> {
  const { onProgress = () => undefined, timeoutMs, signal, ...ticketOptions } = options;
  const abortable = signal === undefined ? {} : { signal };
  onProgress({ stage: 'preparing' });
  const bytes = await bytesOf(photo.bytes);
  const ticket = await client.requestTicket(
    { bytes, contentType: photo.contentType },
    { ...ticketOptions, ...abortable },
  );
  const scanId = ticket.scan.id;
  onProgress({ stage: 'ticket-issued', scan: ticket.scan });
  await client.upload(ticket, bytes, {
    ...abortable,
    onProgress: (progress) => onProgress({ stage: 'uploading', ...progress }),
  });
  onProgress({ stage: 'analysing', scanId });
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  const scan = await client.waitForResult(scanId, { ...abortable, ...limit });
  onProgress({ stage: 'ended', scan });
  return scan;
}
