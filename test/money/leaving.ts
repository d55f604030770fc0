/**
 * Everything that may leave to Stripe, as a closed list: each call, each of its fields and headers, and the form that a value
 * must have (CAL-13). Written from the promise, not from the adapter: what the adapter learns to send is refused here first.
 */
import type { SeenRequest } from '../../local/stripe/api.ts';

type Forms = Readonly<Record<string, RegExp>>;

const randomId = /^[A-Za-z0-9_-]{22}$/;
const address = /^[^\s@]+@[^\s@]+$/;
const page: Forms = { limit: /^\d{1,3}$/, starting_after: /^(?:cs_test|pi|re|du)_\w+$/ };

const metadata = (at: string): Forms => ({
  [`${at}[product]`]: /^calmara$/,
  [`${at}[account]`]: randomId,
  [`${at}[plan]`]: /^pack-\d+$/,
  [`${at}[scans]`]: /^\d{1,4}$/,
});

/** Its fields by call; `*` stands for one of Stripe's own ids. */
const calls: Readonly<Record<string, Forms>> = {
  'POST /v1/checkout/sessions': {
    mode: /^payment$/,
    'line_items[0][quantity]': /^1$/,
    'line_items[0][price_data][currency]': /^[a-z]{3}$/,
    'line_items[0][price_data][unit_amount]': /^\d{2,8}$/,
    'line_items[0][price_data][tax_behavior]': /^inclusive$/,
    'line_items[0][price_data][product_data][name]': /^Calmara: \d+ scans$|^Calmara: \d+ Scans$/,
    'automatic_tax[enabled]': /^true$/,
    customer_email: address,
    locale: /^(?:en|de)$/,
    success_url: /^https?:\/\/[\w.:]+\/account\/purchases\?checkout=paid&id=\{CHECKOUT_SESSION_ID\}$/,
    cancel_url: /^https?:\/\/[\w.:]+\/account\/purchases\?checkout=cancelled$/,
    ...metadata('metadata'),
    ...metadata('payment_intent_data[metadata]'),
  },
  'GET /v1/checkout/sessions/*': { 'expand[0]': /^payment_intent$/ },
  // Whoever is forgotten: what waits to be paid at their address.
  'GET /v1/checkout/sessions': { ...page, 'customer_details[email]': address, status: /^open$/ },
  'POST /v1/checkout/sessions/*/expire': {},
  'GET /v1/payment_intents': { ...page, 'expand[0]': /^data\.latest_charge$/ },
  'GET /v1/payment_intents/*': { 'expand[0]': /^latest_charge$/ },
  'POST /v1/payment_intents/*': { 'metadata[noted]': /^yes$/ },
  'GET /v1/refunds': { ...page, payment_intent: /^pi_\w+$/ },
  'GET /v1/disputes': { ...page, payment_intent: /^pi_\w+$/ },
  'POST /v1/refunds': { payment_intent: /^pi_\w+$/ },
  'DELETE /v1/customers/*': {},
};

const headers: Forms = {
  accept: /^application\/json$/,
  authorization: /^Bearer sk_test_[0-9a-f]+$/,
  connection: /^keep-alive$/,
  'content-length': /^\d{1,4}$/,
  'content-type': /^application\/x-www-form-urlencoded$/,
  host: /^127\.0\.0\.1:\d+$/,
  // A keyed hash, a payment that is given back, or the library's own.
  'idempotency-key':
    /^(?:[A-Za-z0-9_-]{43}|account-erased-pi_\w+|stripe-node-retry-[0-9a-f-]{36}|[A-Za-z0-9_-]{22})$/,
  'stripe-version': /^\d{4}-\d\d-\d\d\.\w+$/,
  'user-agent': /^Stripe\/v1 NodeBindings\/[\d.]+$/,
  // Which library and which Node, and nothing of the machine.
  'x-stripe-client-user-agent':
    /^\{"bindings_version":"[\d.]+","lang":"node","typescript":"\w+","lang_version":"v[\d.]+","httplib":"node"\}$/,
};

/** What of requests is not on the list, in words; nothing when all of it is. */
export function strayIn(requests: readonly SeenRequest[]): readonly string[] {
  return requests.flatMap(({ method, path, headers: sent, body }) => {
    const { pathname, searchParams } = new URL(path, 'http://stripe.invalid');
    const call = `${method} ${pathname.replace(/\/(?:cs_test|pi|cus)_\w+/, '/*')}`;
    const fields = calls[call];
    if (fields === undefined) return [`the call ${call}`];
    return [
      ...straysOf(fields, [...searchParams, ...new URLSearchParams(body)], call),
      ...straysOf(headers, Object.entries(sent), 'the header'),
    ];
  });
}

function straysOf(
  forms: Forms,
  given: readonly (readonly [name: string, value: string])[],
  where: string,
): readonly string[] {
  return given
    .filter(([name, value]) => forms[name]?.test(value) !== true)
    .map(([name, value]) => `${where}: ${name}=${value}`);
}
