/**
 * Retention over the real tables and three years: everything that is stored says why and until when, is gone when its time is
 * over, and stays while it is not. Runs that are killed go on where they were.
 */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredItem } from '../../../core/retention.ts';
import { dueOf, keepingOf, retentionSteps } from '../../../core/retention.ts';
import { tables, type TableName } from '../../../core/tables.ts';
import { createIdentityStore } from '../../../lambdas/adapters/dynamodb/identity-store.ts';
import { createKeptItems, createRetentionLog } from '../../../lambdas/adapters/dynamodb/kept-items.ts';
import { createParkedEvents } from '../../../lambdas/adapters/dynamodb/parked-events.ts';
import type { Log, LogEvent } from '../../../lambdas/runtime/log.ts';
import { retain, type RetainPorts } from '../../../lambdas/upkeep/retain.ts';
import { calmara } from '../../../policies/calmara.ts';
import { givenPeople, join, ticket, type Member, type PeopleWorld } from '../../people/given.ts';
import { openOffice, type Office } from '../../privacy/staff.ts';

const dayMs = 86_400_000;
let world: PeopleWorld;
let office: Office;
const told: LogEvent[] = [];
const log: Log = {
  info: (event) => void told.push(event),
  warn: (event) => void told.push(event),
  error: (event) => void told.push(event),
};

function ports(more: Partial<RetainPorts> = {}): RetainPorts {
  const { documents, names, clock } = world;
  return {
    items: createKeptItems(documents, names),
    progress: createRetentionLog(documents, names),
    policy: calmara,
    clock,
    log,
    ...more,
  };
}

const run = (more: Partial<RetainPorts> = {}, segments = 2) => retain(ports(more), () => Infinity, segments);

/** Plain values of a stored item, as the embedded database keeps them. */
async function stored(table: TableName): Promise<readonly StoredItem[]> {
  const found: StoredItem[] = [];
  for await (const page of createKeptItems(world.documents, world.names).pages({
    table,
    segment: 0,
    segments: 1,
  })) {
    found.push(...page);
  }
  return found;
}

/** How many items of each kind there are, as `table kind`. */
async function kinds(): Promise<Readonly<Record<string, number>>> {
  const names: string[] = [];
  for (const { name } of tables) {
    for (const item of await stored(name)) {
      names.push(`${name} ${keepingOf(calmara, name, item)?.kind.kind ?? 'without a reason'}`);
    }
  }
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

/** Something of every kind. */
async function givenEverything(): Promise<Member> {
  const member = await join(world);
  const { token, accountId, email } = member;
  await ticket(world, member);
  await world.call('POST', '/v1/messages', { token, body: { topic: 'other', text: 'A message.' } });
  const answers = { survey: 'after-scan', version: 1, answers: { clear: 5 } };
  await world.call('POST', '/v1/feedback', { token, body: answers });
  await world.call('POST', '/v1/reports/security', { body: { text: 'A weakness.' } });
  await world.call('POST', '/v1/usage', { body: { event: 'app-opened' } });
  const { keyedHash } = world.ports;
  await createIdentityStore(world.documents, world.names, keyedHash).suppress(
    keyedHash('address', email),
    'bounced',
    world.clock.now(),
  );
  await createParkedEvents(world.documents, world.names).park('hash', 'charge.refunded', world.clock.now());
  const ada = { category: 'privacy-officer', staff: 'ada' } as const;
  const court = { reason: 'authority-request', note: 'A court order, looked at by counsel.' };
  await office.ask(ada, {
    ...court,
    action: 'authority-open',
    accountId,
    authority: 'A court, 12/34',
    counselReference: 'C-1/26',
    classes: ['personal'],
  });
  return member;
}

beforeAll(async () => {
  world = await givenPeople();
  office = await openOffice(world);
});
afterAll(async () => {
  await office.close();
  await world.close();
});

describe('three years', () => {
  it('take each item when its time is over, and nothing before', async () => {
    const { accountId } = await givenEverything();
    const start = world.clock.now();
    const before = await kinds();
    expect(Object.keys(before).filter((name) => name.endsWith('without a reason'))).toEqual([]);
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining([
        'accounts session',
        'accounts day',
        'accounts request',
        'identities code',
        'identities limit',
        'identities suppressed',
        'communications security',
        'audit audit',
        'audit authority',
        'operations parked',
      ]),
    );
    const seen = new Map<string, number>(Object.keys(before).map((name) => [name, 0]));
    for (let day = 1; day <= 1_100; day += day < 4 ? 1 : 7) {
      world.clock.advance(start + day * dayMs - world.clock.now());
      expect((await run({}, 1)).complete).toBe(true);
      const now = world.clock.now();
      for (const { name } of tables) {
        for (const item of await stored(name)) expect(dueOf(calmara, name, item, now), name).toBe('kept');
      }
      for (const name of Object.keys(await kinds())) if (seen.has(name)) seen.set(name, day);
    }
    const last = (name: string): number => seen.get(name) ?? -1;
    // The last day on which there was one: the run of its end's day, or of the week after, took it.
    for (const [name, days] of [
      ['identities code', 1],
      ['accounts request', 1],
      ['accounts day', 2],
      ['accounts session', 30],
      ['operations parked', 90],
      ['communications security', 365],
      ['identities suppressed', 365],
      ['audit audit', 365],
      ['audit authority', 1095],
    ] as const) {
      expect(last(name), name).toBeLessThanOrEqual(days);
      expect(last(name), name).toBeGreaterThan(days - 8);
    }
    // What only its person ends is there still.
    for (const name of [
      'accounts account',
      'identities address',
      'scans scan',
      'purchases purchase',
      'consents act',
      'consents consent',
      'communications message',
      'communications feedback',
      'usage used',
    ]) {
      expect(last(name), name).toBeGreaterThan(1_090);
    }
    expect(await world.ports.accounts.find(accountId)).toMatchObject({ state: 'active' });
  });
});

describe('a run', () => {
  it('that is killed at any deletion goes on with the part that it was at, and ends with nothing due', async () => {
    await givenEverything();
    world.clock.advance(400 * dayMs);
    let left = 0;
    for (let kill = 0; kill < 6; kill += 1) {
      const items = createKeptItems(world.documents, world.names);
      let deletions = 0;
      const dying = {
        ...items,
        remove: async (...given: Parameters<typeof items.remove>) => {
          deletions += 1;
          if (deletions > 2) throw new Error('killed');
          return items.remove(...given);
        },
      };
      const ended = await run({ items: dying }).then(
        ({ complete }) => complete,
        () => false,
      );
      left += Number(!ended);
    }
    expect(left).toBeGreaterThan(2);
    expect(await run()).toMatchObject({ complete: true });
    const now = world.clock.now();
    for (const { name } of tables) {
      for (const item of await stored(name)) expect(dueOf(calmara, name, item, now)).toBe('kept');
    }
  });

  it('of a day that was done looks at nothing again', async () => {
    await run();
    expect(await run()).toEqual({ count: 0, deleted: 0, unexplained: 0, complete: true });
    world.clock.advance(dayMs);
    expect((await run()).count).toBeGreaterThan(0);
  });

  it('ends when its function does, and the next one does the rest', async () => {
    world.clock.advance(dayMs);
    let remainingMs = 200_000;
    const first = await retain(ports(), () => (remainingMs -= 50_000), 2);
    expect(first.complete).toBe(false);
    expect(told.at(-1)).toBe('retention-run');
    expect(told).toContain('retention-left');
    const progress = await createRetentionLog(world.documents, world.names).read();
    expect(progress?.steps).toBeGreaterThan(0);
    expect((await run()).complete).toBe(true);
  });

  it('whose part takes more than any run has goes on in smaller parts, and ends, over midnights too', async () => {
    world.clock.advance(dayMs);
    expect((await run()).complete).toBe(true);
    const removeAfter = Math.floor(world.clock.now() / 1000) - 1;
    for (let at = 0; at < 300; at += 1) {
      const Item = { identity: `limit#a#b#${at}`, layout: 3, removeAfter };
      await world.documents.send(new PutCommand({ TableName: world.names.identities, Item }));
    }
    const items = createKeptItems(world.documents, world.names);
    const slow = {
      ...items,
      async *pages(...given: Parameters<typeof items.pages>) {
        for await (const page of items.pages(...given)) for (const item of page) yield [item];
      },
    };
    let [runs, complete] = [0, false];
    for (; runs < 80 && !complete; runs += 1) {
      // A run has time for fifty items, and a day for two runs.
      world.clock.advance(dayMs / 2);
      let remainingMs = 60_000 + 50_000;
      ({ complete } = await retain(ports({ items: slow }), () => (remainingMs -= 1_000), 1));
    }
    expect(complete).toBe(true);
    expect(runs).toBeGreaterThan(3);
    const progress = await createRetentionLog(world.documents, world.names).read();
    expect(progress?.segments).toBeGreaterThan(4);
    expect(
      (await stored('identities')).filter(({ identity }) => String(identity).startsWith('limit#a#b')),
    ).toEqual([]);
    // And the mark of it names nobody.
    const [mark] = (await stored('operations')).filter(({ item }) => item === 'retention');
    expect(Object.keys(mark ?? {}).toSorted()).toEqual(['day', 'item', 'segments', 'steps']);
  });

  it('deletes no session that was used between being read and being deleted', async () => {
    const member = await join(world);
    world.clock.advance(31 * dayMs);
    const items = createKeptItems(world.documents, world.names);
    const until = Math.ceil((world.clock.now() + 30 * dayMs) / 1000);
    let renewed = 0;
    const racing = {
      ...items,
      remove: async (table: TableName, item: StoredItem, now: number) => {
        if (item['accountId'] === member.accountId && String(item['item']).startsWith('session#')) {
          renewed += 1;
          const Item = { ...item, removeAfter: until };
          await world.documents.send(new PutCommand({ TableName: world.names.accounts, Item }));
        }
        return items.remove(table, item, now);
      },
    };
    expect((await run({ items: racing })).complete).toBe(true);
    expect(renewed).toBe(1);
    const sessions = (await stored('accounts')).filter(
      ({ accountId, item }) => accountId === member.accountId && String(item).startsWith('session#'),
    );
    expect(sessions).toHaveLength(1);
  });

  it('reads back what it deleted, and is not done while something due is left', async () => {
    await givenEverything();
    world.clock.advance(40 * dayMs);
    const items = createKeptItems(world.documents, world.names);
    const deaf = { ...items, remove: async () => true };
    expect((await run({ items: deaf })).complete).toBe(false);
    expect((await run()).complete).toBe(true);
  });

  it.each([
    ['cannot be read', 'throws'],
    ['keeps what is due, whatever is deleted', 'is incomplete'],
  ])('keeps nothing in any other table because one %s, day after day', async (_what, ends) => {
    const items = createKeptItems(world.documents, world.names);
    const broken: typeof items =
      ends === 'throws'
        ? {
            ...items,
            pages: (step) => {
              if (step.table === 'identities') throw new Error('given: cannot be read');
              return items.pages(step);
            },
          }
        : {
            ...items,
            remove: async (...given) => given[0] === 'identities' || items.remove(...given),
          };
    for (let day = 0; day < 3; day += 1) {
      await givenEverything();
      world.clock.advance(400 * dayMs);
      const now = world.clock.now();
      const dueIn = async (table: TableName): Promise<number> =>
        (await stored(table)).filter((item) => dueOf(calmara, table, item, now) === 'due').length;
      const before = await Promise.all([dueIn('accounts'), dueIn('audit'), dueIn('identities')]);
      expect(Math.min(...before)).toBeGreaterThan(0);
      const ended = await run({ items: broken }).then(
        ({ complete }) => (complete ? 'is complete' : 'is incomplete'),
        () => 'throws',
      );
      expect(ended).toBe(ends);
      for (const { name } of tables) expect((await dueIn(name)) > 0, name).toBe(name === 'identities');
    }
    expect((await run()).complete).toBe(true);
  });

  it('tells of an item for which the policy has no reason, and of one without an end, and keeps both', async () => {
    world.clock.advance(dayMs);
    const { names, documents } = world;
    for (const item of ['riddle#1', 'session#without-end']) {
      const Item = { accountId: 'somebody', item, layout: 2 };
      await documents.send(new PutCommand({ TableName: names.accounts, Item }));
    }
    told.length = 0;
    expect(await run()).toMatchObject({ unexplained: 2, complete: true });
    expect(told).toContain('kept-unexplained');
    expect((await stored('accounts')).filter(({ accountId }) => accountId === 'somebody')).toHaveLength(2);
  });

  it('has a step for each part of each table', () => {
    const steps = retentionSteps(4);
    expect(steps).toHaveLength(4 * tables.length);
    expect(new Set(steps.map((step) => JSON.stringify(step))).size).toBe(steps.length);
  });
});
