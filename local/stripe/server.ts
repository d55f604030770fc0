/**
 * Stripe, as far as onceover needs it, on loopback: the API that the official library speaks, pages for whoever pays,
 * and signed events to the API. For `npm start` and the tests; never part of a deployment. With `kept` its books
 * outlive the process; events that were not taken by then do not, and the daily reconciliation makes up for them.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { VirtualClock } from '../clock.ts';
import type { KeptMap } from '../data/kept-map.ts';
import { isFromElsewhere } from '../loopback.ts';
import { createStripeApi, type SeenRequest } from './api.ts';
import {
  createBooks,
  payments,
  StripeRefusal,
  type Books,
  type PaymentWay,
  type SeededPayment,
  type StripeEvent,
} from './books.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { bankPage, checkoutPage, dashboardPage, receiptPage, sayPage } from './pages.ts';

export type KeptBooks = KeptMap<ReturnType<Books['all']>[number]>;

export interface StripeStandInOptions {
  /** Default: 0, any free port. */
  readonly port?: number;
  readonly clock: Pick<VirtualClock, 'now' | 'setTimer'>;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Where events go. */
  readonly webhookUrl: string;
  readonly kept?: KeptBooks;
  readonly seed?: readonly SeededPayment[];
}

/** Goes wrong for requests of the API whose method and path match. */
export interface StripeFault {
  readonly matches: RegExp;
  readonly times: number;
  /** `refuse`: 500, nothing done. `apply-then-drop`: done, and the answer is lost. */
  readonly effect: 'refuse' | 'apply-then-drop';
}

export interface StripeStandIn {
  readonly url: string;
  readonly books: Books;
  readonly deliveries: Deliveries;
  /** Requests of the API so far, as they came. */
  readonly requests: SeenRequest[];
  fail(fault: StripeFault): void;
  close(): Promise<void>;
}

const maxBodyBytes = 64 * 1024;
const keepAliveMs = 120_000;
/** When the money of a transfer comes, or does not. */
const transferMs = 60_000;
const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** Starts listening on 127.0.0.1. Rejects when the port is taken. */
export async function startStripe(options: StripeStandInOptions): Promise<StripeStandIn> {
  const { clock } = options;
  const requests: SeenRequest[] = [];
  const faults: { fault: StripeFault; left: number }[] = [];
  let origin = '';
  const deliveries = createDeliveries({
    clock,
    secret: options.webhookSecret,
    target: () => options.webhookUrl,
  });
  const books = createBooks({
    now: () => clock.now(),
    origin: () => origin,
    onEvent: deliveries.enqueue,
    ...(options.kept === undefined ? {} : { kept: options.kept }),
  });
  const api = createStripeApi(books, options.secretKey);
  const pages = createPages(books, deliveries, clock);

  function faultOf({ method, path }: SeenRequest): StripeFault | undefined {
    const found = faults.find(({ fault, left }) => left > 0 && fault.matches.test(`${method} ${path}`));
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  }

  function answerApi(seen: SeenRequest, response: ServerResponse): void {
    requests.push(seen);
    const fault = faultOf(seen);
    const { status, body } = fault?.effect === 'refuse' ? broken : api(seen);
    if (fault?.effect === 'apply-then-drop') {
      response.destroy();
      return;
    }
    response.writeHead(status, {
      'content-type': 'application/json',
      'request-id': `req_${requests.length}`,
    });
    response.end(JSON.stringify(body));
  }

  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    void answer(request, response).catch((error: unknown) => {
      // A client that died in the middle of its request is no fault of ours.
      if (response.destroyed) return;
      console.error(error);
      response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const path = request.url ?? '/';
    const method = request.method ?? 'GET';
    if (body === undefined || !loopbackHost.test(request.headers.host ?? '')) {
      response.writeHead(body === undefined ? 413 : 421).end();
    } else if (path.startsWith('/v1/')) {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      answerApi({ method, path, headers: Object.fromEntries(headers), body }, response);
    } else {
      const { status, headers, text } = await shown(await pages(asRequest(request, body)));
      response.writeHead(status, headers).end(text);
    }
  }

  // Clients keep connections for longer than Node's 5 s; one that closes under a request looks like a broken Stripe.
  server.keepAliveTimeout = keepAliveMs;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no TCP address');
  origin = `http://127.0.0.1:${address.port}`;
  for (const payment of options.seed ?? []) books.seed(payment);
  return {
    url: origin,
    books,
    deliveries,
    requests,
    fail: (fault) => void faults.push({ fault, left: fault.times }),
    async close() {
      deliveries.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const broken = { status: 500, body: { error: { type: 'api_error', message: 'Something went wrong.' } } };

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const chunk: Buffer = part; // the iterator says `any`; no encoding is set, so it is a buffer
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString();
}

function asRequest({ method = 'GET', url, headers }: IncomingMessage, body: string): Request {
  return new Request(`http://${headers.host}${url}`, {
    method,
    headers: {
      ...(headers.origin === undefined ? {} : { origin: headers.origin }),
      'content-type': headers['content-type'] ?? '',
    },
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
}

async function shown(response: Response) {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}

/** The pages, by path. */
function createPages(books: Books, deliveries: Deliveries, clock: StripeStandInOptions['clock']) {
  return async (request: Request): Promise<Response> => {
    const [, first = '', id = '', last] = new URL(request.url).pathname.split('/');
    const call = `${request.method} /${first}${last === undefined ? '' : `/${last}`}`;
    // A page elsewhere cannot press buttons here; a sandboxed one says "null".
    if (request.method === 'POST' && isFromElsewhere(request)) {
      return sayPage('Not from here', 'This form answers to its own page.', 403);
    }
    const form =
      request.method === 'POST' ? new URLSearchParams(await request.text()) : new URLSearchParams();
    try {
      switch (call) {
        case 'GET /pay':
          return showCheckout(books, id);
        case 'POST /pay':
          return pay(books, clock, id, form.get('way'));
        case 'GET /pay/bank':
          return bankPage(books.findSession(id));
        case 'POST /pay/bank':
          return afterTry(books, id, books.answerOfBank(id, form.get('answer') === 'yes'));
        case 'GET /receipts':
          return receiptPage(books.find('charge', id));
        case 'GET /':
          return dashboardPage(books, deliveries.mode);
        case 'POST /payments':
          actOn(books, deliveries, id, form.get('act'));
          return seeOther('/');
        case 'POST /deliveries':
          deliveries.set({
            duplicates: form.has('duplicates') ? 2 : 0,
            disorderMs: form.has('disorder') ? 5_000 : 0,
          });
          return seeOther('/');
        default:
          return sayPage('No such page', 'The stand-in has nothing here.', 404);
      }
    } catch (error) {
      if (error instanceof StripeRefusal) return sayPage('Not possible', error.message, error.status);
      throw error;
    }
  };
}

function showCheckout(books: Books, id: string): Response {
  const session = books.findSession(id);
  if (session.status === 'open') return checkoutPage(session);
  return session.status === 'complete'
    ? sayPage('Paid', 'This checkout is done. Go back to the app.', 410)
    : sayPage('Expired', 'This checkout is too old. Go back to the app and open another.', 410);
}

function pay(books: Books, clock: StripeStandInOptions['clock'], id: string, asked: string | null): Response {
  const way = payments.find((one): one is PaymentWay => one === asked);
  if (way === undefined) return sayPage('Choose a way', 'The form names none of its ways to pay.', 400);
  const answer = books.pay(id, way);
  if (answer === 'later') {
    const intentId = books.findSession(id).payment_intent ?? '';
    clock.setTimer(clock.now() + transferMs, () => void books.settle(intentId, way === 'comes-later'));
  }
  return afterTry(books, id, answer);
}

function afterTry(books: Books, id: string, answer: ReturnType<Books['pay']>): Response {
  const session = books.findSession(id);
  if (answer === 'declined') return checkoutPage(session, 'declined');
  if (answer === 'bank') return seeOther(`/pay/${id}/bank`);
  return seeOther(session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', id));
}

function actOn(books: Books, deliveries: Deliveries, intentId: string, act: string | null): void {
  const openDispute = books
    .all('dispute')
    .find((one) => one.payment_intent === intentId && one.status === 'needs_response');
  const intent = books.find('payment_intent', intentId);
  switch (act) {
    case 'refund':
      books.refund(intentId);
      break;
    case 'refund-half':
      books.refund(intentId, Math.max(1, Math.floor(intent.amount / 2)));
      break;
    case 'dispute':
      books.dispute(intentId);
      break;
    case 'win-dispute':
    case 'lose-dispute':
      if (openDispute !== undefined)
        books.closeDispute(openDispute.id, act === 'win-dispute' ? 'won' : 'lost');
      break;
    case 'come':
    case 'fail':
      books.settle(intentId, act === 'come');
      break;
    case 'send-again':
      for (const event of deliveries.events().filter((one) => isAbout(one, intentId))) {
        void deliveries.send(event);
      }
      break;
    case null:
    default:
      throw new StripeRefusal(400, 'unknown_act', 'The form names nothing that can be done.');
  }
}

function isAbout({ data }: StripeEvent, intentId: string): boolean {
  return (
    data.object.id === intentId ||
    ('payment_intent' in data.object && data.object.payment_intent === intentId)
  );
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}
