/**
 * Looks once at one uploaded photo, keeps the conclusion, deletes the photo (step 3 of the life of an image).
 * Whatever happens, the object is deleted in this invocation; nothing is parsed before that, and nothing of the
 * image is written anywhere.
 */
import { createHash } from 'node:crypto';
import type { Outcome, VerifiedDeletion } from '../../core/outcome.ts';
import type {
  Analyzer,
  Clock,
  DwellStore,
  Ids,
  ImageDecoder,
  Pacing,
  ScanStore,
  UploadedImages,
} from '../../core/ports.ts';
import { decideClaim, isOpen, protocol, scanIdOfKey, type ClaimedScan, type Lease } from '../../core/scan.ts';
import { settle } from '../../core/settle.ts';
import { withDeadline } from '../runtime/deadline.ts';
import type { Log } from '../runtime/log.ts';

export interface AnalyzePorts {
  readonly scans: ScanStore;
  readonly dwell: Pick<DwellStore, 'count'>;
  readonly images: UploadedImages;
  readonly decoder: ImageDecoder;
  readonly analyzer: Analyzer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly pacing: Pacing;
  readonly log: Log;
}

/** What the storage event says of one object. */
export interface Arrival {
  /** Decoded object key. */
  readonly key: string;
  /** Unquoted. */
  readonly etag: string;
  readonly sequencer: string;
  /** The event's own time, epoch ms. */
  readonly arrivedAt: number;
}

/** The object could not be deleted, or storage would not confirm it. The sweep deletes it; an alarm is due. */
export class DeletionUnverifiedError extends Error {
  override readonly name = 'DeletionUnverifiedError';
  readonly code = 'deletion-unverified';
}

const claimAttempts = 6;
const deletionAttempts = 4;

/**
 * Handles one arrival. `timeLeftMs` is what remains of the invocation; looking stops early enough to settle.
 *
 * @throws DeletionUnverifiedError, or what the database threw: in both cases after every deletion that could be
 * made, so that the runtime's retry finds nothing to read.
 */
export async function analyze(
  ports: AnalyzePorts,
  arrival: Arrival,
  timeLeftMs: () => number,
): Promise<void> {
  const claimed = await takeLease(ports, arrival).catch(async (error: unknown) => {
    await deleteVerified(ports, arrival);
    throw error;
  });
  if (claimed === 'leave') {
    ports.log.info('event-ignored', { answer: 'leave' });
    return;
  }
  if (claimed === 'delete-only' || claimed === 'delete-again') {
    const deletion = await deleteVerified(ports, arrival);
    ports.log.warn('claim-refused', { answer: 'delete-only', msFromUpload: deletion.msFromUpload });
    if (claimed === 'delete-only') await countDwell(ports, deletion);
    return;
  }
  try {
    const outcome = await lookOnce(ports, arrival, claimed, timeLeftMs);
    await settleWith(ports, claimed, outcome, arrival);
    if ('deletion' in outcome) await countDwell(ports, outcome.deletion);
  } catch (error) {
    if (error instanceof DeletionUnverifiedError) {
      await settleWith(ports, claimed, { state: 'failed', reason: 'deletion-unverified' }, arrival);
    }
    throw error;
  }
}

/**
 * Takes the lease, or says why this invocation must not. Each refusal is followed by a strong read.
 * `delete-again`: the scan has ended, so its object was most likely deleted, and counted, before.
 */
async function takeLease(
  ports: AnalyzePorts,
  arrival: Arrival,
): Promise<ClaimedScan | 'leave' | 'delete-only' | 'delete-again'> {
  const scanId = scanIdOfKey(arrival.key);
  if (scanId === undefined) return 'delete-only';
  const leaseId = ports.ids.next();
  for (let attempt = 0; attempt < claimAttempts; attempt += 1) {
    const now = ports.clock.now();
    const scan = await ports.scans.find(scanId);
    const decision = decideClaim(scan, { sequencer: arrival.sequencer, leaseId, now });
    if (decision !== 'claim' || scan === undefined || !('upload' in scan)) {
      if (decision === 'leave') return decision;
      return scan === undefined || isOpen(scan) ? 'delete-only' : 'delete-again';
    }
    const { etag, sequencer } = arrival;
    const lease: Lease = { leaseId, leaseUntil: now + protocol.leaseMs, etag, sequencer };
    if ((await ports.scans.claim(scanId, lease, now)) === 'claimed') {
      ports.log.info('claim-taken', { attempt });
      return { ...scan, state: 'claimed', lease };
    }
    await ports.pacing.pause(attempt);
  }
  return 'delete-only';
}

/** Read, check, delete, verify, and only then decode and infer. */
async function lookOnce(
  ports: AnalyzePorts,
  arrival: Arrival,
  scan: ClaimedScan,
  timeLeftMs: () => number,
): Promise<Outcome> {
  const read = await ports.images
    .read(arrival.key, arrival.etag, scan.upload.contentLength)
    .catch((error: unknown) => ({ ok: false as const, why: 'interrupted' as const, error }));
  if (!read.ok) {
    if (read.why === 'interrupted') ports.log.error('image-read', read.error);
    else ports.log.warn('image-read', { answer: read.why });
    return unread(read.why, await deleteVerified(ports, arrival));
  }
  const { bytes } = read;
  try {
    const mismatch = mismatchOf(bytes, scan);
    const deletion = await deleteVerified(ports, arrival);
    if (mismatch !== undefined) return { state: 'rejected', reason: mismatch, deletion };
    return await conclude(ports, bytes, deletion, timeLeftMs);
  } finally {
    bytes.fill(0);
  }
}

/** How a scan ends whose object could not be read. */
function unread(why: 'gone' | 'changed' | 'too-long' | 'interrupted', deletion: VerifiedDeletion): Outcome {
  switch (why) {
    case 'gone':
      // Somebody else deleted it, at a moment nobody noted.
      return { state: 'failed', reason: 'image-gone' };
    case 'changed':
      return { state: 'failed', reason: 'image-gone', deletion };
    case 'too-long':
      return { state: 'rejected', reason: 'length-mismatch', deletion };
    case 'interrupted':
      return { state: 'failed', reason: 'interrupted', deletion };
  }
}

/** The bytes against what the ticket pinned. */
function mismatchOf(
  bytes: Uint8Array,
  { upload }: ClaimedScan,
): 'length-mismatch' | 'checksum-mismatch' | undefined {
  if (bytes.length !== upload.contentLength) return 'length-mismatch';
  const digest = createHash('sha256').update(bytes).digest('base64');
  return digest === upload.sha256 ? undefined : 'checksum-mismatch';
}

/** Deletes, and repeats while a replayed upload brings the object back, until storage says that it is gone. */
async function deleteVerified(ports: AnalyzePorts, arrival: Arrival): Promise<VerifiedDeletion> {
  let cause: unknown;
  for (let attempt = 0; attempt < deletionAttempts; attempt += 1) {
    if (attempt > 0) await ports.pacing.pause(attempt);
    try {
      await ports.images.delete(arrival.key);
      const deletedAt = ports.clock.now();
      if (await ports.images.isGone(arrival.key)) {
        const msFromUpload = Math.max(0, deletedAt - arrival.arrivedAt);
        ports.log.info('image-deleted', { verified: true, msFromUpload, attempt });
        return { deletedAt, msFromUpload };
      }
      ports.log.warn('deletion-repeated', { attempt });
    } catch (error) {
      cause = error;
      ports.log.error('deletion-failed', error, { attempt });
    }
  }
  throw new DeletionUnverifiedError('storage did not confirm the deletion', { cause });
}

/** Time kept back for settling. */
const settleReserveMs = 6_000;

/** What the photo shows. A failure from here on never brings the image back: it is gone. */
async function conclude(
  ports: AnalyzePorts,
  bytes: Uint8Array,
  deletion: VerifiedDeletion,
  timeLeftMs: () => number,
): Promise<Outcome> {
  const { analyzer, decoder, log } = ports;
  try {
    return await withDeadline(look(), Math.max(1, timeLeftMs() - settleReserveMs));
  } catch (error) {
    log.error('analysis-failed', error);
    return { state: 'failed', reason: 'interrupted', deletion };
  }

  async function look(): Promise<Outcome> {
    const decoded = await decoder.decode(bytes, analyzer.geometry);
    if (!decoded.ok) return { state: 'rejected', reason: decoded.reason, deletion };
    try {
      const finding = await analyzer.analyze(decoded.pixels);
      const model = analyzer.identity;
      return finding.kind === 'completed'
        ? { state: 'completed', band: finding.band, model, deletion }
        : { state: 'inconclusive', reason: finding.reason, model, deletion };
    } finally {
      decoded.pixels.data.fill(0);
    }
  }
}

/** One more object in the statistics (ONE-1), best effort: the scan has ended, whatever becomes of the count. */
async function countDwell(
  { dwell, clock, log }: AnalyzePorts,
  deletion: VerifiedDeletion | undefined,
): Promise<void> {
  if (deletion === undefined) return;
  await dwell.count([deletion.msFromUpload], clock.now()).catch((error: unknown) => {
    log.error('dwell-not-counted', error);
  });
}

async function settleWith(
  ports: AnalyzePorts,
  scan: ClaimedScan,
  outcome: Outcome,
  { arrivedAt }: Arrival,
): Promise<void> {
  const answer = await settle(ports, scan, outcome);
  const reason = 'reason' in outcome ? { reason: outcome.reason } : {};
  const msToResult = Math.max(0, ports.clock.now() - arrivedAt);
  if (answer === 'settled') ports.log.info('scan-settled', { state: outcome.state, ...reason, msToResult });
  else ports.log.warn('scan-not-settled', { answer });
}
