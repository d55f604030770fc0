/**
 * Every order, not some: short lives of a payment, each event of which comes at every moment at which it can come, over HTTP,
 * signed. What must be stored is worked out here from the life itself, by no code of the product. And of every request that
 * left meanwhile, each field is on a closed list.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Books, StripeEvent } from '../../local/stripe/books.ts';
import { givenPeople, join, type Member, type PeopleWorld } from '../people/given.ts';
import { checkout, eventsOf, givenAccount, payDirectly, send, stored } from './given.ts';
import { strayIn } from './leaving.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await givenPeople();
});
afterAll(() => world.close());

const [price, scans] = [499, 20] as const;

/** Things that happen to a payment at Stripe. */
const steps = {
  settles: (books: Books, payment: string) => void books.settle(payment, true),
  fails: (books: Books, payment: string) => void books.settle(payment, false),
  'refunds 120': (books: Books, payment: string) => void books.refund(payment, 120),
  'refunds the rest': (books: Books, payment: string) => void books.refund(payment),
  'is asked about': (books: Books, payment: string) => void books.dispute(payment, true),
  'is disputed': (books: Books, payment: string) => void books.dispute(payment),
  'is won': (books: Books, payment: string) => endDispute(books, payment, 'won'),
  'is lost': (books: Books, payment: string) => endDispute(books, payment, 'lost'),
} as const;
type Step = keyof typeof steps;

function endDispute(books: Books, payment: string, how: 'won' | 'lost'): void {
  const open = books
    .all('dispute')
    .find((one) => one.payment_intent === payment && one.status === 'needs_response');
  books.closeDispute(open?.id ?? '', how);
}

/** What is kept of a life so far: scans that the money pays for, and why the rest is blocked. */
interface Kept {
  readonly total: number;
  readonly reason: string | undefined;
}

/** One thing after the other, in the plainest words. */
function serial(way: 'pays' | 'comes-later', lived: readonly Step[]): Kept | undefined {
  let money = way === 'pays' ? price : 0;
  let reason: string | undefined;
  for (const step of lived) {
    if (step === 'settles') money = price;
    if (step === 'refunds 120') money -= 120;
    if (step === 'refunds the rest') {
      money = 0;
      reason ??= 'refunded';
    }
    if (step === 'is disputed') reason ??= 'disputed';
  }
  if (way === 'comes-later' && !lived.includes('settles')) return undefined;
  return { total: Math.ceil((scans * money) / price), reason };
}

/** What happens next: the next step at Stripe, or the delivery of what the nth brought. */
type Move = { readonly kind: 'step' } | { readonly kind: 'deliver'; readonly of: number };

/** Every order of `count` steps, which stand in theirs, and of a delivery of each, anywhere after it. */
function* orders(count: number, happened = 0, waiting: readonly number[] = []): Generator<readonly Move[]> {
  if (happened === count && waiting.length === 0) yield [];
  if (happened < count) {
    for (const rest of orders(count, happened + 1, [...waiting, happened])) yield [{ kind: 'step' }, ...rest];
  }
  for (const of of waiting) {
    const left = waiting.filter((one) => one !== of);
    for (const rest of orders(count, happened, left)) yield [{ kind: 'deliver', of }, ...rest];
  }
}

it('there are as many orders of n steps and their deliveries as there should be: (2n - 1)!!', () => {
  expect([1, 2, 3, 4].map((count) => [...orders(count)].length)).toEqual([1, 3, 15, 105]);
});

async function bought(way: 'pays' | 'comes-later'): Promise<{ accountId: string; payment: string }> {
  const accountId = await givenAccount(world);
  if (way === 'pays') return { accountId, payment: await payDirectly(world, accountId) };
  const { url } = Object(
    await world.ports.checkouts.open({
      accountId,
      title: '20 scans',
      language: 'en',
      planId: 'pack-20',
      scans,
      amount: price,
      currency: 'EUR',
      idempotencyKey: accountId,
    }),
  );
  const sessionId = String(url).slice(String(url).lastIndexOf('/') + 1);
  world.stripe.books.pay(sessionId, way);
  return { accountId, payment: world.stripe.books.findSession(sessionId).payment_intent ?? '' };
}

/** What one life in one order left after each delivery, and what it should have. */
interface Lived {
  readonly told: readonly string[];
  readonly statuses: readonly number[];
  readonly kept: readonly (Kept | undefined)[];
  readonly due: readonly (Kept | undefined)[];
}

async function live(
  way: 'pays' | 'comes-later',
  life: readonly Step[],
  order: readonly Move[],
): Promise<Lived> {
  const { accountId, payment } = await bought(way);
  const brought: (readonly StripeEvent[])[] = [eventsOf(world, payment)];
  const [told, statuses]: [string[], number[]] = [[], []];
  const [kept, due]: [(Kept | undefined)[], (Kept | undefined)[]] = [[], []];
  let happened = 0;
  for (const move of order) {
    if (move.kind === 'step') {
      // The first is the payment itself.
      const step = life[happened - 1];
      const before = eventsOf(world, payment).length;
      if (step !== undefined) {
        world.clock.advance(1000);
        steps[step](world.stripe.books, payment);
        brought.push(eventsOf(world, payment).slice(before));
      }
      happened += 1;
      told.push(step ?? way);
      continue;
    }
    for (const event of brought[move.of] ?? []) {
      statuses.push((await send(world, event)).status);
      told.push(event.type);
    }
    const purchase = await stored(world, { accountId }, payment);
    kept.push(
      purchase === undefined ? undefined : { total: purchase.scansTotal, reason: purchase.voidReason },
    );
    due.push(serial(way, life.slice(0, happened - 1)));
  }
  return { told, statuses, kept, due };
}

const lives: readonly (readonly [way: 'pays' | 'comes-later', life: readonly Step[]])[] = [
  ['pays', ['refunds 120', 'refunds the rest']],
  ['pays', ['is disputed', 'is won']],
  ['pays', ['refunds 120', 'is disputed', 'is lost']],
  ['pays', ['is asked about', 'refunds the rest']],
  ['comes-later', ['settles', 'refunds the rest']],
  ['comes-later', ['settles', 'is disputed', 'is won']],
  ['comes-later', ['fails']],
];

describe('a payment that', () => {
  it.each(lives.map(([way, life]) => ({ way, life, what: [way, ...life].join(', then ') })))(
    '$what: every order of its events gives the same',
    async ({ way, life }) => {
      // The payment is a step as well, with events of its own.
      for (const order of orders(life.length + 1)) {
        const { told, statuses, kept, due } = await live(way, life, order);
        expect(kept, told.join(', ')).toEqual(due);
        expect(new Set(statuses), told.join(', ')).toEqual(new Set([200]));
      }
    },
  );
});

describe('all that left to Stripe', () => {
  it('while somebody bought, came back, was refunded, looked at the receipt and was forgotten is on the list', async () => {
    const member = await join(world);
    const opened = async (): Promise<string> => {
      const { url } = Object(await (await checkout(world, member)).json());
      return String(url).slice(String(url).lastIndexOf('/') + 1);
    };
    const sessionId = await opened();
    world.stripe.books.pay(sessionId, 'pays');
    const payment = world.stripe.books.findSession(sessionId).payment_intent ?? '';
    for (const event of eventsOf(world, payment)) await send(world, event);
    await get(member, `/v1/checkout/${sessionId}`);
    await get(member, `/v1/purchases/${payment}/receipt`);
    world.stripe.books.giveCustomer(payment, member.email);
    // One waits to be paid, one is paid when nobody is there any more.
    await opened();
    const late = await opened();
    const { accountId, email } = member;
    await world.erasing.traces.forget({ accountId, email, paymentIntentIds: [payment] });
    await world.call('DELETE', '/v1/me', { token: member.token });
    expect(world.stripe.books.findSession(late).status).toBe('expired');
    const elsewhere = await payDirectly(world, accountId);
    for (const event of eventsOf(world, elsewhere)) await send(world, event);
    for await (const one of world.ports.payments.list()) expect(one.planId).toBe('pack-20');

    const { requests } = world.stripe;
    expect(strayIn(requests)).toEqual([]);
    const called = new Set(requests.map(({ method, path }) => `${method} ${path.split(/[/?]/)[2]}`));
    expect([...called].toSorted()).toEqual([
      'DELETE customers',
      'GET checkout',
      'GET disputes',
      'GET payment_intents',
      'GET refunds',
      'POST checkout',
      'POST payment_intents',
      'POST refunds',
    ]);
  });

  it('would be seen to hold more: a name, a result, an address elsewhere, a telemetry header, another call', async () => {
    await checkout(world, await join(world));
    const seen = world.stripe.requests.findLast(({ path }) => path === '/v1/checkout/sessions');
    if (seen === undefined) throw new Error('given: a request');
    const careless = [
      { ...seen, body: `${seen.body}&metadata[band]=visible-difference` },
      { ...seen, body: `${seen.body}&customer_email=not an address` },
      { ...seen, body: `${seen.body}&metadata[account]=somebody@example.com` },
      { ...seen, headers: { ...seen.headers, 'x-stripe-client-telemetry': '{}' } },
      { ...seen, headers: { ...seen.headers, 'idempotency-key': 'somebody@example.com' } },
      { ...seen, path: '/v1/customers' },
    ];
    for (const one of careless) expect(strayIn([one]), JSON.stringify(one)).toHaveLength(1);
  });

  async function get({ token }: Member, path: string): Promise<void> {
    expect((await world.call('GET', path, { token })).status).toBe(200);
  }
});
