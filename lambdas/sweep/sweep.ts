/**
 * The net under everything: no object and no open scan outlives its deadline (step 5 of the life of an image).
 * It reads no image and does nothing else. Each part runs whatever became of the others; only a run whose
 * listing reached its end, and whose every due deletion was confirmed, beats the heart (ONE-5).
 */
import type {
  Clock,
  DwellStore,
  HeartbeatStore,
  ListedObject,
  Pacing,
  ScanStore,
  UploadBucket,
} from '../../core/ports.ts';
import { decideOverdue, isOpen, openShards, protocol } from '../../core/scan.ts';
import { settle } from '../../core/settle.ts';
import type { Log } from '../runtime/log.ts';

export interface SweepPorts {
  readonly bucket: UploadBucket;
  readonly scans: ScanStore;
  readonly heartbeat: HeartbeatStore;
  readonly dwell: Pick<DwellStore, 'count' | 'saw'>;
  readonly clock: Clock;
  readonly pacing: Pacing;
  readonly log: Log;
}

/** What one run found and did. */
export interface SweepReport {
  readonly listed: number;
  readonly deleted: number;
  /** Due deletions that storage did not confirm. */
  readonly failed: number;
  /** Age of the oldest object that the listing held, ms; 0 for an empty bucket. */
  readonly oldestAgeMs: number;
  readonly settled: number;
  readonly aborted: number;
  /** The listing reached its end and every due deletion was confirmed. */
  readonly complete: boolean;
}

const deleteBatch = 1000;
const settleInParallel = 8;

/** One run. Throws the first error of any part, after all parts ran. */
export async function sweep(ports: SweepPorts): Promise<SweepReport> {
  const startedAt = ports.clock.now();
  const errors: unknown[] = [];
  const guard = async <T>(part: Promise<T>, otherwise: T): Promise<T> =>
    part.catch((error: unknown) => {
      errors.push(error);
      return otherwise;
    });

  const objects = await guard(deleteOverdue(ports), nothingListed);
  const complete = objects.complete && objects.failed === 0;
  if (complete) await guard(ports.heartbeat.beat(startedAt), undefined);
  const settled = await guard(settleOverdue(ports, objects.keys), 0);
  const aborted = await guard(ports.bucket.abortMultipartUploads(protocol.objectMaxAgeMs), 0);
  await noteDwell(ports, objects, startedAt);

  const { keys, deletedAgesMs: _ages, ...counts } = objects;
  const report: SweepReport = { ...counts, listed: keys.size, settled, aborted, complete };
  tell(ports.log, report);
  if (errors.length > 0) throw errors[0];
  return report;
}

interface Listed {
  readonly keys: ReadonlySet<string>;
  /** Of every confirmed deletion. */
  readonly deletedAgesMs: readonly number[];
  readonly deleted: number;
  readonly failed: number;
  readonly oldestAgeMs: number;
  readonly complete: boolean;
}

const nothingListed: Listed = {
  keys: new Set(),
  deletedAgesMs: [],
  deleted: 0,
  failed: 0,
  oldestAgeMs: 0,
  complete: false,
};

/** Lists the whole bucket and deletes what is too old; a batch that fails does not stop the next. */
async function deleteOverdue({ bucket, log }: SweepPorts): Promise<Listed> {
  const keys = new Set<string>();
  const deletedAgesMs: number[] = [];
  let oldestAgeMs = 0;
  let failed = 0;
  let complete = true;
  try {
    for await (const page of bucket.list()) {
      for (const { key, ageMs } of page) {
        keys.add(key);
        oldestAgeMs = Math.max(oldestAgeMs, ageMs);
      }
      for (const batch of batchesOf(overdue(page))) {
        const due = batch.map(({ key }) => key);
        const unconfirmed = await bucket.deleteAll(due).catch((error: unknown) => {
          log.error('deletion-failed', error, { count: due.length });
          return due;
        });
        failed += unconfirmed.length;
        const still = new Set(unconfirmed);
        deletedAgesMs.push(...batch.filter(({ key }) => !still.has(key)).map(({ ageMs }) => ageMs));
      }
    }
  } catch (error) {
    log.error('sweep-incomplete', error);
    complete = false;
  }
  return { keys, deletedAgesMs, deleted: deletedAgesMs.length, failed, oldestAgeMs, complete };
}

/** Statistics, best effort: no object and no scan depends on them. */
async function noteDwell({ dwell, clock, log }: SweepPorts, listed: Listed, at: number): Promise<void> {
  const { complete, deletedAgesMs, oldestAgeMs } = listed;
  const notes = await Promise.allSettled([
    ...(deletedAgesMs.length > 0 ? [dwell.count(deletedAgesMs, clock.now())] : []),
    // A listing that broke off may have missed the oldest.
    ...(complete ? [dwell.saw({ oldestAgeMs, at })] : []),
  ]);
  for (const note of notes) if (note.status === 'rejected') log.error('dwell-not-counted', note.reason);
}

function overdue(page: readonly ListedObject[]): readonly ListedObject[] {
  return page.filter(({ ageMs }) => ageMs > protocol.objectMaxAgeMs);
}

function* batchesOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += deleteBatch) yield items.slice(at, at + deleteBatch);
}

/** Ends every open scan past its deadline whose lease, if any, ran out. */
async function settleOverdue(ports: SweepPorts, keysSeen: ReadonlySet<string>): Promise<number> {
  const now = ports.clock.now();
  const errors: unknown[] = [];
  let settled = 0;
  for (let shard = 0; shard < openShards; shard += 1) {
    const overdueScans = ports.scans.findOverdue(String(shard), now);
    // Workers share one iterator: bounded parallelism without holding the list.
    const workers = Array.from({ length: settleInParallel }, async () => {
      for await (const scanId of sharing(overdueScans)) {
        try {
          if (await settleOne(ports, scanId, now, keysSeen.has(scanId))) settled += 1;
        } catch (error) {
          ports.log.error('scan-not-settled', error);
          errors.push(error);
        }
      }
    });
    await Promise.all(workers);
  }
  // One scan that cannot be settled must not keep the others open; the run still counts as failed.
  if (errors.length > 0) throw errors[0];
  return settled;
}

/** An iterable whose early end by one consumer does not end it for the others. */
function sharing<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

async function settleOne(
  ports: SweepPorts,
  scanId: string,
  now: number,
  objectSeen: boolean,
): Promise<boolean> {
  const scan = await ports.scans.find(scanId);
  if (scan === undefined || !isOpen(scan)) return false;
  const outcome = decideOverdue(scan, now, objectSeen);
  if (outcome === undefined) return false;
  const answer = await settle(ports, scan, outcome);
  if (answer === 'settled') ports.log.info('scan-settled', { state: outcome.state });
  else ports.log.warn('scan-not-settled', { answer });
  return answer === 'settled';
}

function tell(log: Log, report: SweepReport): void {
  const { complete, ...counts } = report;
  // Having to delete anything at all means that the trigger may be dead: an alarm counts this event.
  if (report.deleted > 0) log.warn('sweep-deleted-objects', { count: report.deleted });
  if (complete) log.info('sweep-finished', { ...counts, complete });
  else log.error('sweep-incomplete', undefined, { ...counts, complete });
}
