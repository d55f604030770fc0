/**
 * After a backup was restored: looks at every stored item, asks the ledger about its account, and has everything that was
 * erased before erased again. Must run before the API is opened to people. Invoked by hand; twice is as good as once.
 */
import type { ErasureMark, ErasureStore } from '../../core/erasure-ports.ts';
import type { KeptItems } from '../../core/people-ports.ts';
import type { Clock, Ids, KeyedHash } from '../../core/ports.ts';
import type { StoredItem } from '../../core/retention.ts';
import { identityKey, type TableName } from '../../core/tables.ts';
import type { Log } from '../runtime/log.ts';

export interface ReplayPorts {
  readonly items: Pick<KeptItems, 'pages'>;
  readonly erasures: Pick<ErasureStore, 'marksOf' | 'redo'>;
  readonly keyedHash: KeyedHash;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What one run found and wrote. */
export interface ReplayReport {
  /** Items that were looked at. */
  readonly count: number;
  /** Erasures that were begun again. */
  readonly erasures: number;
}

/** Where an item names an account; the scans last, whose items are most. */
const named: readonly TableName[] = [
  'accounts',
  'identities',
  'purchases',
  'consents',
  'communications',
  'scans',
];

interface Erased {
  readonly marks: readonly ErasureMark[];
  addressHash: string | undefined;
}

/** Goes through everything. Throws what a port throws; begun again, it begins anew. */
export async function replayErasures(ports: ReplayPorts): Promise<ReplayReport> {
  const erased = new Map<string, Erased>();
  const asked = new Set<string>();
  let count = 0;
  for (const table of named) {
    for await (const page of ports.items.pages({ table, segment: 0, segments: 1 })) {
      count += page.length;
      for (const item of page) await ask(ports, item, asked, erased);
    }
  }
  let erasures = 0;
  for (const [accountId, { marks, addressHash }] of erased) {
    for (const mark of whatRemains(marks)) {
      await ports.erasures.redo({
        ...mark,
        accountId,
        ...(addressHash === undefined ? {} : { addressHash }),
        reference: ports.ids.next(),
        at: ports.clock.now(),
      });
      erasures += 1;
    }
  }
  ports.log.warn('erasures-replayed', { count: erasures, listed: count });
  return { count, erasures };
}

async function ask(
  { erasures, keyedHash }: ReplayPorts,
  item: StoredItem,
  asked: Set<string>,
  erased: Map<string, Erased>,
): Promise<void> {
  const { accountId, email, identity } = item;
  if (typeof accountId !== 'string') return;
  if (!asked.has(accountId)) {
    asked.add(accountId);
    const marks = await erasures.marksOf(accountId);
    if (marks.length > 0) erased.set(accountId, { marks, addressHash: undefined });
  }
  const found = erased.get(accountId);
  if (found === undefined) return;
  if (typeof email === 'string') found.addressHash = keyedHash('address', email);
  const prefix = identityKey.address('');
  if (typeof identity === 'string' && identity.startsWith(prefix)) {
    found.addressHash = identity.slice(prefix.length);
  }
}

/** Of an account that is gone nothing else need be said. */
function whatRemains(marks: readonly ErasureMark[]): readonly ErasureMark[] {
  const whole = marks.filter(({ scope }) => scope === 'account');
  return whole.length > 0 ? whole : marks;
}
