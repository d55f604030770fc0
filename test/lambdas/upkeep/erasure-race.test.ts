/**
 * An erasure raced by everything else that a person, the payment provider and staff do at that moment, with writes whose
 * answers are lost: whoever wins each race, nothing is left in the end (CAL-6).
 */
import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Effect } from '../../../local/dynamodb/faults.ts';
import { erasureTimes } from '../../../core/erasure.ts';
import { requestErasure } from '../../../core/request-erasure.ts';
import { givenEverything, identifiers, leftovers } from '../../erasure/given.ts';
import { eventsOf, pay, send } from '../../money/given.ts';
import {
  bodyOf,
  givenPeople,
  runErasures,
  ticket,
  type Member,
  type PeopleWorld,
} from '../../people/given.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await givenPeople();
});
afterAll(() => world.close());

/** What happens at once, each for one person; what it answers does not matter, what it leaves does. */
const acts = {
  upload: (member: Member) => ticket(world, member),
  message: ({ token }: Member) =>
    world.call('POST', '/v1/messages', { token, body: { topic: 'other', text: 'While I go.' } }),
  feedback: ({ token }: Member) =>
    world.call('POST', '/v1/feedback', {
      token,
      body: { survey: 'after-scan', version: 1, answers: { clear: 2 } },
    }),
  refresh: ({ refreshToken }: Member) =>
    world.call('POST', '/v1/sessions/refresh', { body: { refreshToken } }),
  withdraw: ({ token }: Member) => world.call('DELETE', '/v1/me/consents/image-processing', { token }),
  consent: ({ token }: Member) =>
    world.call('PUT', '/v1/me/consents/image-processing', { token, body: { version: 1, language: 'en' } }),
  language: ({ token }: Member) => world.call('PATCH', '/v1/me', { token, body: { language: 'de' } }),
  'sign-out': ({ token }: Member) => world.call('DELETE', '/v1/sessions', { token }),
  history: ({ token }: Member) => world.call('DELETE', '/v1/me/history', { token }),
  report: ({ email }: Member) =>
    world.call('POST', '/v1/reports/minor', { body: { email }, source: `2001:db8:${(reports += 1)}::1` }),
  checkout: ({ token }: Member) =>
    world.call('POST', '/v1/checkout', {
      token,
      body: { plan: 'pack-20' },
      headers: { 'idempotency-key': `a-checkout-of-${(reports += 1)}` },
    }),
  upkeep: () => runErasures(world),
} as const satisfies Record<string, (member: Member) => Promise<unknown>>;
let reports = 0x1000;
type Act = keyof typeof acts | 'sign-in' | 'webhook';

const act = fc.record({
  what: fc.constantFrom<Act>(...(Object.keys(acts) as (keyof typeof acts)[]), 'sign-in', 'webhook'), // oxlint-disable-line typescript/no-unsafe-type-assertion -- the keys of a const object
  after: fc.nat({ max: 40 }),
});
const fault = fc.record({
  operation: fc.constantFrom('TransactWriteItems', 'UpdateItem', 'DeleteItem', 'PutItem'),
  effect: fc.constantFrom<Effect>('apply-then-drop', 'transaction-conflict', { delayMs: 4 }, { delayMs: 20 }),
});

it('whoever wins, nothing is left', { timeout: 300_000 }, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 3, maxLength: 9 }),
      fc.nat({ max: 25 }),
      fc.array(fault, { maxLength: 6 }),
      async (others, after, faults) => {
        await world.ports.heartbeat.beat(world.clock.now());
        const member = await givenEverything(world);
        const { email, accountId, token } = member;
        world.deadAddresses.clear();
        // Paid already, told in the race.
        const payment = await pay(world, member);
        const { challenge } = await bodyOf(
          await world.call('POST', '/v1/sessions', {
            body: { email },
            source: `2001:db8:${(reports += 1)}::1`,
          }),
        );
        const ids = await identifiers(world, member);
        for (const { operation, effect } of faults)
          world.database.faults.next({ operation, effect, times: 1 });
        const one = async (what: Act): Promise<unknown> => {
          if (what === 'webhook') {
            for (const event of eventsOf(world, payment)) await send(world, event);
            return undefined;
          }
          if (what === 'sign-in') {
            const code = world.mails.findLast(({ to }) => to === email)?.subject.slice(0, 8);
            return world.call('POST', '/v1/sessions/verify', { body: { email, challenge, code } });
          }
          return acts[what](member);
        };
        const delayed = async (ticks: number, run: () => Promise<unknown>): Promise<unknown> => {
          for (let count = 0; count < ticks; count += 1) await tick();
          return run();
        };
        const [asked] = await Promise.all([
          delayed(after, async () => (await world.call('DELETE', '/v1/me', { token })).status),
          ...others.map(({ what, after: ticks }) => delayed(ticks, () => one(what)).catch(() => 'broken')),
        ]);
        world.database.faults.clear();
        seen.add(String(asked));
        // Suspended or signed out first, the person cannot ask; whoever confirms the report can.
        if (asked !== 202) await requestErasure(world.ports, accountId, 'minor');
        world.clock.advance(1);
        await runErasures(world);
        world.clock.advance(erasureTimes.quietMs);
        await runErasures(world);
        const left = await leftovers(world, ids);
        const newcomers = await accountsOf(email, accountId);
        expect(left.filter(({ place, raw }) => !isOfNewcomer(place, raw, newcomers))).toEqual([]);
        // And what came late goes back.
        for (const event of eventsOf(world, payment)) await send(world, event);
        expect(await world.ports.purchases.list(accountId)).toEqual([]);
      },
    ),
    { numRuns: 15 },
  );
  expect(seen).toContain('202');
});

/** Who came back with the same address while the old account went. */
async function accountsOf(email: string, not: string): Promise<readonly string[]> {
  const items = await world.database.items('accounts');
  return items
    .filter((item) => item['email']?.['S'] === email)
    .map((item) => JSON.stringify(item['accountId']?.['S']).slice(1, -1))
    .filter((accountId) => accountId !== not);
}

/** Its own things, and the codes and counters of the address that is its own now. */
function isOfNewcomer(place: string, raw: string, newcomers: readonly string[]): boolean {
  return (
    newcomers.some((accountId) => raw.includes(accountId)) || (newcomers.length > 0 && place === 'identities')
  );
}
