/** The life of an image through the embedded system: every misfortune by name. What needs none is in `anywhere.ts`. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectEmptyBucket, expectNothingLeft, photo, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.cloud.close());
afterEach(async () => {
  await world.idle();
  expectNothingLeft(world);
});

describe('bytes that a privileged uploader plants', () => {
  it('under keys that no ticket named are deleted unread', async () => {
    const reads = () =>
      world.observed.filter((seen) => seen.source === 'storage' && seen.operation === 'GetObject').length;
    const before = reads();
    for (const key of ['stray', 'a/b c+d%20é', '../x', 'A'.repeat(22)]) {
      await world.plant(key, await photo('skin-clear'));
    }
    await world.idle();
    expectEmptyBucket(world);
    expect(reads()).toBe(before);
  });
});

describe('storage events', () => {
  it('that come twice look once and charge once', async () => {
    const person = await world.person();
    world.cloud.runner.planDeliveries('analyze', 'duplicated');
    const bytes = await photo('skin-clear');
    const ticket = await person.ticket(bytes);
    expect(await world.put(ticket, bytes)).toBe(200);
    await world.idle();
    await world.pass(1000);
    expect(await person.client.getScan(ticket.scan.id)).toMatchObject({ state: 'completed' });
    expect(await person.units()).toEqual([1, 1]);
  });

  it('that get lost leave a scan that the sweep fails, and an object that it deletes (ONE-1, ONE-2)', async () => {
    const person = await world.person();
    world.cloud.runner.planDeliveries('analyze', 'lost');
    const bytes = await photo('skin-clear');
    const ticket = await person.ticket(bytes);
    await world.put(ticket, bytes);
    await world.idle();
    expect(world.cloud.storage.objects()).toHaveLength(1);
    await world.pass(250_000);
    expectEmptyBucket(world);
    expect(await person.client.getScan(ticket.scan.id)).toMatchObject({
      state: 'failed',
      reason: 'not-analysed',
      charged: false,
    });
    expect(await person.units()).toEqual([0, 0]);
    expect(world.printed.some((line) => line.includes('sweep-deleted-objects'))).toBe(true);
  });

  it('that come after the deadline delete the object and claim nothing', async () => {
    const person = await world.person();
    world.cloud.runner.planDeliveries('analyze', { delayMs: 119_000 });
    const bytes = await photo('skin-clear');
    const ticket = await person.ticket(bytes);
    await world.pass(50_000);
    await world.put(ticket, bytes);
    await world.pass(240_000);
    expectEmptyBucket(world);
    const { state } = await person.client.getScan(ticket.scan.id);
    expect(['failed', 'expired']).toContain(state);
    expect(await person.units()).toEqual([0, 0]);
  });
});

describe('a ticket', () => {
  it('that nobody uses expires and gives its unit back', async () => {
    const person = await world.person();
    const { scan } = await person.ticket(await photo('skin-clear'));
    expect(await person.units()).toEqual([1, 0]);
    await world.pass(190_000);
    expect(await person.client.getScan(scan.id)).toMatchObject({ state: 'expired', charged: false });
    expect(await person.units()).toEqual([0, 0]);
  });

  it('is charged once when the answer of its write is lost', async () => {
    const person = await world.person();
    world.cloud.database.faults.next({
      operation: 'TransactWriteItems',
      times: 1,
      effect: 'apply-then-drop',
    });
    const bytes = await photo('skin-clear');
    const ticket = await person.ticket(bytes);
    expect(await person.units()).toEqual([1, 0]);
    await world.put(ticket, bytes);
    await world.idle();
    expect(await person.units()).toEqual([1, 1]);
  });

  it('survives transaction conflicts, and answers busy, never no-scans-left, when they do not end', async () => {
    const person = await world.person({ scansTotal: 2 });
    const bytes = await photo('skin-clear');
    const { faults } = world.cloud.database;
    faults.next({ operation: 'TransactWriteItems', times: 2, effect: 'transaction-conflict' });
    await person.ticket(bytes);
    faults.next({ operation: 'TransactWriteItems', times: 500, effect: 'transaction-conflict' });
    const response = await person.call('POST', '/v1/scans', {
      body: { contentType: 'image/jpeg', contentLength: bytes.length, sha256: `${'A'.repeat(43)}=` },
      key: 'a-key-that-meets-conflicts',
    });
    faults.clear();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).not.toBeNull();
    expect(await response.json()).toMatchObject({ code: 'busy' });
    expect(await person.units()).toEqual([1, 0]);
    await world.pass(300_000);
  });

  it('is refused while the cleaner is not alive, and given again once it is (ONE-5)', async () => {
    const person = await world.person();
    const bytes = await photo('skin-clear');
    const { faults } = world.cloud.storage;
    faults.next({ operation: 'ListObjectsV2', times: 500, answer: { status: 500, code: 'InternalError' } });
    await world.pass(250_000);
    faults.clear();
    const refused = await person.call('POST', '/v1/scans', {
      body: { contentType: 'image/jpeg', contentLength: bytes.length, sha256: `${'A'.repeat(43)}=` },
      key: 'a-key-while-it-is-dead',
    });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'cleaner-not-alive' });
    expect(await person.units()).toEqual([0, 0]);
    await world.pass(70_000);
    await person.ticket(bytes);
    await world.pass(300_000);
  });
});

describe('deleting', () => {
  it('an open scan gives the unit back and deletes the photo unread', async () => {
    const person = await world.person();
    const bytes = await photo('skin-clear');
    world.cloud.runner.planDeliveries('analyze', 'lost');
    const ticket = await person.ticket(bytes);
    await world.put(ticket, bytes);
    await person.client.deleteScan(ticket.scan.id);
    expectEmptyBucket(world);
    await expect(person.client.getScan(ticket.scan.id)).rejects.toMatchObject({ code: 'scan-not-found' });
    expect(await world.rawScan(ticket.scan.id)).not.toHaveProperty('accountId');
    expect(await person.units()).toEqual([0, 0]);
  });

  it('an open scan keeps its photo from being looked at when the upload comes later', async () => {
    const person = await world.person();
    const bytes = await photo('skin-clear');
    const ticket = await person.ticket(bytes);
    await person.client.deleteScan(ticket.scan.id);
    const before = world.observed.length;
    expect(await world.put(ticket, bytes)).toBe(200);
    await world.idle();
    expectEmptyBucket(world);
    const since = world.observed.slice(before);
    expect(since.some((seen) => seen.source === 'storage' && seen.operation === 'GetObject')).toBe(false);
    expect(await person.units()).toEqual([0, 0]);
  });
});
