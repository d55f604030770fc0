/** A backup comes back: what was erased since is erased again before anybody can see it (CAL-6). */
import { BatchWriteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { erasureTimes } from '../../../core/erasure.ts';
import type { StoredItem } from '../../../core/retention.ts';
import { tables, type TableName } from '../../../core/tables.ts';
import { createErasureStore } from '../../../lambdas/adapters/dynamodb/erasure-store.ts';
import { createKeptItems, createReplayLog } from '../../../lambdas/adapters/dynamodb/kept-items.ts';
import { randomIds } from '../../../lambdas/adapters/random-ids.ts';
import {
  replayErasures,
  type ReplayPorts,
  type ReplayReport,
} from '../../../lambdas/upkeep/replay-erasures.ts';
import { everythingOf, type Trace } from '../../erasure/everything.ts';
import { givenEverything, identifiers, leftovers, placesOf, requestBy } from '../../erasure/given.ts';
import { codeOf, givenPeople, runErasures, type Member, type PeopleWorld } from '../../people/given.ts';

const worlds: PeopleWorld[] = [];
let world: PeopleWorld;
beforeEach(async () => {
  world = await givenPeople();
  worlds.push(world);
});
afterAll(async () => {
  for (const one of worlds) await one.close();
});

/** Every table but the ledger. */
const backedUp = tables.map(({ name }) => name).filter((name) => name !== 'erasures');

type Backup = ReadonlyMap<TableName, readonly Record<string, unknown>[]>;

async function backUp(): Promise<Backup> {
  const backup = new Map<TableName, readonly Record<string, unknown>[]>();
  for (const name of backedUp) {
    const { Items = [] } = await world.documents.send(new ScanCommand({ TableName: world.names[name] }));
    backup.set(name, Items);
  }
  return backup;
}

/** As a restored table has it: what was there is there again. */
async function restore(backup: Backup): Promise<void> {
  for (const [name, items] of backup) {
    for (let from = 0; from < items.length; from += 25) {
      const puts = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      await world.documents.send(new BatchWriteCommand({ RequestItems: { [world.names[name]]: puts } }));
    }
  }
}

function replayPorts(): ReplayPorts {
  const { documents, names, ports, clock } = world;
  return {
    items: createKeptItems(documents, names),
    erasures: createErasureStore(documents, names, ports.keyedHash),
    progress: createReplayLog(documents, names),
    keyedHash: ports.keyedHash,
    clock,
    ids: randomIds,
    log: ports.log,
  };
}

/** Parts of a table. */
const segments = 2;

function replay(
  more: Partial<ReplayPorts> = {},
  restoredAt?: number,
  remainingMs: () => number = () => Infinity,
): Promise<ReplayReport> {
  return replayErasures({ ...replayPorts(), ...more }, restoredAt, remainingMs, segments);
}

async function finish(): Promise<void> {
  await runErasures(world);
  world.clock.advance(erasureTimes.quietMs);
  await runErasures(world);
}

async function storedFor(member: Member): Promise<readonly Trace[]> {
  const all = await everythingOf(placesOf(world), await identifiers(world, member));
  // A checkout that nobody pays ends by itself.
  return all.filter(({ place }) => place !== 'payment provider');
}

it('an account that was erased is severed and gone again; one that was not is as it was', async () => {
  const [stays, goes] = [await givenEverything(world), await givenEverything(world)];
  const ids = await identifiers(world, goes);
  const backup = await backUp();
  await requestBy(world, goes);
  await finish();
  world.clock.advance(erasureTimes.thirdAfterMs);
  await runErasures(world);
  expect(await leftovers(world, ids, { after: true })).toEqual([]);

  await restore(backup);
  expect((await leftovers(world, ids)).length).toBeGreaterThan(10);
  const others = await storedFor(stays);
  expect(await replay()).toMatchObject({ erasures: 1 });
  expect(
    await codeOf(
      await world.call('POST', '/v1/sessions/refresh', { body: { refreshToken: goes.refreshToken } }),
    ),
  ).toBe('unauthenticated');
  expect(await world.ports.accounts.find(goes.accountId)).toMatchObject({ state: 'erasing' });
  await finish();
  expect(await leftovers(world, ids)).toEqual([]);
  expect(await storedFor(stays)).toEqual(others);
});

it('a part that was erased is gone again, and what was written since stays', async () => {
  const member = await givenEverything(world);
  const backup = await backUp();
  await requestBy(world, member, '/v1/me/history');
  await requestBy(world, member, '/v1/me/messages');
  world.clock.advance(1);
  const { token } = member;
  await world.call('POST', '/v1/messages', { token, body: { topic: 'other', text: 'Written since.' } });
  await finish();
  await restore(backup);
  expect(await replay()).toMatchObject({ erasures: 2 });
  // Looked at twice is as good as once.
  await replay();
  await finish();
  expect(await world.ports.data.scanIds(member.accountId)).not.toEqual([]);
  for (const scanId of await world.ports.data.scanIds(member.accountId)) {
    expect(await world.ports.scans.find(scanId)).toBeUndefined();
  }
  const kept = await world.ports.communications.listMessages(member.accountId);
  expect(kept.map(({ text }) => text)).toEqual(['Written since.']);
  expect(await world.ports.accounts.find(member.accountId)).toMatchObject({ state: 'active' });
});

it('parts of an account come back without the account: they go as well', async () => {
  const member = await givenEverything(world);
  const ids = await identifiers(world, member);
  const backup = await backUp();
  await requestBy(world, member);
  await finish();
  const some = new Map([...backup].filter(([name]) => name === 'scans' || name === 'identities'));
  await restore(some);
  expect(await replay()).toMatchObject({ erasures: 1 });
  await finish();
  expect(await leftovers(world, ids)).toEqual([]);
});

/** People who were erased, and a backup that brings all of them back. */
async function givenRestored(count: number, brought: readonly TableName[] = backedUp) {
  const gone = [];
  for (let one = 0; one < count; one += 1) gone.push(await givenEverything(world));
  const ids = (await Promise.all(gone.map((member) => identifiers(world, member)))).flat();
  const backup = await backUp();
  for (const member of gone) await requestBy(world, member);
  await finish();
  world.clock.advance(erasureTimes.thirdAfterMs);
  await runErasures(world);
  expect(await leftovers(world, ids, { after: true })).toEqual([]);
  await restore(new Map([...backup].filter(([name]) => brought.includes(name))));
  return ids;
}

it.each([
  ['everything', backedUp],
  // What is missed in one table is found in no other.
  ['one table', ['consents']],
] as const)(
  'killed again and again after %s came back, is gone on with until nothing is left',
  async (_what, brought) => {
    const ids = await givenRestored(3, brought);
    const restoredAt = world.clock.now();
    const { erasures, progress, items } = replayPorts();
    let [left, kills, pages] = [0, 0, 0];
    const mayWrite = async <T>(write: () => Promise<T>): Promise<T> => {
      left -= 1;
      if (left > 0) return write();
      kills += 1;
      if (kills % 2 === 0) await write();
      throw new Error('killed');
    };
    const dying: Partial<ReplayPorts> = {
      erasures: { ...erasures, redo: (restored) => mayWrite(() => erasures.redo(restored)) },
      progress: { ...progress, write: (done) => mayWrite(() => progress.write(done)) },
      items: {
        async *pages(step) {
          pages += 1;
          yield* items.pages(step);
        },
      },
    };
    let complete = false;
    for (let run = 0; run < 100 && !complete; run += 1) {
      // As many writes as a part can need, at times.
      left = 1 + (run % 5);
      complete = await replay(dying, restoredAt).then(
        (report) => report.complete,
        () => false,
      );
    }
    expect(complete).toBe(true);
    expect(kills).toBeGreaterThan(4);
    // Parts that were done are not looked at again: each was begun a few times, not once in every run.
    expect(pages).toBeLessThan(kills * 3);
    await finish();
    expect(await leftovers(world, ids)).toEqual([]);
  },
);

it('ends when its function does; the next run does the rest and looks at nothing twice', async () => {
  const ids = await givenRestored(1);
  const restoredAt = world.clock.now();
  const { items } = replayPorts();
  let remainingMs = 260_000;
  const partByPart: Partial<ReplayPorts> = {
    items: {
      async *pages(step) {
        yield* items.pages(step);
        remainingMs -= 50_000;
      },
    },
  };
  const first = await replay(partByPart, restoredAt, () => remainingMs);
  expect(first).toMatchObject({ complete: false, restoredAt: new Date(restoredAt).toISOString() });
  const rest = await replay({}, restoredAt);
  expect(rest.complete).toBe(true);
  expect(await replay({}, restoredAt)).toMatchObject({ count: 0, complete: true });
  const whole = await replay();
  expect(first.count + rest.count).toBe(whole.count);
  await finish();
  expect(await leftovers(world, ids)).toEqual([]);
});

it('whose part takes more than any run has goes on in smaller parts, and ends', async () => {
  const ids = await givenRestored(4);
  const restoredAt = world.clock.now();
  const { items } = replayPorts();
  let remainingMs = 0;
  const timed = (item: StoredItem): StoredItem => ({
    ...item,
    get accountId() {
      remainingMs -= 1_000;
      if (remainingMs < 0) throw new Error('given: killed');
      return item['accountId'];
    },
  });
  const slow: Partial<ReplayPorts> = {
    items: {
      // All of a page at once: time passes by what is looked at in it, and a page may hold more than a run has time for.
      async *pages(step) {
        for await (const page of items.pages(step)) yield page.map((item) => timed(item));
      },
    },
  };
  let [runs, complete] = [0, false];
  for (; runs < 60 && !complete; runs += 1) {
    // Time for a dozen items, and never for those of two accounts.
    remainingMs = 60_000 + 12_000;
    ({ complete } = await replay(slow, restoredAt, () => remainingMs));
  }
  expect(complete).toBe(true);
  expect(runs).toBeGreaterThan(3);
  await finish();
  expect(await leftovers(world, ids)).toEqual([]);
});

it('for a backup that was restored later begins at its beginning, however far the one before came', async () => {
  await givenRestored(1);
  const restoredAt = world.clock.now();
  let remainingMs = 900_000;
  await replay({}, restoredAt, () => (remainingMs -= 100_000));
  const whole = (await replay()).count;
  expect(await replay({}, restoredAt + 1)).toMatchObject({ count: whole, complete: true });
  expect(await replay({}, restoredAt + 1)).toMatchObject({ count: 0, complete: true });
});
