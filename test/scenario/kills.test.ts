/**
 * Processes killed at the worst moments, and services that fail for longer than an invocation lives: the bucket
 * is empty within 300 s (ONE-1), each scan ends once within 300 s (ONE-2), and nothing is charged without a
 * result (ONE-3).
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ticket } from '../../core/contract.ts';
import type { FunctionName } from '../../lib/functions.ts';
import type { CloudObservation } from '../../local/cloud.ts';
import type { S3Operation } from '../../local/s3/operations.ts';
import { freshId } from '../contract/given.ts';
import { endOf, failed, follow, looked, promisedMs } from './timeline.ts';
import { claimOf, expectNothingLeft, photo, startWorld, type Person, type World } from './world.ts';

let world: World;
let bytes: Uint8Array;
/** Told of each answer of storage before it leaves. */
let onObservation: (observation: CloudObservation) => void = ignore;
function ignore(): void {}
beforeAll(async () => {
  world = await startWorld({ observe: (observation) => onObservation(observation) });
  bytes = await photo('skin-clear');
});
afterAll(() => world.cloud.close());
afterEach(() => {
  onObservation = ignore;
  world.cloud.storage.faults.clear();
  world.cloud.database.faults.clear();
});

const broken = { status: 500, code: 'InternalError' };
/** More than any invocation tries: such a fault ends when the test says so. */
const throughout = 500;

interface Killer {
  /** SIGKILLs the function if it is at work. */
  readonly strike: () => Promise<void>;
  readonly struck: () => number;
}

/** Kills a function the first `times` times that its moment comes. */
function killer(name: FunctionName, times = 1): Killer {
  let struck = 0;
  return {
    async strike() {
      // The test itself reads the scan too, while nobody is at work on it.
      if (struck < times) struck += await world.cloud.runner.kill(name);
    },
    struck: () => struck,
  };
}

type Moment =
  | { readonly when: 'before' | 'after'; readonly storage: S3Operation }
  | { readonly when: 'answered'; readonly storage: S3Operation }
  | { readonly when: 'after'; readonly database: 'GetItem' | 'UpdateItem' | 'TransactWriteItems' };

/** Orders a kill at a moment of the work on one scan. */
function killAt(moment: Moment, scanId: string, name: FunctionName, times = 1): () => number {
  const { strike, struck } = killer(name, times);
  const { storage, database } = world.cloud;
  if (moment.when === 'answered') {
    // The signal is sent at once, so before the answer; hooks of `after` do not see refusals like this 404.
    onObservation = (seen) => {
      if (seen.source === 'storage' && seen.operation === moment.storage) void strike();
    };
  } else if ('storage' in moment) {
    storage.faults[moment.when]((operation, key) =>
      operation === moment.storage && key === scanId ? strike() : undefined,
    );
  } else {
    database.faults.after((operation, body) =>
      operation === moment.database && JSON.stringify(body).includes(scanId) ? strike() : undefined,
    );
  }
  return struck;
}

async function givenTicket(): Promise<{ readonly person: Person; readonly ticket: Ticket; scanId: string }> {
  const person = await world.person();
  const ticket = await person.ticket(bytes);
  return { person, ticket, scanId: ticket.scan.id };
}

describe('the analysis killed', () => {
  it.each([
    ['before it claims', { when: 'after', database: 'GetItem' }, looked],
    ['when its claim is written and not answered', { when: 'after', database: 'UpdateItem' }, looked],
    ['before its GET', { when: 'before', storage: 'GetObject' }, looked],
    ['with the photo on its way', { when: 'after', storage: 'GetObject' }, looked],
    ['before its DELETE', { when: 'before', storage: 'DeleteObject' }, looked],
    ['after its DELETE', { when: 'after', storage: 'DeleteObject' }, failed('image-gone')],
    ['after its HEAD', { when: 'answered', storage: 'HeadObject' }, failed('image-gone')],
    [
      'when its settlement is written and not answered',
      { when: 'after', database: 'TransactWriteItems' },
      looked,
    ],
  ] as const)('%s ends the scan once, rightly charged', async (_title, moment, end) => {
    const { person, ticket, scanId } = await givenTicket();
    const struck = killAt(moment, scanId, 'analyze');
    expect(await world.put(ticket, bytes)).toBe(200);
    expect(await endOf(world, person, scanId)).toEqual(end);
    expect(struck()).toBe(1);
  });

  it.each([
    ['before every GET', { when: 'before', storage: 'GetObject' }, 'interrupted'],
    ['before every DELETE', { when: 'before', storage: 'DeleteObject' }, 'interrupted'],
    ['before every claim', { when: 'after', database: 'GetItem' }, 'not-analysed'],
  ] as const)('%s leaves scan and object to the sweep', async (_title, moment, reason) => {
    const { person, ticket, scanId } = await givenTicket();
    const struck = killAt(moment, scanId, 'analyze', 2);
    await world.put(ticket, bytes);
    expect(await endOf(world, person, scanId)).toEqual(failed(reason));
    expect(struck()).toBe(2);
  });
});

describe('the API killed', () => {
  it('after it wrote a ticket gives one scan and one unit, and the same key finds it', async () => {
    const person = await world.person();
    const key = freshId();
    const { strike, struck } = killer('api');
    world.cloud.database.faults.after((operation) =>
      operation === 'TransactWriteItems' ? strike() : undefined,
    );
    const lost = await person.call('POST', '/v1/scans', { body: claimOf(bytes), key });
    expect(lost.status).toBe(502);
    expect(struck()).toBe(1);
    expect(await person.units()).toEqual([1, 0]);
    const ticket = await person.ticket(bytes, key);
    expect(await person.units()).toEqual([1, 0]);
    expect(await world.put(ticket, bytes)).toBe(200);
    expect(await endOf(world, person, ticket.scan.id)).toEqual(looked);
    expect((await person.ticket(bytes, key)).scan.id).toBe(ticket.scan.id);
  });

  it('after it wrote a deletion leaves nothing of the scan, and the object to whoever comes next', async () => {
    const { person, ticket, scanId } = await givenTicket();
    world.cloud.runner.planDeliveries('analyze', 'lost');
    await world.put(ticket, bytes);
    const struck = killAt({ when: 'after', database: 'TransactWriteItems' }, scanId, 'api');
    expect((await person.call('DELETE', `/v1/scans/${scanId}`)).status).toBe(502);
    expect(struck()).toBe(1);
    expect(world.cloud.storage.objects()).toHaveLength(1);
    expect(await endOf(world, person, scanId)).toEqual({ state: 'erased', units: [0, 0] });
  });
});

describe('the sweep killed', () => {
  /** Objects that nobody will be told of. */
  async function givenStrays(): Promise<readonly string[]> {
    const keys = ['stray-a', 'stray-b', 'stray-c'];
    for (const key of keys) {
      world.cloud.runner.planDeliveries('analyze', 'lost');
      await world.plant(key, bytes);
    }
    return keys;
  }

  it.each(['before', 'after'] as const)('%s storage deletes is made up for by the next one', async (when) => {
    const [first = ''] = await givenStrays();
    const { faults } = world.cloud.storage;
    // Half of the work: one key is refused, the others go.
    if (when === 'after') faults.next({ operation: 'DeleteObjects', key: first, answer: broken });
    const { strike, struck } = killer('sweep');
    faults[when]((operation) => (operation === 'DeleteObjects' ? strike() : undefined));
    const { emptyAfterMs } = await follow(world, freshId(), world.cloud.clock.now());
    expect(struck()).toBe(1);
    expect(emptyAfterMs).toBeLessThanOrEqual(promisedMs);
    expectNothingLeft(world);
  });

  it('after it settled a scan settles it once', async () => {
    const { person, scanId } = await givenTicket();
    const struck = killAt({ when: 'after', database: 'TransactWriteItems' }, scanId, 'sweep');
    expect(await endOf(world, person, scanId)).toEqual({ state: 'expired', units: [0, 0] });
    expect(struck()).toBe(1);
  });
});

describe('a storage that fails for longer than an invocation', () => {
  it('at DELETE leaves the scan failed and the object to the sweep', async () => {
    const { person, ticket, scanId } = await givenTicket();
    const { clock, storage } = world.cloud;
    const uploadedAt = clock.now();
    storage.faults.next({ operation: 'DeleteObject', key: scanId, times: throughout, answer: broken });
    await world.put(ticket, bytes);
    // The retry, a minute later, meets the same storage.
    await world.pass(65_000);
    storage.faults.clear();
    expect(storage.objects()).toHaveLength(1);
    expect(await endOf(world, person, scanId, uploadedAt)).toEqual(failed('deletion-unverified'));
  });

  it('at HEAD never calls a deletion verified', async () => {
    const { person, ticket, scanId } = await givenTicket();
    const { faults } = world.cloud.storage;
    faults.next({ operation: 'HeadObject', key: scanId, times: throughout, answer: broken });
    await world.put(ticket, bytes);
    await world.idle();
    faults.clear();
    expect(await endOf(world, person, scanId)).toEqual(failed('deletion-unverified'));
    expect(await person.client.getScan(scanId)).not.toHaveProperty('deletion');
  });

  it.each([
    ['cuts the photo off', 'truncate'],
    ['never hands it out', broken],
  ] as const)('at GET, and %s, costs nothing', async (_title, answer) => {
    const { person, ticket, scanId } = await givenTicket();
    const { faults } = world.cloud.storage;
    faults.next({ operation: 'GetObject', key: scanId, times: throughout, answer });
    await world.put(ticket, bytes);
    await world.idle();
    faults.clear();
    expect(await endOf(world, person, scanId)).toEqual(failed('interrupted'));
  });

  it('takes the same photo again between DELETE and HEAD, and lets neither stay', async () => {
    const { person, ticket, scanId } = await givenTicket();
    const replayed: number[] = [];
    world.cloud.storage.faults.after(async (operation, key) => {
      if (operation !== 'DeleteObject' || key !== scanId || replayed.length > 0) return;
      replayed.push(0);
      replayed.push(await world.put(ticket, bytes));
    });
    await world.put(ticket, bytes);
    expect(await endOf(world, person, scanId)).toEqual(looked);
    expect(replayed).toEqual([0, 200]);
  });
});

describe('a database that fails', () => {
  const settlementOf = (scanId: string) => ({
    operation: 'TransactWriteItems' as const,
    where: (body: object) => JSON.stringify(body).includes(scanId),
  });

  it.each([
    ['throttles a settlement for a moment', 'throttle', 2],
    ['drops the answer of a settlement', 'apply-then-drop', 1],
  ] as const)('and %s costs one unit', async (_title, effect, times) => {
    const { person, ticket, scanId } = await givenTicket();
    world.cloud.database.faults.next({ ...settlementOf(scanId), times, effect });
    await world.put(ticket, bytes);
    expect(await endOf(world, person, scanId)).toEqual(looked);
  });

  it.each(['throttle', 'internal-error', 'transaction-conflict'] as const)(
    'and answers a settlement with nothing but %s costs nothing',
    async (effect) => {
      const { person, ticket, scanId } = await givenTicket();
      const { faults } = world.cloud.database;
      faults.next({ ...settlementOf(scanId), times: throughout, effect });
      await world.put(ticket, bytes);
      await world.idle();
      faults.clear();
      const reason = effect === 'transaction-conflict' ? 'interrupted' : 'image-gone';
      expect(await endOf(world, person, scanId)).toEqual(failed(reason));
    },
  );

  it('when a photo arrives deletes it unread, and costs nothing', async () => {
    const { person, ticket, scanId } = await givenTicket();
    const { faults } = world.cloud.database;
    faults.next({ operation: 'UpdateItem', table: 'scans', times: throughout, effect: 'internal-error' });
    await world.put(ticket, bytes);
    await world.idle();
    faults.clear();
    expect(world.cloud.storage.objects()).toEqual([]);
    expect(await endOf(world, person, scanId)).toEqual(failed('image-gone'));
  });
});

describe('six tickets at once through the front door', () => {
  it('for one unit that is left make one scan, and say so to the others', async () => {
    const person = await world.person({ scansTotal: 1 });
    let racing = Array.from({ length: 6 }, () => freshId());
    const answers: string[] = [];
    // `busy`, no room for another invocation, or no answer in time say nothing about the unit: ask again.
    for (let round = 0; round < 20 && racing.length > 0; round += 1) {
      const responses = await Promise.all(
        racing.map((key) => person.call('POST', '/v1/scans', { body: claimOf(bytes), key })),
      );
      racing = racing.filter((_key, at) => (responses[at]?.status ?? 0) >= 500);
      for (const response of responses) {
        if (response.ok) answers.push('issued');
        else if (response.status < 500) answers.push(String(await codeOf(response)));
      }
    }
    expect(answers.toSorted()).toEqual(['issued', ...Array.from({ length: 5 }, () => 'no-scans-left')]);
    expect(await person.units()).toEqual([1, 0]);
    await world.pass(promisedMs);
    expect(await person.units()).toEqual([0, 0]);
    expectNothingLeft(world);
  });
});

async function codeOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
}
