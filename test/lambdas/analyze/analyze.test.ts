import { describe, expect, it } from 'vitest';
import { dwellBucket } from '../../../core/dwell.ts';
import { protocol } from '../../../core/scan.ts';
import type { Analyzer, ImageDecoder, Pixels } from '../../../core/ports.ts';
import { startAnalyzer } from '../../../lambdas/adapters/analyzer-host.ts';
import { analyze, DeletionUnverifiedError, type AnalyzePorts } from '../../../lambdas/analyze/analyze.ts';
import {
  aConsent,
  aLease,
  anAccount,
  anIssuedScan,
  aPurchase,
  aTicket,
  freshId,
  noon,
  outcomes,
  sha256,
} from '../../contract/given.ts';
import { createMemoryDwell } from '../../memory/dwell.ts';
import { createMemoryImages, StorageError } from '../../memory/images.ts';
import { createMemoryLedger, LostAnswerError } from '../../memory/ledger.ts';
import { silentLog } from '../../memory/log.ts';
import { aMemoryPhoto, createMemoryAnalyzer, createMemoryDecoder } from '../../memory/look.ts';
import { byLogit, endlessIfBright, givenModel, manifestOf } from '../../models/strangers.ts';

const photo = aMemoryPhoto(8, 8, 100);
const { identity } = createMemoryAnalyzer();

interface World {
  readonly decode?: ImageDecoder['decode'];
  readonly look?: Analyzer['analyze'];
  readonly now?: number;
  readonly uploaded?: Uint8Array;
}

/** A ticket was given and its photo uploaded 100 ms ago. */
async function given(world: World = {}) {
  const calls: string[] = [];
  const ledger = createMemoryLedger();
  const storage = createMemoryImages(calls);
  const dwell = createMemoryDwell();
  const scan = anIssuedScan('account', {
    upload: { contentType: 'image/jpeg', contentLength: photo.length, sha256: sha256(photo) },
  });
  ledger.put.account(anAccount('account'));
  ledger.put.consent('account', aConsent());
  ledger.put.purchase(aPurchase('account'));
  await ledger.tickets.issue(aTicket(scan));
  const etag = storage.put(scan.scanId, world.uploaded ?? photo);
  const seen: { bytes?: Uint8Array; pixels?: Pixels } = {};
  const inMemory = { decoder: createMemoryDecoder(calls), analyzer: createMemoryAnalyzer(calls) };
  const decoder: ImageDecoder = {
    decode(bytes, geometry) {
      seen.bytes = bytes;
      return world.decode?.(bytes, geometry) ?? inMemory.decoder.decode(bytes, geometry);
    },
  };
  const analyzer: Analyzer = {
    ...inMemory.analyzer,
    analyze(pixels) {
      seen.pixels = pixels;
      return world.look?.(pixels) ?? inMemory.analyzer.analyze(pixels);
    },
  };
  const ports: AnalyzePorts = {
    scans: ledger.scans,
    dwell,
    images: storage.images,
    decoder,
    analyzer,
    clock: { now: () => world.now ?? noon + 900 },
    ids: { next: freshId },
    pacing: { pause: async () => {} },
    log: silentLog,
  };
  const arrival = { key: scan.scanId, etag, sequencer: '01', arrivedAt: noon + 800 };
  const end = async () => {
    const purchase = ledger.purchase('account', 'pi_first');
    const found = await ledger.scans.find(scan.scanId);
    return {
      bucket: storage.keys(),
      state: found?.state,
      outcome: found !== undefined && 'outcome' in found ? found.outcome : undefined,
      units: [purchase?.scansUsed, purchase?.scansCompleted],
    };
  };
  const counted = async () => [...(await dwell.read(noon)).lifetimes];
  return { ledger, storage, dwell, scan, ports, arrival, calls, end, counted, seen };
}

const enoughTime = () => 30_000;
const deletion = { deletedAt: noon + 900, msFromUpload: 100 };

describe('analyze', () => {
  it('reads, deletes, verifies, and only then decodes and looks (CAL-1)', async () => {
    const { ports, arrival, calls, end } = await given();
    await analyze(ports, arrival, enoughTime);
    expect(calls).toEqual(['read', 'delete', 'isGone', 'decode', 'infer']);
    expect(await end()).toEqual({
      bucket: [],
      state: 'completed',
      outcome: { state: 'completed', band: 'no-clear-difference', model: identity, deletion },
      units: [1, 1],
    });
  });

  it('ends a scan whose model never comes back as inconclusive, and gives its unit back', async () => {
    const outputs = { logit: { dtype: 'float32', shape: [1, 1] } };
    const dir = await givenModel(endlessIfBright, (bytes) => manifestOf(bytes, {}, outputs, byLogit));
    const endless = await startAnalyzer(dir, { threads: 1, timeLimitMs: 500 });
    const { width, height } = endless.geometry;
    const look = () => endless.analyze({ width, height, data: new Uint8Array(width * height * 3).fill(250) });
    const { ports, arrival, end } = await given({ look });
    await analyze(ports, arrival, enoughTime);
    expect(await end()).toEqual({
      bucket: [],
      state: 'inconclusive',
      outcome: { state: 'inconclusive', reason: 'model-error', model: identity, deletion },
      units: [0, 0],
    });
  }, 60_000);

  it('counts how long the object lived once the scan has ended, and once only (ONE-1)', async () => {
    const { ports, arrival, ledger, scan, counted } = await given();
    await analyze(ports, arrival, enoughTime);
    expect(await counted()).toEqual([[dwellBucket(100), 1]]);
    expect((await ledger.scans.find(scan.scanId))?.state).toBe('completed');
    await analyze(ports, arrival, enoughTime);
    expect(await counted()).toEqual([[dwellBucket(100), 1]]);
  });

  it('counts an object that came too late to be looked at, too', async () => {
    const { ports, arrival, counted } = await given({ now: noon + protocol.deadlineMs });
    await analyze(ports, arrival, enoughTime);
    expect(await counted()).toEqual([[dwellBucket(protocol.deadlineMs - 800), 1]]);
  });

  it('counts nothing of an object that it could not delete', async () => {
    const { ports, arrival, storage, counted } = await given();
    for (let times = 0; times < 10; times += 1) storage.fail('delete');
    await expect(analyze(ports, arrival, enoughTime)).rejects.toThrow(DeletionUnverifiedError);
    expect(await counted()).toEqual([]);
  });

  it('ends the scan all the same when lifetimes cannot be counted', async () => {
    const { ports, arrival, dwell, end } = await given();
    dwell.fail();
    await analyze(ports, arrival, enoughTime);
    expect(await end()).toMatchObject({ bucket: [], state: 'completed', units: [1, 1] });
  });

  it('zeroes every buffer of its own', async () => {
    const { ports, arrival, seen } = await given();
    await analyze(ports, arrival, enoughTime);
    expect(seen.bytes).toEqual(new Uint8Array(photo.length));
    expect(seen.pixels?.data).toEqual(new Uint8Array(3));
  });

  it.each<[string, World, string]>([
    ['corrupt-image', { decode: async () => ({ ok: false, reason: 'corrupt-image' }) }, 'rejected'],
    ['blurred', { look: async () => ({ kind: 'inconclusive', reason: 'blurred' }) }, 'inconclusive'],
  ])('ends with the reason %s, uncharged', async (reason, world, state) => {
    const { ports, arrival, end } = await given(world);
    await analyze(ports, arrival, enoughTime);
    expect(await end()).toMatchObject({ bucket: [], outcome: { state, reason, deletion }, units: [0, 0] });
  });

  it.each([
    ['length-mismatch', Uint8Array.of(1, 2)],
    ['length-mismatch', Uint8Array.of(...photo, 5)],
    ['checksum-mismatch', photo.toReversed()],
  ])('rejects other bytes than the ticket’s as %s, unparsed', async (reason, uploaded) => {
    const { ports, arrival, calls, end } = await given({ uploaded });
    await analyze(ports, arrival, enoughTime);
    expect(calls).not.toContain('decode');
    expect(await end()).toMatchObject({
      bucket: [],
      outcome: { state: 'rejected', reason, deletion },
      units: [0, 0],
    });
  });

  it('fails, uncharged, when decoding or looking throws: the image is gone already', async () => {
    for (const world of [
      { decode: async () => Promise.reject(new Error('decoder')) },
      { look: async () => Promise.reject(new Error('model')) },
    ]) {
      const { ports, arrival, end } = await given(world);
      await analyze(ports, arrival, enoughTime);
      expect(await end()).toMatchObject({
        bucket: [],
        outcome: { state: 'failed', reason: 'interrupted', deletion },
        units: [0, 0],
      });
    }
  });

  it('stops looking early enough to settle', async () => {
    const { ports, arrival, end } = await given({ look: () => new Promise<never>(() => {}) });
    await analyze(ports, arrival, () => 6_001);
    expect(await end()).toMatchObject({ outcome: { state: 'failed', reason: 'interrupted' } });
  });

  it('fails when the object was gone or replaced before the read', async () => {
    const gone = await given();
    await gone.storage.images.delete(gone.scan.scanId);
    await analyze(gone.ports, gone.arrival, enoughTime);
    expect(await gone.end()).toMatchObject({ outcome: { state: 'failed', reason: 'image-gone' } });

    const replaced = await given();
    await analyze(replaced.ports, { ...replaced.arrival, etag: 'other' }, enoughTime);
    expect(await replaced.end()).toMatchObject({
      bucket: [],
      outcome: { state: 'failed', reason: 'image-gone', deletion },
      units: [0, 0],
    });
  });

  it('deletes and fails when the read fails', async () => {
    const { ports, arrival, storage, end } = await given();
    storage.fail('read');
    await analyze(ports, arrival, enoughTime);
    expect(await end()).toMatchObject({
      bucket: [],
      outcome: { state: 'failed', reason: 'interrupted', deletion },
      units: [0, 0],
    });
  });

  it('deletes again when a replayed upload brings the object back before it was verified', async () => {
    const { ports, arrival, storage, scan, calls, end } = await given();
    storage.afterDelete(() => void storage.put(scan.scanId, photo));
    await analyze(ports, arrival, enoughTime);
    expect(calls.slice(0, 5)).toEqual(['read', 'delete', 'isGone', 'delete', 'isGone']);
    expect(await end()).toMatchObject({ bucket: [], state: 'completed' });
  });

  it.each(['refused', 'applied'] as const)(
    'repeats a deletion that was %s without an answer',
    async (how) => {
      const { ports, arrival, storage, end } = await given();
      storage.fail('delete', how);
      storage.fail('isGone', 'refused');
      await analyze(ports, arrival, enoughTime);
      expect(await end()).toMatchObject({ bucket: [], state: 'completed' });
    },
  );

  it('parses nothing, settles failed and throws when the deletion keeps failing', async () => {
    const { ports, arrival, storage, calls, end } = await given();
    for (let times = 0; times < 10; times += 1) storage.fail('delete');
    await expect(analyze(ports, arrival, enoughTime)).rejects.toThrow(DeletionUnverifiedError);
    expect(calls).not.toContain('decode');
    expect(await end()).toMatchObject({
      outcome: { state: 'failed', reason: 'deletion-unverified' },
      units: [0, 0],
    });
  });

  it('leaves a duplicate of an event alone while the first is at work', async () => {
    const { ports, arrival, ledger, scan, calls } = await given();
    await ledger.scans.claim(scan.scanId, aLease({ leaseUntil: noon + 40_000 }), noon);
    await analyze(ports, arrival, enoughTime);
    expect(calls).toEqual([]);
  });

  it('deletes a replayed upload under another’s lease, and nothing else', async () => {
    const { ports, arrival, ledger, scan, calls, end } = await given();
    await ledger.scans.claim(scan.scanId, aLease({ leaseUntil: noon + 40_000 }), noon);
    await analyze(ports, { ...arrival, sequencer: '02' }, enoughTime);
    expect(calls).toEqual(['delete', 'isGone']);
    expect(await end()).toMatchObject({ bucket: [], state: 'claimed', units: [1, 0] });
  });

  it('deletes unread what no ticket named, what came late, and what is terminal', async () => {
    const unknown = await given();
    const etag = unknown.storage.put('stray', photo);
    await analyze(unknown.ports, { ...unknown.arrival, key: 'stray', etag }, enoughTime);
    expect(unknown.storage.keys()).toEqual([unknown.scan.scanId]);

    const late = await given({ now: noon + protocol.deadlineMs });
    await analyze(late.ports, late.arrival, enoughTime);
    expect(late.calls).toEqual(['delete', 'isGone']);
    expect(await late.end()).toMatchObject({ bucket: [], state: 'issued' });

    const ended = await given();
    await ended.ledger.scans.settle({ from: ended.scan, outcome: outcomes.erased, endedAt: noon });
    await analyze(ended.ports, ended.arrival, enoughTime);
    expect(ended.calls).toEqual(['delete', 'isGone']);
    expect(await ended.end()).toMatchObject({ bucket: [], state: 'erased', units: [0, 0] });
  });

  it('looks after a lost answer of its own claim, and charges once', async () => {
    const { ports, arrival, ledger, end } = await given();
    ledger.fail('claim', 'conflict');
    await analyze(ports, arrival, enoughTime);
    expect(await end()).toMatchObject({ state: 'completed', units: [1, 1] });
  });

  it('deletes the object before it gives up on a database that does not answer', async () => {
    const { ports, arrival, ledger, calls, end } = await given();
    ledger.fail('claim', 'lost');
    await expect(analyze(ports, arrival, enoughTime)).rejects.toThrow(LostAnswerError);
    expect(calls).toEqual(['delete', 'isGone']);
    expect(await end()).toMatchObject({ bucket: [] });
  });

  it('run again after a crash that followed the deletion fails the scan, and gives the unit back', async () => {
    const { ports, arrival, ledger, scan, storage, end } = await given({ now: noon + 60_000 });
    await ledger.scans.claim(scan.scanId, aLease({ leaseUntil: noon + 40_000 }), noon);
    await storage.images.delete(scan.scanId);
    await analyze(ports, arrival, enoughTime);
    expect(await end()).toMatchObject({
      outcome: { state: 'failed', reason: 'image-gone' },
      units: [0, 0],
    });
  });

  it('throws when the settlement’s answer is lost; run again, it moves nothing twice', async () => {
    const { ports, arrival, ledger, end } = await given();
    ledger.fail('settle', 'lost');
    await expect(analyze(ports, arrival, enoughTime)).rejects.toThrow(LostAnswerError);
    await analyze(ports, arrival, enoughTime);
    expect(await end()).toMatchObject({ bucket: [], state: 'completed', units: [1, 1] });
  });

  it('keeps the deletion’s error where storage fails for an object that it may not claim', async () => {
    const { ports, arrival, storage } = await given();
    storage.put('stray', photo);
    for (let times = 0; times < 4; times += 1) storage.fail('delete');
    await expect(analyze(ports, { ...arrival, key: 'stray' }, enoughTime)).rejects.toMatchObject({
      code: 'deletion-unverified',
      cause: new StorageError('delete'),
    });
  });
});
