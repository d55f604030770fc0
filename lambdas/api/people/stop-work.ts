/**
 * Ends what an account has under way, in one transaction with the reason for it: a withdrawn consent, or a report of
 * a minor. Killed at any moment, either nothing happened or all of it did; the images follow, and whatever of them is
 * still on its way is deleted unread, because its scan is no longer open.
 */
import { OnceoverError } from '../../../core/errors.ts';
import type { Stop } from '../../../core/people-ports.ts';
import type { OpenScan } from '../../../core/scan.ts';
import { settle } from '../../../core/settle.ts';
import type { ApiPorts } from '../ports.ts';

type StopPorts = Pick<ApiPorts, 'joining' | 'scans' | 'images' | 'clock' | 'pacing' | 'log'>;

/** Scans move while they are read: each ends within minutes, and few are open at once. */
const maxAttempts = 10;
/** A transaction takes 100 items: three are the reason, three the days' counts; the others scans and their purchases. */
const mostItems = 94;

/**
 * Ends all of it, or throws `busy` with nothing of the reason written. `isNeeded` is asked again after each failed
 * try: another request may have stopped the same.
 */
export async function stopWork(
  ports: StopPorts,
  accountId: string,
  cause: NonNullable<Stop['cause']>,
  isNeeded: () => Promise<boolean>,
): Promise<void> {
  let ended = 0;
  for (let attempt = 0; attempt < maxAttempts;) {
    if (attempt > 0 && !(await isNeeded())) return;
    const at = ports.clock.now();
    const work = await ports.joining.findOpenWork(accountId, at);
    const scans = together(work.scans);
    // The reason is written with the last of them: killed before, it was not, and what ended cost nothing.
    const isLast = scans.length === work.scans.length;
    const stop = isLast ? { cause, work } : { work: { scans, tickets: [] } };
    if ((await ports.joining.stop({ accountId, ...stop, at })) === 'stopped') {
      await deleteImages(ports, scans);
      ended += scans.length;
      if (!isLast) continue;
      ports.log.info('work-stopped', { count: ended });
      return;
    }
    attempt += 1;
    await ports.pacing.pause(attempt);
    // One scan whose purchase is gone would hold up all the others.
    if (attempt >= 3) for (const scan of work.scans) ended += Number(await endAlone(ports, scan));
  }
  throw new OnceoverError('busy', { retryAfterSeconds: 1 });
}

/** As many as one transaction can end. */
function together(scans: readonly OpenScan[]): readonly OpenScan[] {
  const purchases = new Set<string>();
  const taken = scans.findIndex(({ paymentIntentId }, at) => {
    purchases.add(paymentIntentId);
    return at + 1 + purchases.size > mostItems;
  });
  return taken === -1 ? scans : scans.slice(0, taken);
}

/** Ends what is left of an account whose reason to stop was written before. */
export async function stopLeftovers(ports: StopPorts, accountId: string): Promise<void> {
  const { scans } = await ports.joining.findOpenWork(accountId, ports.clock.now());
  for (const scan of scans) await endAlone(ports, scan);
}

async function endAlone(ports: StopPorts, scan: OpenScan): Promise<boolean> {
  const answer = await settle(ports, scan, { state: 'erased' });
  if (answer !== 'settled') return false;
  await deleteImages(ports, [scan]);
  return true;
}

/** Best effort: the trigger deletes what arrives for a terminal scan, and the sweep whatever is left. */
async function deleteImages(
  { images, log }: Pick<StopPorts, 'images' | 'log'>,
  scans: readonly OpenScan[],
): Promise<void> {
  const deletions = await Promise.allSettled(scans.map(({ scanId }) => images.delete(scanId)));
  for (const deletion of deletions) {
    if (deletion.status === 'rejected') log.error('image-deletion-deferred', deletion.reason);
  }
}
