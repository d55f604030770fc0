/**
 * The front door of the embedded cloud: turns each HTTP request on loopback into an API Gateway HTTP API
 * event (payload format 2.0), invokes the API function, and maps its answer back. It must not answer to
 * any other host name: a web page elsewhere could point its own name here (DNS rebinding).
 *
 * Not as on AWS: statuses tell what went wrong with the function (502 failed, 503 throttled, 504 too slow;
 * a real HTTP API says 500 or 503); no CORS, no throttling of its own, no authorizer.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { VirtualClock } from './clock.ts';
import { answerOf, eventOf } from './gateway-event.ts';
import type { InvocationErrorKind, InvocationResult } from './runner/protocol.ts';
import type { Site } from './site.ts';

/** A local-only address, served before the function: the issuer's keys and tokens, the mail outbox. */
export interface LocalRoute {
  readonly method: string;
  /** Exact path; with `/` at its end, everything below. */
  readonly path: string;
  readonly handle: (request: Request) => Response | Promise<Response>;
}

export interface GatewayOptions {
  readonly clock: VirtualClock;
  /** Default: 0, any free port. */
  readonly port?: number;
  /** Invokes the API function synchronously. */
  readonly invoke: (event: unknown) => Promise<InvocationResult>;
  readonly routes?: readonly LocalRoute[];
  /** Answers for what is the web app's, before the function. Default: there is no app. */
  readonly site?: () => Site | undefined;
  /** Whether the first address in X-Forwarded-For is the source of a request. Default: the connection's. */
  readonly trustForwarded?: boolean;
  /** How long a request may wait for a function that is busy, ms of real time. Default: 0, it is refused at once. */
  readonly patienceMs?: number;
  /** Told of what a local route throws. Default: printed. */
  readonly onError?: (error: unknown) => void;
}

export interface Gateway {
  /** Origin to reach it at, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/** What Lambda takes in one event; API Gateway itself would take 10 MB. */
const maxBodyBytes = 6 * 1024 * 1024;
/** A request must have arrived whole by then; the function's own timeout bounds the rest. */
const requestTimeoutMs = 10_000;
const keepAliveMs = 120_000;

const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

const failures: Readonly<Record<InvocationErrorKind, readonly [status: number, message: string]>> = {
  function: [502, 'the function failed'],
  crash: [502, 'the function ended without an answer'],
  throttled: [503, 'too many requests at once'],
  timeout: [504, 'the function took too long'],
  'too-large': [413, 'the request is over 6 MB'],
};

/** Starts listening on 127.0.0.1. Rejects when the port is taken. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const waiting = { ...options, invoke: patiently(options) };
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    handle(waiting, request, response).catch((error: unknown) => {
      // A client that went away mid-request has nobody left to answer, and is no fault of ours.
      if (response.destroyed) return;
      (options.onError ?? console.error)(error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'a local route failed');
    });
  });
  // Clients keep connections for longer than Node's 5 s; one that closes under a request looks like a broken API.
  server.keepAliveTimeout = keepAliveMs;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('the server has no TCP address');
}

async function handle(
  options: GatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!loopbackHost.test(request.headers.host ?? '')) {
    refuse(response, 421, 'this server answers to localhost only');
    return;
  }
  const target = request.url ?? '';
  if (!target.startsWith('/')) {
    refuse(response, 400, 'the request target must be a path');
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    refuse(response, 413, 'the body is over 6 MB');
    return;
  }
  const path = target.split('?', 1)[0] ?? '';
  const route = options.routes?.find((one) => leadsTo(one, path) && one.method === request.method);
  if (route !== undefined) {
    await sendLocal(response, await route.handle(requestOf(request, body)));
    return;
  }
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const page = reads ? options.site?.()?.(path) : undefined;
  if (page !== undefined) {
    response.writeHead(page.status, { ...page.headers, 'content-length': page.body.byteLength });
    response.end(request.method === 'HEAD' ? undefined : page.body);
    return;
  }
  const result = await options.invoke(
    eventOf(request, body, options.clock.now(), options.trustForwarded === true),
  );
  if ('error' in result) {
    const [status, message] = failures[result.error.kind];
    if (status === 503) response.setHeader('retry-after', '1');
    refuse(response, status, message);
    return;
  }
  const answer = answerOf(result.payload);
  if (answer === undefined) {
    refuse(response, 502, 'the function gave no HTTP answer');
    return;
  }
  response.writeHead(answer.statusCode, answer.headers);
  response.end(answer.body);
}

/** Looks for room again after this long even when nobody was seen to leave. */
const lookEveryMs = 250;

/**
 * Lambda grows where this machine cannot: a request that finds no room waits for somebody to leave, those who came first
 * before the others, instead of being refused. Whoever waited longer than `patienceMs` is refused after all.
 */
function patiently({ invoke, patienceMs = 0 }: GatewayOptions): GatewayOptions['invoke'] {
  const line: (() => void)[] = [];

  /** Resolves when somebody left, or after a while. Who waited before stands at the head of the line. */
  async function forRoom(hasWaited: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (hasWaited) line.unshift(resolve);
    else line.push(resolve);
    const timer = setTimeout(resolve, lookEveryMs);
    await promise;
    clearTimeout(timer);
    const at = line.indexOf(resolve);
    if (at !== -1) line.splice(at, 1);
  }

  return async (event) => {
    const until = performance.now() + patienceMs;
    for (let hasWaited = false; ; hasWaited = true) {
      const result = await invoke(event);
      const isFull = 'error' in result && result.error.kind === 'throttled';
      if (!isFull) line.shift()?.();
      if (!isFull || performance.now() >= until) return result;
      await forRoom(hasWaited);
    }
  };
}

/**
 * The whole body, or undefined when it is over the limit. Too large a body is read to its end and thrown
 * away: a client that still sends would not see the refusal. The server's request timeout bounds it.
 */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const chunk: Buffer = part; // the iterator says `any`; no encoding is set, so it is a buffer
    bytes += chunk.length;
    if (bytes > maxBodyBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message }));
}

/** The request as a local route takes it. */
function requestOf(request: IncomingMessage, body: Buffer): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const method = request.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const url = `http://${request.headers.host}${request.url}`;
  return new Request(url, { method, headers, body: hasBody ? new Uint8Array(body) : null });
}

function leadsTo(route: LocalRoute, path: string): boolean {
  return route.path.endsWith('/') ? path.startsWith(route.path) : path === route.path;
}

async function sendLocal(response: ServerResponse, answer: Response): Promise<void> {
  response.statusCode = answer.status;
  response.setHeaders(answer.headers);
  if (answer.body === null) response.end();
  else await pipeline(Readable.fromWeb(answer.body), response);
}
