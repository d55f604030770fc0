/**
 * The part of Stripe's API that onceover speaks, over the books: forms in, JSON out, idempotency keys, lists in pages.
 * What it does not know it refuses by name, so that nobody believes it was done.
 */
import { createHash } from 'node:crypto';
import { StripeRefusal, type Books, type Intent, type Session } from './books.ts';
import { checkCheckout, checkParameters, type Form } from './parameters.ts';

/** One request as it came, for whoever wants to read what leaves. */
export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Answers requests below `/v1/`. */
export function createStripeApi(books: Books, secretKey: string): (request: SeenRequest) => ApiAnswer {
  const answered = new Map<string, { readonly print: string; readonly answer: ApiAnswer }>();

  return (request) => {
    if (request.headers['authorization'] !== `Bearer ${secretKey}`) {
      return refusal(new StripeRefusal(401, 'api_key_invalid', 'Invalid API key provided.'));
    }
    const key = request.method === 'POST' ? request.headers['idempotency-key'] : undefined;
    if (key === undefined) return perform(books, request);
    if (key.length > 255) {
      return refusal(new StripeRefusal(400, 'idempotency_key_too_long', 'At most 255 characters.'));
    }
    const print = createHash('sha256').update(`${request.path}\n${request.body}`).digest('hex');
    const before = answered.get(key);
    if (before !== undefined) return before.print === print ? before.answer : keyReused;
    const answer = perform(books, request);
    // Stripe remembers what it began to do, failures included, and forgets what it refused to begin.
    if (answer.status < 400) answered.set(key, { print, answer });
    return answer;
  };
}

const keyReused: ApiAnswer = {
  status: 400,
  body: {
    error: { type: 'idempotency_error', message: 'This key was used with other parameters before.' },
  },
};

function refusal({ status, code, message, param }: StripeRefusal): ApiAnswer {
  const type = status === 401 ? 'authentication_error' : 'invalid_request_error';
  return { status, body: { error: { type, code, message, ...(param === undefined ? {} : { param }) } } };
}

function perform(books: Books, { method, path, body }: SeenRequest): ApiAnswer {
  const url = new URL(path, 'http://stripe.invalid');
  const form: Form = new Map(method === 'POST' ? new URLSearchParams(body) : url.searchParams);
  const [, , resource = '', id, ...rest] = url.pathname.split('/');
  try {
    checkParameters(`${method} ${resource}`, form);
    return { status: 200, body: answerOf(books, `${method} ${resource}`, id, rest, form) };
  } catch (error) {
    if (error instanceof StripeRefusal) return refusal(error);
    throw error;
  }
}

function answerOf(
  books: Books,
  call: string,
  id: string | undefined,
  rest: readonly string[],
  form: Form,
): unknown {
  if (id === 'sessions' && rest.length === 0) {
    if (call === 'POST checkout') return openSession(books, form);
    if (call === 'GET checkout') return listSessions(books, form);
  }
  const [sessionId = '', verb] = rest;
  if (call === 'GET checkout' && id === 'sessions' && rest.length === 1) {
    return readSession(books, sessionId, form);
  }
  if (call === 'POST checkout' && id === 'sessions' && verb === 'expire') {
    return viewSession(books.expireSession(sessionId));
  }
  if (call === 'DELETE customers' && id !== undefined && rest.length === 0) return books.deleteCustomer(id);
  if (rest.length === 0) {
    switch (call) {
      case 'GET payment_intents':
        return id === undefined
          ? pageOf(books.all('payment_intent').toReversed(), form, (intent) =>
              expanded(books, intent, form.get('expand[0]') === 'data.latest_charge'),
            )
          : expanded(books, books.find('payment_intent', id), form.get('expand[0]') === 'latest_charge');
      case 'POST payment_intents':
        if (id !== undefined) return books.updateIntent(id, metadataOf(form, 'metadata'));
        break;
      case 'GET refunds':
        if (id === undefined) return listOf(books, 'refund', form);
        break;
      case 'GET disputes':
        if (id === undefined) return listOf(books, 'dispute', form);
        break;
      case 'POST refunds':
        if (id === undefined) {
          const amount = form.get('amount');
          return books.refund(
            must(form, 'payment_intent'),
            amount === undefined ? undefined : Number(amount),
          );
        }
        break;
    }
  }
  throw new StripeRefusal(404, 'unknown_to_the_stand_in', `The stand-in does not know ${call}.`);
}

function openSession(books: Books, form: Form): unknown {
  must(form, 'mode');
  checkCheckout(form);
  const price = 'line_items[0][price_data]';
  const session = books.openSession({
    amount: Number(must(form, `${price}[unit_amount]`)) * Number(must(form, 'line_items[0][quantity]')),
    currency: must(form, `${price}[currency]`),
    title: must(form, `${price}[product_data][name]`),
    email: form.get('customer_email') ?? null,
    locale: form.get('locale') ?? null,
    successUrl: must(form, 'success_url'),
    cancelUrl: form.get('cancel_url') ?? null,
    metadata: metadataOf(form, 'metadata'),
    intentMetadata: metadataOf(form, 'payment_intent_data[metadata]'),
    automaticTax: form.get('automatic_tax[enabled]') === 'true',
    taxIncluded: form.get(`${price}[tax_behavior]`) !== 'exclusive',
  });
  return viewSession(session);
}

function readSession(books: Books, id: string, form: Form): unknown {
  const session = books.findSession(id);
  const { payment_intent: intent } = session;
  const isExpanded = intent !== null && form.get('expand[0]') === 'payment_intent';
  return {
    ...viewSession(session),
    ...(isExpanded ? { payment_intent: books.find('payment_intent', intent) } : {}),
  };
}

/** As Stripe shows it. */
function viewSession({ intentMetadata: _metadata, title: _title, ...session }: Session) {
  return session;
}

function listSessions(books: Books, form: Form): unknown {
  const [email, status] = [form.get('customer_details[email]'), form.get('status')];
  const found = books
    .all('checkout.session')
    .map(({ id }) => books.findSession(id))
    .filter((one) => email === undefined || one.customer_details?.email === email)
    .filter((one) => status === undefined || one.status === status);
  return pageOf(found.toReversed(), form, viewSession);
}

function must(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined || value === '') {
    throw new StripeRefusal(400, 'parameter_missing', `Missing required param: ${name}.`, name);
  }
  return value;
}

function metadataOf(form: Form, name: string): Record<string, string> {
  const prefix = `${name}[`;
  return Object.fromEntries(
    [...form]
      .filter(([field]) => field.startsWith(prefix))
      .map(([field, value]) => [field.slice(prefix.length, -1), value]),
  );
}

function expanded(books: Books, intent: Intent, withCharge: boolean): unknown {
  return withCharge && intent.latest_charge !== null
    ? { ...intent, latest_charge: books.find('charge', intent.latest_charge) }
    : intent;
}

function listOf(books: Books, object: 'refund' | 'dispute', form: Form): unknown {
  const of = form.get('payment_intent');
  const found = books.all(object).filter((one) => of === undefined || one.payment_intent === of);
  return pageOf(found.toReversed(), form, (one) => one);
}

/** Newest first, as Stripe lists. */
function pageOf<T extends { readonly id: string }>(
  all: readonly T[],
  form: Form,
  view: (one: T) => unknown,
): unknown {
  const after = form.get('starting_after');
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0) {
    throw new StripeRefusal(400, 'resource_missing', `No such object: ${after}`, 'starting_after');
  }
  const limit = Number(form.get('limit') ?? 10);
  const page = all.slice(from, from + limit);
  return { object: 'list', url: '/v1', has_more: from + limit < all.length, data: page.map(view) };
}
