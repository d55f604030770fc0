/** Payments and purchases: the real routes, adapters and Stripe's own library over the stand-in and a real database. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { purchaseOf } from '../../core/payment.ts';
import type { StripeEvent } from '../../local/stripe/books.ts';
import { signatureOf } from '../../local/stripe/deliveries.ts';
import { limits } from '../../core/session.ts';
import type { LogEvent } from '../../lambdas/runtime/log.ts';
import { freshId } from '../contract/given.ts';
import {
  bodyOf,
  codeOf,
  erase,
  givenPeople,
  join,
  secrets,
  signIn,
  ticket,
  type Member,
  type PeopleWorld,
} from '../people/given.ts';
import { strayIn } from './leaving.ts';
import {
  checkout,
  eventsOf,
  givenAccount,
  pay,
  payDirectly,
  purchasesOf,
  send,
  sendAll,
  stored,
} from './given.ts';

let world: PeopleWorld;
const logged: { readonly event: LogEvent; readonly line: string }[] = [];
beforeAll(async () => {
  const note = (event: LogEvent, ...rest: unknown[]): void =>
    void logged.push({ event, line: JSON.stringify([event, ...rest]) });
  world = await givenPeople({ log: { info: note, warn: note, error: note } });
});
afterAll(() => world.close());
afterEach(() => world.database.faults.clear());

async function parked(): Promise<readonly Record<string, unknown>[]> {
  const items = await world.database.items('operations');
  return items
    .map((item): Record<string, unknown> => ({ ...item }))
    .filter((item) => JSON.stringify(item['item']).includes('parked#'));
}

describe('a checkout', () => {
  it('tells Stripe the plan, the price, the address for the receipt and a random id, and nothing else (CAL-13)', async () => {
    const member = await join(world);
    const before = world.stripe.requests.length;
    const answer = await checkout(world, member);
    expect(answer.status).toBe(201);
    expect(String((await bodyOf(answer))['url'])).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/pay\/cs_test_[0-9a-f]+$/,
    );
    const [request, ...more] = world.stripe.requests.slice(before);
    expect(more).toEqual([]);
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      mode: 'payment',
      'line_items[0][quantity]': '1',
      'line_items[0][price_data][currency]': 'eur',
      'line_items[0][price_data][unit_amount]': '499',
      'line_items[0][price_data][product_data][name]': 'Calmara: 20 scans',
      customer_email: member.email,
      locale: 'en',
      success_url: 'https://app.example/account/purchases?checkout=paid&id={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://app.example/account/purchases?checkout=cancelled',
      'metadata[product]': 'calmara',
      'metadata[account]': member.accountId,
      'metadata[plan]': 'pack-20',
      'metadata[scans]': '20',
      'payment_intent_data[metadata][product]': 'calmara',
      'payment_intent_data[metadata][account]': member.accountId,
      'payment_intent_data[metadata][plan]': 'pack-20',
      'payment_intent_data[metadata][scans]': '20',
    });
    expect(request?.headers['stripe-version']).toBe('2026-10-28.endive');
    expect(request?.headers['x-stripe-client-telemetry']).toBeUndefined();
    expect(JSON.stringify(request?.headers)).not.toContain(member.email);
  });

  it('speaks the person’s language', async () => {
    const { token, ...member } = await join(world);
    await world.call('PATCH', '/v1/me', { token, body: { language: 'de' } });
    await checkout(world, { token, ...member }, { plan: 'pack-100' });
    const form = new URLSearchParams(world.stripe.requests.at(-1)?.body);
    expect([form.get('locale'), form.get('line_items[0][price_data][unit_amount]')]).toEqual(['de', '1999']);
  });

  it('is the same one when the request comes again, also when Stripe’s answer was lost', async () => {
    const member = await join(world);
    const first = await bodyOf(await checkout(world, member, { key: 'the-same-key-again' }));
    expect(await bodyOf(await checkout(world, member, { key: 'the-same-key-again' }))).toEqual(first);
    const before = world.stripe.books.all('checkout.session').length;
    world.stripe.fail({ matches: /^POST \/v1\/checkout/, times: 1, effect: 'apply-then-drop' });
    expect((await checkout(world, member)).status).toBe(201);
    expect(world.stripe.books.all('checkout.session')).toHaveLength(before + 1);
  });

  it('has a key of its own for each account', async () => {
    const [one, other] = [await join(world), await join(world)];
    const first = await bodyOf(await checkout(world, one, { key: 'a-key-two-people-use' }));
    const second = await bodyOf(await checkout(world, other, { key: 'a-key-two-people-use' }));
    expect(second['url']).not.toBe(first['url']);
  });

  it('rejects a key that was used for another plan, a plan that there is not, and a person who is no adult', async () => {
    const member = await join(world);
    await checkout(world, member, { key: 'one-key-for-two-plans' });
    const again = await checkout(world, member, { key: 'one-key-for-two-plans', plan: 'pack-100' });
    expect(await codeOf(again)).toBe('idempotency-key-reused');
    expect(await codeOf(await checkout(world, member, { plan: 'pack-7' }))).toBe('plan-not-found');
    expect(await codeOf(await checkout(world, await signIn(world)))).toBe('adults-only');
  });

  it('rejects with a time to try again while Stripe does not answer, and tells nobody what it said', async () => {
    const member = await join(world);
    world.stripe.fail({ matches: /^POST \/v1\/checkout/, times: 2, effect: 'refuse' });
    const answer = await checkout(world, member);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await codeOf(answer)).toBe('payments-unavailable');
  });

  it('rejects the fifty-first of a day', async () => {
    const member = await join(world);
    const [limit] = limits.checkoutsOfAccount;
    const hash = world.ports.keyedHash('account', member.accountId);
    const counted = Array.from({ length: 49 }, () =>
      world.ports.attempts.take(limit, hash, world.clock.now()),
    );
    await Promise.all(counted);
    expect((await checkout(world, member)).status).toBe(201);
    expect(await codeOf(await checkout(world, member))).toBe('too-many-attempts');
  });
});

describe('coming back from a checkout', () => {
  async function opened(member: Member): Promise<string> {
    const url = String((await bodyOf(await checkout(world, member)))['url']);
    return url.slice(url.lastIndexOf('/') + 1);
  }
  const stateOf = async ({ token }: Member, id: string) =>
    bodyOf(await world.call('GET', `/v1/checkout/${id}`, { token }));

  it('says what became of it: not paid, declined, paid, and there once the event was handled', async () => {
    const member = await join(world);
    const id = await opened(member);
    expect(await stateOf(member, id)).toEqual({ state: 'open' });
    world.stripe.books.pay(id, 'is-declined');
    expect(await stateOf(member, id)).toEqual({ state: 'open' });
    world.stripe.books.pay(id, 'pays');
    expect(await stateOf(member, id)).toEqual({ state: 'paid' });
    const purchase = world.stripe.books.findSession(id).payment_intent ?? '';
    await sendAll(world, purchase);
    expect(await stateOf(member, id)).toEqual({ state: 'paid', purchase });
  });

  it('says that money is on its way, and whether it came', async () => {
    const member = await join(world);
    const [comes, fails] = [await opened(member), await opened(member)];
    for (const [id, way] of [
      [comes, 'comes-later'],
      [fails, 'never-comes'],
    ] as const) {
      world.stripe.books.pay(id, way);
      expect(await stateOf(member, id)).toEqual({ state: 'pending' });
      world.stripe.books.settle(
        world.stripe.books.findSession(id).payment_intent ?? '',
        way === 'comes-later',
      );
    }
    expect(await stateOf(member, comes)).toEqual({ state: 'paid' });
    expect(await stateOf(member, fails)).toEqual({ state: 'failed' });
  });

  it('says that it is too old', async () => {
    // A world of its own: nobody else lives through a day without a cleaner.
    const old = await givenPeople();
    const member = await join(old);
    const url = String((await bodyOf(await checkout(old, member)))['url']);
    old.clock.advance(24 * 60 * 60 * 1000);
    const { token } = await signIn(old, member.email);
    const answer = await old.call('GET', `/v1/checkout/${url.slice(url.lastIndexOf('/') + 1)}`, { token });
    expect(await bodyOf(answer)).toEqual({ state: 'expired' });
    await old.close();
  });

  it('rejects the checkout of somebody else, one that there is not, and a Stripe that does not answer', async () => {
    const [one, other] = [await join(world), await join(world)];
    const id = await opened(one);
    for (const [member, asked] of [
      [other, id],
      [one, 'cs_test_made_up'],
    ] as const) {
      const answer = await world.call('GET', `/v1/checkout/${asked}`, { token: member.token });
      expect([answer.status, await codeOf(answer)]).toEqual([404, 'purchase-not-found']);
    }
    world.stripe.fail({ matches: /^GET \/v1\/checkout/, times: 2, effect: 'refuse' });
    expect((await stateOf(one, id))['code']).toBe('payments-unavailable');
  });
});

describe('an event', () => {
  it('makes the purchase that was paid for, once, however often it comes', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    await sendAll(world, payment);
    await sendAll(world, payment);
    const events = eventsOf(world, payment);
    await Promise.all(events.map((event) => send(world, event)));
    const { purchases, scansLeft } = await purchasesOf(world, member);
    expect(purchases.filter(({ id }) => id === payment)).toEqual([
      expect.objectContaining({
        plan: 'pack-20',
        price: { minorUnits: 499, currency: 'EUR', refundedMinorUnits: 0 },
        scans: { total: 20, left: 20, used: 0, completed: 0 },
      }),
    ]);
    // Beside the pack that whoever joins here was given.
    expect(scansLeft).toBe(40);
  });

  it('is not believed: one that says paid makes nothing when Stripe says otherwise', async () => {
    const member = await join(world);
    const payment = await pay(world, member, 'comes-later');
    const paid = await pay(world, member);
    const [succeeded] = eventsOf(world, paid).filter(({ type }) => type === 'payment_intent.succeeded');
    const lie = JSON.stringify(succeeded).replaceAll(paid, payment);
    expect((await send(world, lie)).status).toBe(200);
    expect(await stored(world, member, payment)).toBeUndefined();
  });

  it.each(['pays', 'asks-the-bank', 'comes-later', 'never-comes', 'is-declined'] as const)(
    'of a card or bank that %s leads to a purchase exactly when money came',
    async (way) => {
      const member = await join(world);
      const payment = await pay(world, member, way);
      const session = world.stripe.books
        .all('checkout.session')
        .find((one) => one.payment_intent === payment);
      // A card that pays has paid by now; the others have not.
      const early = way === 'pays' ? [] : eventsOf(world, payment);
      for (const event of early) await send(world, event);
      expect(await stored(world, member, payment)).toBeUndefined();
      if (way === 'asks-the-bank') world.stripe.books.answerOfBank(session?.id ?? '', true);
      if (way === 'comes-later' || way === 'never-comes') {
        world.stripe.books.settle(payment, way === 'comes-later');
      }
      await sendAll(world, payment);
      const came = way !== 'never-comes' && way !== 'is-declined';
      expect((await stored(world, member, payment))?.scansTotal).toBe(came ? 20 : undefined);
    },
  );

  it('that comes before all others makes a purchase that is void already when the money went back before', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    world.stripe.books.refund(payment);
    for (const event of eventsOf(world, payment).toReversed()) await send(world, event);
    expect(await stored(world, member, payment)).toMatchObject({ scansTotal: 0, voidReason: 'refunded' });
  });

  it('of a full refund or a dispute blocks what is unused, and none lifts that again', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    await sendAll(world, payment);
    const dispute = world.stripe.books.dispute(payment);
    await sendAll(world, payment);
    const voided = await stored(world, member, payment);
    expect(voided).toMatchObject({ voidReason: 'disputed', scansTotal: 20 });
    world.clock.advance(60_000);
    world.stripe.books.closeDispute(dispute.id, 'won');
    await sendAll(world, payment);
    expect(await stored(world, member, payment)).toEqual(voided);
  });

  it('of a bank’s mere question blocks nothing', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    const { id } = world.stripe.books.dispute(payment, true);
    await sendAll(world, payment);
    world.stripe.books.closeDispute(id, 'warning_closed');
    await sendAll(world, payment);
    expect((await stored(world, member, payment))?.voidedAt).toBeUndefined();
  });

  it('of a refund that fails later changes nothing: the money is still owed', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    const { id } = world.stripe.books.refund(payment, 250);
    await sendAll(world, payment);
    const before = await stored(world, member, payment);
    expect(before).toMatchObject({ scansTotal: 10, amountRefunded: 250 });
    world.stripe.books.failRefund(id);
    await sendAll(world, payment);
    expect(await stored(world, member, payment)).toEqual(before);
  });

  it('for an account that is gone sends the money back and stores nothing', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    await erase(world, member.accountId);
    await sendAll(world, payment);
    await sendAll(world, payment);
    expect(await stored(world, member, payment)).toBeUndefined();
    const refunds = world.stripe.books.all('refund').filter((one) => one.payment_intent === payment);
    expect(refunds.map(({ amount }) => amount)).toEqual([499]);
  });

  it('for an account that had its scans and is gone sends nothing back', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    await sendAll(world, payment);
    await erase(world, member.accountId);
    await sendAll(world, payment);
    expect(await stored(world, member, payment)).toBeUndefined();
    expect(world.stripe.books.all('refund').filter((one) => one.payment_intent === payment)).toEqual([]);
  });

  it('about something else, or a payment of somebody else’s shop, is taken and changes nothing', async () => {
    const elsewhere = world.stripe.books;
    elsewhere.seed({ id: 'pi_of_a_shop', amount: 100, currency: 'eur', metadata: { product: 'socks' } });
    const before = await world.database.items('purchases');
    for (const object of [
      { id: 'pi_of_a_shop', object: 'payment_intent' },
      { id: 'pi_that_nobody_has', object: 'payment_intent' },
      { id: 'po_1', object: 'payout' },
    ]) {
      const event = {
        id: `evt_${object.id}`,
        object: 'event',
        type: 'payment_intent.succeeded',
        data: { object },
      };
      expect((await send(world, JSON.stringify(event))).status).toBe(200);
    }
    expect(await world.database.items('purchases')).toEqual(before);
  });

  it('for an account that is severed, and not gone yet, sends the money back and stores nothing', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    expect((await world.call('DELETE', '/v1/me', { token: member.token })).status).toBe(202);
    await sendAll(world, payment);
    expect(await stored(world, member, payment)).toBeUndefined();
    const refunds = world.stripe.books.all('refund').filter((one) => one.payment_intent === payment);
    expect(refunds.map(({ amount }) => amount)).toEqual([499]);
  });

  it('for an account that there never was here moves no money', async () => {
    const payment = await payDirectly(world, freshId());
    await sendAll(world, payment);
    const refunds = world.stripe.books.all('refund').filter((one) => one.payment_intent === payment);
    expect(refunds).toEqual([]);
  });
});

describe('the signature', () => {
  async function anEvent(): Promise<StripeEvent> {
    const payment = await pay(world, await join(world));
    const event = eventsOf(world, payment).at(-1);
    if (event === undefined) throw new Error('given: a payment has events');
    return event;
  }

  it('holds for five minutes each way, and for the very bytes', async () => {
    const event = await anEvent();
    const now = world.clock.now();
    expect((await send(world, event, { at: now - 299_000 })).status).toBe(200);
    expect((await send(world, event, { at: now + 299_000 })).status).toBe(200);
  });

  it('may stand among others, as while Stripe rolls a secret', async () => {
    const event = await anEvent();
    const bytes = JSON.stringify(event);
    const now = world.clock.now();
    const [at, right] = signatureOf(bytes, secrets.webhookSecret, now).split(',');
    const [, wrong] = signatureOf(bytes, 'whsec_of_before', now).split(',');
    const header = (...parts: (string | undefined)[]): string => parts.join(',');
    for (const signature of [header(at, wrong, right), header(at, right, wrong, 'v0=abc')]) {
      expect((await send(world, bytes, { signature })).status).toBe(200);
    }
    for (const signature of [
      header(at, wrong, wrong),
      header(right),
      header(at, right?.replace('v1', 'v0')),
    ]) {
      expect(await codeOf(await send(world, bytes, { signature }))).toBe('signature-refused');
    }
  });

  it('rejects an old one, one of the future, another secret, other bytes, none, and nonsense', async () => {
    const event = await anEvent();
    const now = world.clock.now();
    const bytes = JSON.stringify(event);
    const refusals = [
      send(world, event, { at: now - 302_000 }),
      send(world, event, { at: now + 302_000 }),
      send(world, event, { secret: 'whsec_of_somebody_else' }),
      send(world, bytes.replace('evt_', 'evt_x'), { signature: `t=${Math.floor(now / 1000)},v1=00` }),
      send(world, bytes, { signature: 'nonsense' }),
      send(world, bytes, { signature: 't=,v1=' }),
      world.call('POST', '/v1/webhooks/stripe', { body: bytes }),
    ];
    for (const answer of await Promise.all(refusals)) {
      expect([answer.status, await codeOf(answer)]).toEqual([400, 'signature-refused']);
    }
  });

  it('rejects a body that was written anew, to the same meaning', async () => {
    const event = await anEvent();
    const before = world.stripe.requests.length;
    const signature = signatureOf(
      JSON.stringify(event, undefined, 2),
      secrets.webhookSecret,
      world.clock.now(),
    );
    expect((await send(world, JSON.stringify(event), { signature })).status).toBe(400);
    expect(world.stripe.requests).toHaveLength(before);
  });

  it('rejects what is larger than any event', async () => {
    const answer = await send(world, JSON.stringify({ filler: 'x'.repeat(300 * 1024) }));
    expect([answer.status, await codeOf(answer)]).toEqual([413, 'request-too-large']);
  });
});

describe('an event that cannot be handled', () => {
  it('is asked for again, is seen without anything about a person, and is seen no more once it was handled', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    const event = eventsOf(world, payment).at(-1);
    if (event === undefined) throw new Error('given: a payment has events');
    world.stripe.fail({ matches: /^GET \/v1\/payment_intents/, times: 4, effect: 'refuse' });
    expect((await send(world, event)).status).toBe(500);
    expect((await send(world, event)).status).toBe(500);
    const items = (await parked()).map((item) => JSON.stringify(item));
    expect(items).toHaveLength(1);
    for (const secret of [member.email, member.accountId, payment, event.id]) {
      expect(items[0]).not.toContain(secret);
    }
    expect(items[0]).toContain(event.type);
    expect(items[0]).toContain('"attempts":{"N":"2"}');
    expect((await send(world, event)).status).toBe(200);
    expect(await parked()).toEqual([]);
    expect((await stored(world, member, payment))?.scansTotal).toBe(20);
  });

  it('is asked for again when the database fails, even for setting it aside', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    const event = eventsOf(world, payment).at(-1);
    if (event === undefined) throw new Error('given: a payment has events');
    world.database.faults.next({ operation: 'GetItem', times: 20, effect: 'internal-error' });
    world.database.faults.next({ operation: 'UpdateItem', times: 20, effect: 'internal-error' });
    expect((await send(world, event)).status).toBeGreaterThanOrEqual(500);
    world.database.faults.clear();
    expect((await send(world, event)).status).toBe(200);
  });

  it('is set aside and not asked for again when nobody could ever read it', async () => {
    const before = (await parked()).length;
    expect((await send(world, '{"id":"evt_1","object":"surprise"}')).status).toBe(200);
    expect((await send(world, 'no JSON at all')).status).toBe(200);
    expect(await parked()).toHaveLength(before + 2);
  });

  it('leaves nothing of a person in the log', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    world.stripe.fail({ matches: /^GET \/v1\/payment_intents/, times: 2, effect: 'refuse' });
    for (const event of eventsOf(world, payment)) await send(world, event);
    const lines = logged.map(({ line }) => line).join('\n');
    expect(lines).toContain('payment-event-handled');
    expect(lines).toContain('payment-event-parked');
    for (const secret of [member.email, member.accountId, payment]) expect(lines).not.toContain(secret);
  });
});

describe('what was bought', () => {
  it('is stored as the policy says, and nothing of how it was paid', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    world.stripe.books.refund(payment, 100);
    await sendAll(world, payment);
    const items = (await world.database.items('purchases')).filter((item) =>
      JSON.stringify(item).includes(payment),
    );
    const allowed = world.ports.policy.dataClasses
      .find(({ table }) => table === 'purchases')
      ?.fields.map(({ name }) => name);
    expect(allowed).toEqual(expect.arrayContaining(items.flatMap((item) => Object.keys(item))));
    expect(JSON.stringify(items)).not.toContain(member.email);
    expect(JSON.stringify(items)).not.toContain('cs_test');
  });

  it('has a receipt at Stripe, for its buyer alone', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    await sendAll(world, payment);
    const path = `/v1/purchases/${payment}/receipt`;
    expect(await bodyOf(await world.call('GET', path, { token: member.token }))).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/receipts\/ch_/),
    });
    const { token } = await join(world);
    expect(await codeOf(await world.call('GET', path, { token }))).toBe('purchase-not-found');
    const given = `/v1/purchases/pi_first/receipt`;
    expect(await codeOf(await world.call('GET', given, { token }))).toBe('receipt-not-found');
  });

  it('is used oldest first, and a void one not at all', async () => {
    const member = await join(world);
    const payment = await pay(world, member);
    await sendAll(world, payment);
    const given = { accountId: member.accountId, paymentIntentId: 'pi_first' };
    const [before] = (await world.ports.purchases.list(member.accountId)).filter(
      ({ paymentIntentId }) => paymentIntentId === 'pi_first',
    );
    const Item = { ...before, ...given, scansUsed: 20 };
    await world.documents.send(new PutCommand({ TableName: world.names.purchases, Item }));
    expect((await ticket(world, member)).status).toBe(201);
    expect((await stored(world, member, payment))?.scansUsed).toBe(1);
    world.stripe.books.refund(payment);
    await sendAll(world, payment);
    expect(await codeOf(await ticket(world, member))).toBe('no-scans-left');
    expect((await stored(world, member, payment))?.scansUsed).toBe(1);
  });
});

describe('events in any order and number', () => {
  it('with lost answers between, lead to what one after the other leads to', async () => {
    const act = fc.constantFrom('refund-some', 'refund-rest', 'dispute', 'win', 'lose', 'inquiry');
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 4 }),
        fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat({ max: 3 }), { maxLength: 3 }),
        async (acts, order, faults) => {
          const accountId = await givenAccount(world);
          const payment = await payDirectly(world, accountId);
          for (const one of acts) {
            happen(payment, one);
            // Some events arrive while things go on.
            const events = eventsOf(world, payment);
            const pick = events[(order[0] ?? 0) % events.length];
            if (pick !== undefined) await send(world, pick);
            world.clock.advance(1000);
          }
          for (const fault of faults) plant(fault);
          const events = eventsOf(world, payment);
          const picked = order.flatMap((at) => events[at % events.length] ?? []);
          await Promise.all(picked.map((event) => send(world, event)));
          world.database.faults.clear();
          // Stripe sends what was not taken again; the last of them meets no fault.
          for (const event of picked) {
            for (let tries = 0; tries < 3; tries += 1) if ((await send(world, event)).status === 200) break;
          }
          const asked = await world.ports.payments.find(payment);
          const serial = asked === undefined || asked === 'not-ours' ? undefined : purchaseOf(asked);
          expect(await stored(world, { accountId }, payment)).toEqual(serial);
        },
      ),
      { numRuns: 25 },
    );
  });

  function happen(payment: string, act: string): void {
    const { books } = world.stripe;
    const open = books
      .all('dispute')
      .find((one) => one.payment_intent === payment && one.status === 'needs_response');
    try {
      if (act === 'refund-some') books.refund(payment, 120);
      if (act === 'refund-rest') books.refund(payment);
      if (act === 'dispute') books.dispute(payment);
      if (act === 'inquiry') books.dispute(payment, true);
      if ((act === 'win' || act === 'lose') && open !== undefined) {
        books.closeDispute(open.id, act === 'win' ? 'won' : 'lost');
      }
    } catch {
      // Stripe would refuse it as well.
    }
  }

  function plant(kind: number): void {
    const { faults } = world.database;
    if (kind === 0) faults.next({ operation: 'TransactWriteItems', times: 1, effect: 'apply-then-drop' });
    if (kind === 1) faults.next({ operation: 'UpdateItem', times: 1, effect: 'apply-then-drop' });
    if (kind === 2) world.stripe.fail({ matches: /^GET/, times: 1, effect: 'apply-then-drop' });
    if (kind === 3)
      world.stripe.fail({ matches: /^POST \/v1\/payment_intents/, times: 1, effect: 'apply-then-drop' });
  }
});

it('nothing left to Stripe in all of this that is not on the list (CAL-13)', () => {
  expect(world.stripe.requests.length).toBeGreaterThan(100);
  expect(strayIn(world.stripe.requests)).toEqual([]);
});
