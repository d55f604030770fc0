import { describe, expect, it } from 'vitest';
import { dwellBoundMs, dwellBucket, summarizeDwell } from '../../../core/dwell.ts';
import { protocol } from '../../../core/scan.ts';
import { sweep, type SweepPorts } from '../../../lambdas/sweep/sweep.ts';
import {
  aConsent,
  aLease,
  anAccount,
  anIssuedScan,
  aPurchase,
  aTicket,
  noon,
  outcomes,
} from '../../contract/given.ts';
import { createMemoryDwell } from '../../memory/dwell.ts';
import { createMemoryImages, StorageError } from '../../memory/images.ts';
import { createMemoryLedger } from '../../memory/ledger.ts';
import { rememberingLog } from '../../memory/log.ts';

const overdueAt = noon + protocol.deadlineMs;
const old = protocol.objectMaxAgeMs + 1;

function given(now = overdueAt) {
  const ledger = createMemoryLedger();
  const storage = createMemoryImages();
  const dwell = createMemoryDwell();
  const { log, said } = rememberingLog();
  ledger.put.account(anAccount('account'));
  ledger.put.consent('account', aConsent());
  ledger.put.purchase(aPurchase('account', { scansTotal: 100 }));
  const ports: SweepPorts = {
    bucket: storage.bucket,
    scans: ledger.scans,
    heartbeat: ledger.heartbeat,
    dwell,
    clock: { now: () => now },
    pacing: { pause: async () => {} },
    log,
  };
  const issue = async () => {
    const scan = anIssuedScan('account');
    await ledger.tickets.issue(aTicket(scan, { ticketsPerDay: 1000 }));
    return scan;
  };
  const stateOf = async (scanId: string) => (await ledger.scans.find(scanId))?.state;
  return { ledger, storage, dwell, ports, said, issue, stateOf };
}

describe('sweep', () => {
  it('deletes what is older than 120 s, spares the rest, and beats the heart', async () => {
    const { ledger, storage, ports } = given();
    for (const key of ['a', 'b', 'c']) storage.put(key, new Uint8Array(1), old);
    storage.put('young', new Uint8Array(1), protocol.objectMaxAgeMs);
    expect(await sweep(ports)).toEqual({
      listed: 4,
      deleted: 3,
      failed: 0,
      oldestAgeMs: old,
      settled: 0,
      aborted: 0,
      complete: true,
    });
    expect(storage.keys()).toEqual(['young']);
    expect(await ledger.heartbeat.read()).toBe(overdueAt);
  });

  it('counts what it deleted with its age, and notes the oldest object that it saw (ONE-1)', async () => {
    const { storage, dwell, ports } = given();
    for (const key of ['a', 'b']) storage.put(key, new Uint8Array(1), old);
    storage.put('young', new Uint8Array(1), 1_000);
    storage.refuseInBatch('b');
    await sweep(ports);
    const { lifetimes, sight } = await dwell.read(overdueAt);
    expect(summarizeDwell(lifetimes)).toMatchObject({ count: 1, maxMs: dwellBoundMs(dwellBucket(old)) });
    expect(sight).toEqual({ oldestAgeMs: old, at: overdueAt });
  });

  it('notes no sight of a listing that broke off', async () => {
    const { storage, dwell, ports } = given();
    storage.fail('list');
    await sweep(ports);
    expect((await dwell.read(overdueAt)).sight).toBeUndefined();
  });

  it('does its work, and beats the heart, when lifetimes cannot be counted', async () => {
    const { ledger, storage, dwell, ports, said } = given();
    storage.put('a', new Uint8Array(1), old);
    dwell.fail();
    expect(await sweep(ports)).toMatchObject({ deleted: 1, complete: true });
    expect(await ledger.heartbeat.read()).toBe(overdueAt);
    expect(said).toContainEqual(['error', 'dwell-not-counted', undefined]);
  });

  it('raises an event of its own for having had to delete at all', async () => {
    const { storage, ports, said } = given();
    await sweep(ports);
    expect(said.map(([, event]) => event)).toEqual(['sweep-finished']);
    storage.put('a', new Uint8Array(1), old);
    await sweep(ports);
    expect(said).toContainEqual(['warn', 'sweep-deleted-objects', { count: 1 }]);
  });

  it('does not beat the heart when the listing did not reach its end (ONE-5)', async () => {
    const { ledger, storage, ports, issue, stateOf } = given();
    const scan = await issue();
    storage.fail('list');
    expect((await sweep(ports)).complete).toBe(false);
    expect(await ledger.heartbeat.read()).toBeUndefined();
    expect(await stateOf(scan.scanId)).toBe('expired');
  });

  it('does not beat the heart when one key of a batch was not confirmed', async () => {
    const { ledger, storage, ports } = given();
    for (const key of ['a', 'b', 'c']) storage.put(key, new Uint8Array(1), old);
    storage.refuseInBatch('b');
    expect(await sweep(ports)).toMatchObject({ deleted: 2, failed: 1, complete: false });
    expect(storage.keys()).toEqual(['b']);
    expect(await ledger.heartbeat.read()).toBeUndefined();
    expect(await sweep(ports)).toMatchObject({ deleted: 1, complete: true });
    expect(await ledger.heartbeat.read()).toBe(overdueAt);
  });

  it('goes on with the next batch when one fails, and does not beat the heart', async () => {
    const { ledger, storage, ports } = given();
    for (const key of ['a', 'b', 'c', 'd']) storage.put(key, new Uint8Array(1), old);
    storage.fail('deleteAll');
    expect(await sweep(ports)).toMatchObject({ deleted: 2, failed: 2, complete: false });
    expect(await ledger.heartbeat.read()).toBeUndefined();
  });

  it('ends a ticket that nobody used as expired, and gives the unit back', async () => {
    const { ledger, ports, issue, stateOf } = given();
    const scan = await issue();
    expect(await sweep(ports)).toMatchObject({ settled: 1 });
    expect(await stateOf(scan.scanId)).toBe('expired');
    expect(ledger.purchase('account', 'pi_first')?.scansUsed).toBe(0);
  });

  it('ends a scan whose event got lost as failed, and deletes its object in time', async () => {
    const { storage, ports, issue, stateOf } = given();
    const scan = await issue();
    storage.put(scan.scanId, new Uint8Array(1), old);
    await sweep(ports);
    expect(await stateOf(scan.scanId)).toBe('failed');
    expect(storage.keys()).toEqual([]);
  });

  it('fails a claimed scan only when its lease ran out', async () => {
    const { ledger, ports, issue, stateOf } = given();
    const [live, dead] = [await issue(), await issue()];
    await ledger.scans.claim(live.scanId, aLease({ leaseUntil: overdueAt + 1 }), noon);
    await ledger.scans.claim(dead.scanId, aLease({ leaseUntil: overdueAt }), noon);
    await sweep(ports);
    expect(await stateOf(live.scanId)).toBe('claimed');
    expect(await stateOf(dead.scanId)).toBe('failed');
  });

  it('leaves open scans alone before their deadline', async () => {
    const { ports, issue, stateOf } = given(overdueAt - 1);
    const scan = await issue();
    expect(await sweep(ports)).toMatchObject({ settled: 0 });
    expect(await stateOf(scan.scanId)).toBe('issued');
  });

  it('settles many, each once, also when two sweeps overlap', async () => {
    const { ledger, ports, issue } = given();
    for (let count = 0; count < 60; count += 1) await issue();
    const [first, second] = await Promise.all([sweep(ports), sweep(ports)]);
    expect(first.settled + second.settled).toBe(60);
    expect(ledger.purchase('account', 'pi_first')?.scansUsed).toBe(0);
    expect(ledger.all().every(({ state }) => state === 'expired')).toBe(true);
  });

  it('settles the others when one scan cannot be settled, and throws afterwards', async () => {
    const { ledger, ports, issue, stateOf } = given();
    const scans = [await issue(), await issue(), await issue()];
    ledger.fail('settle', 'lost');
    await expect(sweep(ports)).rejects.toThrow('lost');
    for (const { scanId } of scans) expect(await stateOf(scanId)).toBe('expired');
    expect(ledger.purchase('account', 'pi_first')?.scansUsed).toBe(0);
  });

  it('does every other part when one throws', async () => {
    const { ledger, storage, ports, issue, stateOf } = given();
    const scan = await issue();
    storage.fail('abort');
    await expect(sweep(ports)).rejects.toThrow(StorageError);
    expect(await stateOf(scan.scanId)).toBe('expired');
    expect(await ledger.heartbeat.read()).toBe(overdueAt);
  });

  it('never touches a terminal scan that the eventually consistent index still shows', async () => {
    const { ledger, ports, issue, stateOf } = given();
    const scan = await issue();
    await ledger.scans.settle({ from: scan, outcome: outcomes.erased, endedAt: noon });
    const stale = {
      ...ports,
      scans: {
        ...ledger.scans,
        async *findOverdue() {
          yield scan.scanId;
          yield 'long-gone';
        },
      },
    };
    expect(await sweep(stale)).toMatchObject({ settled: 0 });
    expect(await stateOf(scan.scanId)).toBe('erased');
  });
});
