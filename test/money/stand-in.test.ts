/**
 * The stand-in takes what Stripe’s reference says that Stripe takes, and refuses the rest by Stripe’s codes; and
 * everything that onceover sends passes, with tax and without it.
 */
import { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localized } from '../../core/policy.ts';
import { createStripeClient } from '../../lambdas/adapters/stripe-client.ts';
import { createStripeCheckouts } from '../../lambdas/adapters/stripe-payments.ts';
import { calmara } from '../../policies/calmara.ts';
import { freshId } from '../contract/given.ts';
import { givenPeople, secrets, type PeopleWorld } from '../people/given.ts';
import { eventsOf, givenAccount, payDirectly, send, stored } from './given.ts';

let world: PeopleWorld;
let stripe: Stripe;
beforeAll(async () => {
  world = await givenPeople();
  stripe = createStripeClient({ secretKey: secrets.secretKey, apiUrl: world.stripe.url });
});
afterAll(() => world.close());

const base = 'line_items[0][price_data]';
const right: Readonly<Record<string, string>> = {
  mode: 'payment',
  'line_items[0][quantity]': '1',
  [`${base}[currency]`]: 'eur',
  [`${base}[unit_amount]`]: '499',
  [`${base}[product_data][name]`]: 'Calmara: 20 scans',
  success_url: 'https://app.example/paid',
};

/** Raw, since the library’s types would not let most of these through. */
async function post(path: string, form: Readonly<Record<string, string>>, key?: string): Promise<unknown> {
  const answer = await fetch(`${world.stripe.url}/v1/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secrets.secretKey}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: new URLSearchParams(form),
  });
  return { status: answer.status, ...Object(await answer.json()) };
}

describe('a checkout', () => {
  it('is opened with what is right', async () => {
    expect(await post('checkout/sessions', right)).toMatchObject({ status: 'open', amount_total: 499 });
  });

  it.each<[string, Record<string, string>, string]>([
    ['a parameter that there is not', { health: 'none' }, 'parameter_unknown'],
    ['another mode', { mode: 'subscription' }, 'parameter_invalid_string'],
    ['an address that is none', { success_url: 'app/paid' }, 'url_invalid'],
    ['an e-mail address that is none', { customer_email: 'somebody' }, 'email_invalid'],
    ['an empty e-mail address', { customer_email: '' }, 'parameter_invalid_empty'],
    ['a language that its page does not speak', { locale: 'tlh' }, 'parameter_invalid_string'],
    ['a currency in capitals', { [`${base}[currency]`]: 'EUR' }, 'parameter_invalid_string'],
    ['a currency that there is not', { [`${base}[currency]`]: 'xyz' }, 'parameter_invalid_string'],
    ['a price with a point', { [`${base}[unit_amount]`]: '4.99' }, 'parameter_invalid_integer'],
    ['a price of nine digits', { [`${base}[unit_amount]`]: '100000000' }, 'parameter_invalid_integer'],
    ['a price below the least charge', { [`${base}[unit_amount]`]: '49' }, 'amount_too_small'],
    ['no piece', { 'line_items[0][quantity]': '0' }, 'parameter_invalid_integer'],
    [
      'a name that is too long',
      { [`${base}[product_data][name]`]: 'x'.repeat(251) },
      'parameter_invalid_string',
    ],
    ['a metadata key that is too long', { [`metadata[${'k'.repeat(41)}]`]: 'v' }, 'parameter_unknown'],
    ['metadata that is too long', { 'metadata[account]': 'v'.repeat(501) }, 'parameter_invalid_string'],
    ['tax that is neither in nor on the price', { 'automatic_tax[enabled]': 'true' }, 'parameter_missing'],
  ])('rejects %s', async (_what, wrong, code) => {
    expect(await post('checkout/sessions', { ...right, ...wrong })).toMatchObject({
      status: 400,
      error: { type: 'invalid_request_error', code },
    });
  });

  it.each(Object.keys(right).filter((name) => name !== 'cancel_url'))(
    'rejects one without %s',
    async (name) => {
      const { [name]: _gone, ...rest } = right;
      expect(await post('checkout/sessions', rest)).toMatchObject({ error: { code: 'parameter_missing' } });
    },
  );

  it('rejects an idempotency key that is too long', async () => {
    expect(await post('checkout/sessions', right, 'k'.repeat(256))).toMatchObject({ status: 400 });
  });

  it('puts tax on the price, or finds it in there, as the price says', async () => {
    const taxed = { ...right, 'automatic_tax[enabled]': 'true' };
    const behaving = (how: string) => post('checkout/sessions', { ...taxed, [`${base}[tax_behavior]`]: how });
    expect(await behaving('inclusive')).toMatchObject({
      amount_total: 499,
      total_details: { amount_tax: 80 },
    });
    expect(await behaving('exclusive')).toMatchObject({
      amount_total: 594,
      total_details: { amount_tax: 95 },
    });
  });
});

describe('the other calls', () => {
  it('reject what Stripe does not take', async () => {
    const payment = await payDirectly(world, await givenAccount(world));
    const refusals = [
      stripe.paymentIntents.list({ limit: 101 }),
      stripe.paymentIntents.list({ starting_after: 'pi_that_is_none' }),
      stripe.refunds.list({ payment_intent: 'ch_is_no_payment' }),
      stripe.refunds.create({ payment_intent: payment, amount: 0 }),
      stripe.refunds.create({ payment_intent: payment, amount: 100_000 }),
      stripe.paymentIntents.update(payment, { metadata: { noted: 'y'.repeat(501) } }),
      stripe.paymentIntents.update(payment, { description: 'A photo of a knee' }),
      stripe.customers.list(),
    ];
    for (const refusal of refusals) {
      await expect(refusal).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    }
  });
});

/** Each pack of the policy in each language, through the adapter. */
const packs = calmara.plans.flatMap((plan) =>
  calmara.languages.flatMap((language) =>
    [false, true].map((automaticTax) => ({ plan, language, automaticTax, planId: plan.planId })),
  ),
);

describe('a pack of the policy', () => {
  it.each(packs)(
    '$planId in $language, worked out with tax: $automaticTax, costs what the policy says',
    async ({ plan, language, automaticTax }) => {
      const accountId = await givenAccount(world);
      const checkouts = createStripeCheckouts(stripe, {
        productId: calmara.product.productId,
        productName: calmara.product.name,
        successUrl: 'https://app.example/account/purchases?checkout=paid',
        cancelUrl: 'https://app.example/account/purchases?checkout=cancelled',
        automaticTax,
      });
      const { minorUnits: amount, currency } = plan.price;
      const opened = await checkouts.open({
        accountId,
        title: localized(plan.title, language),
        language,
        planId: plan.planId,
        scans: plan.scans,
        amount,
        currency,
        idempotencyKey: freshId(),
      });
      if (opened === 'key-reused') throw new Error('given: a key of its own');
      const sessionId = opened.url.slice(opened.url.lastIndexOf('/') + 1);
      const session = world.stripe.books.findSession(sessionId);
      expect(session).toMatchObject({
        title: `Calmara: ${localized(plan.title, language)}`,
        locale: language,
        amount_total: amount,
        automatic_tax: { enabled: automaticTax },
      });
      // What is in the price is Stripe's business, and none of ours: nothing of it is stored.
      expect(session.total_details.amount_tax > 0).toBe(automaticTax);
      world.stripe.books.pay(sessionId, 'pays');
      const payment = world.stripe.books.findSession(sessionId).payment_intent ?? '';
      for (const event of eventsOf(world, payment)) expect((await send(world, event)).status).toBe(200);
      expect(await stored(world, { accountId }, payment)).toMatchObject({
        planId: plan.planId,
        scansTotal: plan.scans,
        amount,
        currency,
      });
      expect(JSON.stringify(await stored(world, { accountId }, payment))).not.toMatch(/tax|country|address/i);
    },
  );
});
