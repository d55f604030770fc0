/** The daily comparison of books, over the stand-in and a real database: what it finds, does, and leaves to a person. */
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { reconcile, type ReconcileReport } from '../../lambdas/upkeep/reconcile.ts';
import { driftToleratedMs } from '../../core/payment.ts';
import { createPurchaseStore } from '../../lambdas/adapters/dynamodb/purchase-store.ts';
import type { LogEvent, LogFields } from '../../lambdas/runtime/log.ts';
import { erase, givenPeople, join, ticket, type Member, type PeopleWorld } from '../people/given.ts';
import { freshId } from '../contract/given.ts';
import { eventsOf, givenAccount, pay, payDirectly, send, stored } from './given.ts';
import { strayIn } from './leaving.ts';

const worlds: PeopleWorld[] = [];
let world: PeopleWorld;
beforeEach(async () => {
  world = await givenPeople();
  worlds.push(world);
});
afterAll(async () => {
  for (const one of worlds) await one.close();
});

interface Run extends ReconcileReport {
  readonly alarms: readonly (LogFields | undefined)[];
}

async function run(repair = true): Promise<Run> {
  const alarms: (LogFields | undefined)[] = [];
  const alarm = (event: LogEvent, _error?: unknown, fields?: LogFields): void => {
    if (event === 'payments-drift') alarms.push(fields);
  };
  const { documents, names, ports, clock } = world;
  const report = await reconcile(
    {
      payments: ports.payments,
      purchases: createPurchaseStore(documents, names),
      erasures: ports.erasures,
      scans: ports.scans,
      joining: ports.joining,
      pacing: ports.pacing,
      clock,
      log: { info: () => {}, warn: () => {}, error: alarm },
    },
    { repair },
  );
  return { ...report, alarms };
}

/** Paid, and its events taken, without the pack that `join` gives. */
async function bought(): Promise<{ readonly accountId: string; readonly payment: string }> {
  const accountId = await givenAccount(world);
  const payment = await payDirectly(world, accountId);
  for (const event of eventsOf(world, payment)) await send(world, event);
  return { accountId, payment };
}

describe('books that agree', () => {
  it('are left as they are, and nobody is told', async () => {
    await bought();
    expect(await run()).toMatchObject({ payments: 1, purchases: 1, differences: [], drift: 0, alarms: [] });
  });

  it('agree while a scan is open, and after it ended', async () => {
    const { accountId } = await join(world).then(usingOwnPack);
    const scan = (await world.ports.joining.findOpenWork(accountId, world.clock.now())).scans[0];
    expect(await run()).toMatchObject({ differences: [] });
    if (scan === undefined) throw new Error('given: an open scan');
    await world.ports.scans.settle({ from: scan, outcome: { state: 'expired' }, endedAt: world.clock.now() });
    expect(await run()).toMatchObject({ differences: [] });
  });

  /** Somebody with an open scan of a pack that was paid for. */
  async function usingOwnPack(member: Member): Promise<Member> {
    const Key = { accountId: member.accountId, paymentIntentId: 'pi_first' };
    await world.documents.send(new DeleteCommand({ TableName: world.names.purchases, Key }));
    const payment = await pay(world, member);
    for (const event of eventsOf(world, payment)) await send(world, event);
    expect((await ticket(world, member)).status).toBe(201);
    return member;
  }
});

describe('a lost event', () => {
  it('of a payment is made up for: the purchase is there afterwards, once', async () => {
    const accountId = await givenAccount(world);
    const payment = await payDirectly(world, accountId);
    const found = { kind: 'missing', paymentIntentId: payment, repaired: true };
    expect(await run()).toMatchObject({ differences: [found], drift: 0, alarms: [] });
    expect((await stored(world, { accountId }, payment))?.scansTotal).toBe(20);
    expect(await run()).toMatchObject({ differences: [] });
  });

  it.each(['refund', 'dispute'] as const)(
    'of a %s is made up for: what is unused is blocked',
    async (what) => {
      const { accountId, payment } = await bought();
      if (what === 'refund') world.stripe.books.refund(payment);
      else world.stripe.books.dispute(payment);
      expect(await run()).toMatchObject({ differences: [{ kind: 'not-voided', repaired: true }] });
      expect((await stored(world, { accountId }, payment))?.voidedAt).toBeDefined();
    },
  );

  it('that is older than any event could be is an alarm, also when it was made up for', async () => {
    await payDirectly(world, await givenAccount(world));
    world.clock.advance(driftToleratedMs);
    expect(await run(false)).toMatchObject({ drift: 0, alarms: [] });
    world.clock.advance(1000);
    expect(await run()).toMatchObject({ drift: 1, alarms: [{ difference: 'missing', count: 1 }] });
  });

  it('is only told when nothing is to be written', async () => {
    const accountId = await givenAccount(world);
    const payment = await payDirectly(world, accountId);
    expect(await run(false)).toMatchObject({ differences: [{ kind: 'missing', repaired: false }] });
    expect(await stored(world, { accountId }, payment)).toBeUndefined();
  });
});

describe('what nobody may guess', () => {
  it('is a purchase that nobody paid for: told, and left', async () => {
    const member = await join(world);
    world.clock.advance(driftToleratedMs + 1000);
    const report = await run();
    expect(report.differences).toEqual([
      expect.objectContaining({ kind: 'unpaid', paymentIntentId: 'pi_first', repaired: false }),
    ]);
    expect(report.alarms).toEqual([{ difference: 'unpaid', count: 1 }]);
    expect(await stored(world, member, 'pi_first')).toBeDefined();
  });

  it.each([1, -1])('is a counter that is off by %i: an alarm at once, and left', async (by) => {
    const { accountId, payment } = await bought();
    await world.documents.send(
      new UpdateCommand({
        TableName: world.names.purchases,
        Key: { accountId, paymentIntentId: payment },
        UpdateExpression: 'ADD scansUsed :by',
        ExpressionAttributeValues: { ':by': by },
      }),
    );
    expect(await run()).toMatchObject({
      differences: [{ kind: 'miscounted', repaired: false }],
      drift: 1,
      alarms: [{ difference: 'miscounted', count: 1 }],
    });
    expect((await stored(world, { accountId }, payment))?.scansUsed).toBe(by);
  });

  it('is fewer scans than were paid for: told, and left', async () => {
    const { accountId, payment } = await bought();
    await world.documents.send(
      new UpdateCommand({
        TableName: world.names.purchases,
        Key: { accountId, paymentIntentId: payment },
        UpdateExpression: 'SET scansTotal = :few',
        ExpressionAttributeValues: { ':few': 3 },
      }),
    );
    expect(await run()).toMatchObject({ differences: [{ kind: 'too-few-scans', repaired: false }] });
  });
});

describe('payments of an account that is gone', () => {
  it('are no difference; one that came for nobody goes back', async () => {
    const { accountId, payment } = await bought();
    const late = await payDirectly(world, accountId);
    await erase(world, accountId);
    expect(await stored(world, { accountId }, payment)).toBeUndefined();
    expect(await run()).toMatchObject({ payments: 2, purchases: 0, differences: [] });
    const refunded = world.stripe.books.all('refund').map((refund) => refund.payment_intent);
    expect(refunded).toEqual([late]);
  });
});

it('a payment for an account that there never was here is told, and left', async () => {
  const payment = await payDirectly(world, freshId());
  world.clock.advance(driftToleratedMs + 1000);
  expect(await run()).toMatchObject({
    differences: [{ kind: 'missing', paymentIntentId: payment, repaired: false }],
    drift: 1,
  });
  expect(world.stripe.books.all('refund')).toEqual([]);
});

it('more payments than a page are all read', async () => {
  const accountId = await givenAccount(world);
  for (let count = 0; count < 105; count += 1) {
    const metadata = { product: 'calmara', account: accountId, plan: 'pack-20', scans: '20' };
    world.stripe.books.seed({ id: `pi_many_${count}`, amount: 499, currency: 'eur', metadata });
  }
  expect(await run(false)).toMatchObject({ payments: 105 });
});

it('nothing left to Stripe in all of this that is not on the list (CAL-13)', () => {
  const requests = worlds.flatMap((one) => one.stripe.requests);
  expect(requests.length).toBeGreaterThan(20);
  expect(strayIn(requests)).toEqual([]);
});
