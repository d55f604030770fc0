/**
 * Deletes a scan (CAL-3). What a completed scan used is not given back (CAL-4); an open one ends as `erased`,
 * which gives its unit back, and its image is deleted at once as well as by whoever is looking at it.
 */
import { OnceoverError } from '../../core/errors.ts';
import type { DeletedScan } from '../../core/contract.ts';
import { chargeOf, isOpen } from '../../core/scan.ts';
import { settle } from '../../core/settle.ts';
import { findOwn } from './own-scan.ts';
import type { ApiPorts } from './ports.ts';

type DeletePorts = Pick<ApiPorts, 'scans' | 'clock' | 'pacing' | 'images' | 'log'>;

/** A scan moves at most from issued to claimed, through a few leases, to its end. */
const maxAttempts = 5;

const kept = 'The scan is deleted. The scan that it used is not given back to your plan.';
const nothingUsed = 'The scan is deleted. It had used nothing of your plan.';
const returned = 'The scan is ended and deleted, its photo with it, and its unit is back in your plan.';

/** Deletes it, and says what became of its unit. @throws OnceoverError `scan-not-found`, or `busy` when it kept moving. */
export async function deleteScan(
  ports: DeletePorts,
  accountId: string,
  scanId: string,
): Promise<DeletedScan> {
  await findOwn(ports, accountId, scanId);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const message = await tryToDelete(ports, accountId, scanId);
    if (message !== undefined) return { givenBack: message === returned, message };
    await ports.pacing.pause(attempt);
  }
  throw new OnceoverError('busy', { retryAfterSeconds: 1 });
}

/** What it did, in words; undefined: the scan moved meanwhile; look again. */
async function tryToDelete(
  ports: DeletePorts,
  accountId: string,
  scanId: string,
): Promise<string | undefined> {
  const scan = await ports.scans.find(scanId);
  // Gone, or erased by a withdrawal in between: what was asked for has happened.
  if (scan === undefined || scan.state === 'erased') return nothingUsed;
  if (!isOpen(scan)) {
    if (!(await ports.scans.removeTerminal(accountId, scanId))) return undefined;
    return chargeOf[scan.state] === 'charged' ? kept : nothingUsed;
  }
  const answer = await settle(ports, scan, { state: 'erased' });
  if (answer !== 'settled' && answer !== 'gone') return undefined;
  await deleteImage(ports, scanId);
  return returned;
}

/** Best effort: the trigger deletes what arrives for a terminal scan, and the sweep whatever is left. */
async function deleteImage({ images, log }: DeletePorts, scanId: string): Promise<void> {
  try {
    await images.delete(scanId);
  } catch (error) {
    log.error('image-deletion-deferred', error);
  }
}
