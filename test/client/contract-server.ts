/**
 * A small HTTP server that speaks the contract, for the client's tests: tickets, an upload address that checks
 * what a real one pins, results, history, problems; with faults on request. Everything is in memory, every
 * answer passes the contract's own schema, and a request that the contract does not know throws in the test.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  healthSchema,
  statusSchema,
  historyQuerySchema,
  historySchema,
  idempotencyKeySchema,
  policyViewSchema,
  problemSchema,
  renameSchema,
  scanViewSchema,
  ticketRequestSchema,
  ticketSchema,
  type ScanView,
  type TicketRequest,
} from '../../core/contract.ts';
import { errorDescriptions, type ErrorCode } from '../../core/errors.ts';

export interface SeenRequest {
  /** Such as `POST /v1/scans`, `GET /v1/scans/{id}` or `PUT upload`. */
  readonly route: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes wrong with one request. */
export type Fault =
  /** The connection breaks and nothing was done. */
  | { readonly kind: 'reset' }
  /** It was done, and the connection breaks before the answer. */
  | { readonly kind: 'reset-after-applying' }
  /** Nothing ever comes back; `onArrival` tells when the request is there. */
  | { readonly kind: 'hang'; readonly onArrival: () => void }
  /** Another answer, and nothing was done. */
  | ({ readonly kind: 'answer' } & Answer);

interface StoredScan {
  view: ScanView;
  readonly request: TicketRequest;
  readonly idempotencyKey: string;
  isDeleted: boolean;
  /** Reads of the scan that still see it open after the upload. */
  readsUntilEnd: number;
}

const model = { name: 'test-model', version: '1.0.0', digest: 'ab'.repeat(32), evaluated: true };

/** How a scan ends once its bytes are there; the parts that differ from scan to scan. */
export type Ending = Pick<ScanView, 'state' | 'message' | 'charged'> &
  Partial<Pick<ScanView, 'band' | 'reason' | 'advice'>>;

const completed: Ending = {
  state: 'completed',
  band: 'no-clear-difference',
  message: 'No clear colour difference was found in the photo.',
  advice: 'A photo cannot replace a look by a professional.',
  charged: true,
};

export class ContractServer {
  readonly requests: SeenRequest[] = [];
  /** Bytes that arrived, by scan id. */
  readonly uploads = new Map<string, Buffer>();
  /** Tokens that are accepted. */
  tokens = new Set(['good-token']);
  /** What the local issuer gives; undefined: there is none here. */
  issuedToken: string | undefined = 'good-token';
  /** Chosen by the bytes that arrived. */
  endingOf: (bytes: Buffer) => Ending = () => completed;
  /** Reads that see a scan open after its upload. */
  readsUntilEnd = 0;
  scansLeft = Number.POSITIVE_INFINITY;
  uploadSeconds = 60;
  readonly #faults: { readonly route: string; readonly fault: Fault }[] = [];
  readonly #scans: StoredScan[] = [];
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      // Whoever was killed in the middle of a request sent none.
      if (request.complete) this.#bugs.push(error);
      request.socket.destroy();
    });
  });
  /** What the server itself could not answer: a request outside the contract. */
  readonly #bugs: unknown[] = [];

  static async start(): Promise<ContractServer> {
    const server = new ContractServer();
    await new Promise<void>((resolve) => {
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Throws when a request was outside the contract. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
    if (this.#bugs.length > 0) throw new AggregateError(this.#bugs, 'a request was outside the contract');
  }

  /** The next request of this route meets the fault; several line up. */
  fail(route: string, ...faults: readonly Fault[]): void {
    for (const fault of faults) this.#faults.push({ route, fault });
  }

  routes(): readonly string[] {
    return this.requests.map(({ route }) => route);
  }

  seen(route: string): readonly SeenRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const path = request.url ?? '/';
    const route = routeOf(request.method ?? '', path);
    this.requests.push({ route, path, headers: request.headers });
    const index = this.#faults.findIndex((planned) => planned.route === route);
    const fault = index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
    if (fault?.kind === 'reset') return void request.socket.destroy();
    if (fault?.kind === 'hang') return fault.onArrival();
    const answer = fault?.kind === 'answer' ? fault : this.#answer(route, path, request.headers, body);
    if (fault?.kind === 'reset-after-applying') return void request.socket.destroy();
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, {
      'content-type': isText ? 'text/html' : 'application/json',
      ...answer.headers,
    });
    response.end(isText ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body));
  }

  #answer(route: string, path: string, headers: IncomingHttpHeaders, body: Buffer): Answer {
    if (route === 'PUT upload') return this.#store(path, headers, body);
    if (route === 'POST /local/token') return this.#issue();
    if (route === 'GET /v1/policy') return { status: 200, body: policyViewSchema.parse(policy) };
    if (route === 'GET /v1/health') return { status: 200, body: healthSchema.parse({ status: 'ok' }) };
    if (route === 'GET /v1/status') return { status: 200, body: statusSchema.parse(status) };
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (!this.tokens.has(token)) return problem('unauthenticated');
    if (route === 'POST /v1/scans') return this.#ticket(headers, body);
    if (route === 'GET /v1/scans') return this.#history(path);
    return this.#oneScan(route, path, body);
  }

  #issue(): Answer {
    if (this.issuedToken === undefined) return { status: 404, body: {} };
    return { status: 200, body: { accessToken: this.issuedToken, expiresInSeconds: 300 } };
  }

  #ticket(headers: IncomingHttpHeaders, body: Buffer): Answer {
    const idempotencyKey = idempotencyKeySchema.parse(headers['idempotency-key']);
    const request = ticketRequestSchema.parse(JSON.parse(body.toString()));
    const known = this.#scans.find((scan) => scan.idempotencyKey === idempotencyKey);
    if (known?.isDeleted === true) return problem('scan-gone');
    if (known !== undefined) {
      const isSame = JSON.stringify(known.request) === JSON.stringify(request);
      return isSame ? this.#ticketOf(known) : problem('idempotency-key-reused');
    }
    if (!/^image\/(?:jpeg|png|webp|heic|heif|avif)$/.test(request.contentType))
      return problem('unsupported-content-type');
    if (this.scansLeft === 0) return problem('no-scans-left');
    this.scansLeft -= 1;
    const view: ScanView = {
      id: randomBytes(16).toString('base64url'),
      state: 'issued',
      issuedAt: new Date().toISOString(),
      message: 'Waiting for the photo.',
      charged: false,
      ...(request.name === undefined ? {} : { name: request.name }),
    };
    const scan = { view, request, idempotencyKey, isDeleted: false, readsUntilEnd: this.readsUntilEnd };
    this.#scans.push(scan);
    return this.#ticketOf(scan);
  }

  #ticketOf({ view, request }: StoredScan): Answer {
    const upload = {
      method: 'PUT',
      url: `${this.url}/upload/${view.id}?signature=secret`,
      headers: {
        'content-type': request.contentType,
        'if-none-match': '*',
        'x-amz-checksum-sha256': request.sha256,
      },
      expiresAt: new Date(Date.parse(view.issuedAt) + this.uploadSeconds * 1000).toISOString(),
    };
    const isOpen = view.state === 'issued' && this.uploadSeconds > 0;
    return { status: 201, body: ticketSchema.parse({ scan: view, ...(isOpen ? { upload } : {}) }) };
  }

  /** What a presigned PUT pins: length, type, checksum, no overwrite, and its time. */
  #store(path: string, headers: IncomingHttpHeaders, body: Buffer): Answer {
    const scan = this.#scans.find(({ view }) => path.startsWith(`/upload/${view.id}?signature=secret`));
    const sha256 = createHash('sha256').update(body).digest('base64');
    const isAsSigned =
      scan !== undefined &&
      this.uploadSeconds > 0 &&
      headers['transfer-encoding'] === undefined &&
      headers['content-length'] === String(scan.request.contentLength) &&
      headers['content-type'] === scan.request.contentType &&
      headers['if-none-match'] === '*' &&
      headers['x-amz-checksum-sha256'] === sha256 &&
      headers.authorization === undefined;
    if (!isAsSigned) return { status: 403, body: '<Error/>' };
    if (this.uploads.has(scan.view.id)) return { status: 412, body: '<Error/>' };
    this.uploads.set(scan.view.id, body);
    scan.view = { ...scan.view, state: 'claimed', message: 'The photo is being looked at.' };
    return { status: 200 };
  }

  #oneScan(route: string, path: string, body: Buffer): Answer {
    const id = path.slice('/v1/scans/'.length).split('?')[0];
    const scan = this.#scans.find((stored) => stored.view.id === id && !stored.isDeleted);
    if (scan === undefined) return problem('scan-not-found');
    if (route === 'DELETE /v1/scans/{id}') {
      scan.isDeleted = true;
      return { status: 200, body: { givenBack: false, message: 'The scan is deleted.' } };
    }
    if (route === 'PATCH /v1/scans/{id}') {
      const { name } = renameSchema.parse(JSON.parse(body.toString()));
      const { name: _old, ...unnamed } = scan.view;
      scan.view = name === null ? unnamed : { ...unnamed, name };
    } else {
      this.#lookAgain(scan);
    }
    return { status: 200, body: scanViewSchema.parse(scan.view) };
  }

  #lookAgain(scan: StoredScan): void {
    const bytes = this.uploads.get(scan.view.id);
    if (scan.view.state !== 'claimed' || bytes === undefined) return;
    if (scan.readsUntilEnd > 0) {
      scan.readsUntilEnd -= 1;
      return;
    }
    const at = new Date().toISOString();
    const deletion = { deletedAt: at, msFromUpload: 412, verified: true as const };
    scan.view = { ...scan.view, ...this.endingOf(bytes), endedAt: at, model, deletion };
  }

  #history(path: string): Answer {
    const query = Object.fromEntries(new URL(path, this.url).searchParams);
    const { limit, after = '0' } = historyQuerySchema.parse(query);
    const scans = this.#scans.filter(({ isDeleted }) => !isDeleted).map(({ view }) => view);
    const start = Number(after);
    const next = start + limit < scans.length ? { next: String(start + limit) } : {};
    const page = { scans: scans.toReversed().slice(start, start + limit), ...next };
    return { status: 200, body: historySchema.parse(page) };
  }
}

/** A problem document of the API, as an answer. */
export function problem(code: ErrorCode, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = {
    type: `urn:onceover:problem:${code}`,
    code,
    reference: 'ref-7K2M',
    ...errorDescriptions[code],
  };
  return {
    status: errorDescriptions[code].status,
    body: problemSchema.parse(body),
    headers: { 'content-type': 'application/problem+json', ...headers },
  };
}

function routeOf(method: string, path: string): string {
  const plain = path.split('?')[0] ?? '';
  if (plain.startsWith('/upload/')) return `${method} upload`;
  return `${method} ${plain.replace(/^\/v1\/scans\/[^/]+$/, '/v1/scans/{id}')}`;
}

const status = { status: 'ok', lifetimes: { windowDays: 7 }, boundMs: 300_000, promise: 'ONE-1' };

const policy = {
  product: 'test',
  version: '1.0',
  effectiveFrom: '2026-11-01',
  languages: ['en'],
  summary: { en: 'A test.' },
  versions: [{ version: '1.0', effectiveFrom: '2026-11-01', asksAgain: true, changes: { en: 'First.' } }],
  adultAge: 18,
  kept: [],
  providers: [],
  adulthood: { version: 1, text: { en: 'I am an adult.' } },
  consents: [],
  notices: [],
  plans: [],
  surveys: [],
  contacts: [],
  limits: {
    ticketsPerDay: 20,
    maxUploadBytes: 10 * 1024 * 1024,
    maxTextLength: 2000,
    contentTypes: ['image/jpeg'],
  },
  model: {
    ...model,
    bands: [],
    advice: 'Advice.',
    input: { width: 256, height: 256, fit: 'cover', enlarge: false },
    gates: [],
  },
};
