/**
 * Deletes users of the identity provider who asked for a code a day ago and never showed that the address is theirs: it
 * may be anybody's. Whoever signs in at that very moment is either an account before, and stays, or cannot become one.
 */
import { erasureTimes } from '../../core/erasure.ts';
import type { ErasureStore, UserDirectory } from '../../core/erasure-ports.ts';
import type { AccountStore, Clock } from '../../core/ports.ts';
import type { Log } from '../runtime/log.ts';

export interface RemoveUnverifiedPorts {
  readonly users: UserDirectory;
  readonly accounts: AccountStore;
  readonly erasures: Pick<ErasureStore, 'bar'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One run, until `mayGoOn` says no: the next one goes on. */
export async function removeUnverified(ports: RemoveUnverifiedPorts, mayGoOn: () => boolean): Promise<void> {
  const now = ports.clock.now();
  const strangers: string[] = [];
  for await (const accountId of ports.users.createdBefore(now - erasureTimes.unverifiedMs)) {
    if ((await ports.accounts.find(accountId)) === undefined) strangers.push(accountId);
  }
  let count = 0;
  // After the last page: one of users that were deleted meanwhile would skip others.
  for (const accountId of strangers) {
    if (!mayGoOn()) break;
    if (!(await ports.erasures.bar(accountId, now))) continue;
    await ports.users.remove(accountId);
    count += 1;
  }
  ports.log.info('unverified-removed', { count });
}
