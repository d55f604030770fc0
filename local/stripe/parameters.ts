/**
 * What Stripe takes with each call that onceover makes, as its reference says: names, forms and bounds. A request with
 * anything else is refused as Stripe refuses it, so that what passes here is not refused there for its form.
 * @see https://docs.stripe.com/api
 */
import { StripeRefusal } from './books.ts';

export type Form = ReadonlyMap<string, string>;

/** What is wrong with a value; undefined: nothing. */
type Check = (value: string) => string | undefined;

const matching =
  (pattern: RegExp, code: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : code;
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value) ? undefined : 'parameter_invalid_string';
const upTo =
  (length: number): Check =>
  (value) =>
    value.length <= length ? undefined : 'parameter_invalid_string';
const wholeNumber = (least: number, most: number): Check => {
  const isWhole = matching(/^-?\d{1,12}$/, 'parameter_invalid_integer');
  return (value) =>
    isWhole(value) ??
    (Number(value) >= least && Number(value) <= most ? undefined : 'parameter_invalid_integer');
};
const address: Check = (value) =>
  URL.canParse(value.replaceAll('{CHECKOUT_SESSION_ID}', 'cs_1')) && /^https?:/.test(value)
    ? upTo(5000)(value)
    : 'url_invalid';

/** In lower case, as the reference has them; what this Node knows as a currency. */
const currencies: ReadonlySet<string> = new Set(
  Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()),
);

const metadata = '\\[[^[\\]]{1,40}\\]';
const emailAddress = matching(/^[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@]{2,}$/, 'email_invalid');
const intentId = matching(/^pi_\w{1,250}$/, 'resource_missing');
const page = { limit: wholeNumber(1, 100), starting_after: upTo(255), ending_before: upTo(255) };
const price = 'line_items\\[0\\]\\[price_data\\]';

/** By call; a name is a pattern. */
const known: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'POST checkout': {
    mode: oneOf('payment'),
    success_url: address,
    cancel_url: address,
    customer_email: emailAddress,
    locale: oneOf(
      ...'auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW'.split(
        ' ',
      ),
    ),
    'automatic_tax\\[enabled\\]': oneOf('true', 'false'),
    'line_items\\[0\\]\\[quantity\\]': wholeNumber(1, 999_999),
    [`${price}\\[currency\\]`]: (value) => (currencies.has(value) ? undefined : 'parameter_invalid_string'),
    // Eight digits at most.
    [`${price}\\[unit_amount\\]`]: wholeNumber(0, 99_999_999),
    [`${price}\\[tax_behavior\\]`]: oneOf('inclusive', 'exclusive', 'unspecified'),
    [`${price}\\[product_data\\]\\[name\\]`]: upTo(250),
    [`metadata${metadata}`]: upTo(500),
    [`payment_intent_data\\[metadata\\]${metadata}`]: upTo(500),
  },
  'GET checkout': {
    ...page,
    'customer_details\\[email\\]': emailAddress,
    payment_intent: intentId,
    status: oneOf('open', 'complete', 'expired'),
    'expand\\[\\d\\]': oneOf('payment_intent'),
  },
  'GET payment_intents': { ...page, 'expand\\[\\d\\]': oneOf('data.latest_charge', 'latest_charge') },
  'POST payment_intents': { [`metadata${metadata}`]: upTo(500) },
  'GET refunds': { ...page, payment_intent: intentId },
  'GET disputes': { ...page, payment_intent: intentId },
  'POST refunds': { payment_intent: intentId, amount: wholeNumber(1, 99_999_999) },
};

/** Throws what Stripe would refuse of the names and values of a call's parameters. */
export function checkParameters(call: string, form: Form): void {
  const checks = Object.entries(known[call] ?? {}).map(
    ([name, check]) => [new RegExp(`^${name}$`), check] as const,
  );
  for (const [name, value] of form) {
    const check = checks.find(([pattern]) => pattern.test(name))?.[1];
    if (check === undefined)
      throw new StripeRefusal(400, 'parameter_unknown', `Received unknown parameter: ${name}`, name);
    // An empty text takes a value away, where there is one to take; a new object has none.
    const wrong = value === '' ? 'parameter_invalid_empty' : check(value);
    if (wrong !== undefined) throw new StripeRefusal(400, wrong, `Invalid ${name}`, name);
  }
  const metadataKeys = [...form.keys()].filter((name) => name.startsWith('metadata['));
  if (metadataKeys.length > 50)
    throw new StripeRefusal(400, 'parameter_invalid_string', 'At most 50 keys', 'metadata');
}

/** Least that can be charged, in the smallest unit. @see https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const leastCharge: Readonly<Record<string, number>> = {
  usd: 50,
  eur: 50,
  inr: 50,
  gbp: 30,
  chf: 50,
  jpy: 50,
};

/** Throws what Stripe would refuse of a checkout as a whole. */
export function checkCheckout(form: Form): void {
  const amount = Number(form.get('line_items[0][price_data][unit_amount]'));
  const currency = form.get('line_items[0][price_data][currency]') ?? '';
  if (amount < (leastCharge[currency] ?? 0)) {
    throw new StripeRefusal(
      400,
      'amount_too_small',
      'Less than can be charged',
      'line_items[0][price_data][unit_amount]',
    );
  }
  const taxed = form.get('automatic_tax[enabled]') === 'true';
  if (taxed && (form.get('line_items[0][price_data][tax_behavior]') ?? 'unspecified') === 'unspecified') {
    throw new StripeRefusal(
      400,
      'parameter_missing',
      'With automatic tax a price says whether tax is in it',
      'line_items[0][price_data][tax_behavior]',
    );
  }
}
