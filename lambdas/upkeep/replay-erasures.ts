/**
 * After a backup was restored: looks at every stored item, asks the ledger about its account, and has everything that was
 * erased before erased again. Must be complete before the API is opened to people. Invoked by hand, until it is; a run that
 * is stopped, in whatever way, is gone on with by the next one for the same backup. Twice is as good as once.
 */
import type { ErasureMark, ErasureStore } from '../../core/erasure-ports.ts';
import type { KeptItems, ReplayLog } from '../../core/people-ports.ts';
import type { Clock, Ids, KeyedHash } from '../../core/ports.ts';
import type { StoredItem } from '../../core/retention.ts';
import { identityKey, type TableName } from '../../core/tables.ts';
import type { Log } from '../runtime/log.ts';
import { takeSteps } from './steps.ts';

export interface ReplayPorts {
  readonly items: Pick<KeptItems, 'pages'>;
  readonly erasures: Pick<ErasureStore, 'marksOf' | 'redo'>;
  readonly progress: ReplayLog;
  readonly keyedHash: KeyedHash;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What one run found and wrote. */
export interface ReplayReport {
  /** Names the backup, for a run that goes on. */
  readonly restoredAt: string;
  /** Items that were looked at. */
  readonly count: number;
  /** Erasures that were begun again. */
  readonly erasures: number;
  /** The last step was done. */
  readonly complete: boolean;
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

/** Parts of a table to begin with: each is a unit of progress. */
const segmentsOfTables = 32;

/** Of an account whose erasures were begun again: whether they know what its address leads to. */
type Asked = Map<string, 'not-erased' | 'begun' | 'begun-with-address'>;

/**
 * Goes on with the run for this backup, or begins it. `restoredAt`: epoch ms; undefined begins one. `remainingMs`: until the
 * function ends. Throws what a port throws.
 */
export async function replayErasures(
  ports: ReplayPorts,
  restoredAt: number | undefined,
  remainingMs: () => number,
  segments: number = segmentsOfTables,
): Promise<ReplayReport> {
  const run = restoredAt ?? ports.clock.now();
  const before = await ports.progress.read();
  const goesOn = restoredAt !== undefined && before?.restoredAt === restoredAt;
  const asked: Asked = new Map();
  let [count, erasures] = [0, 0];
  const left = await takeSteps({
    tables: named,
    from: goesOn ? before : { segments, steps: 0 },
    remainingMs,
    async work(step, mayGoOn) {
      // Begins again at once what it finds: a run that is killed later has not forgotten it.
      for await (const page of ports.items.pages(step)) {
        for (const item of page) {
          count += 1;
          erasures += await redo(ports, item, asked);
          if (!mayGoOn()) return 'no-time';
        }
      }
      return 'done';
    },
    note: (progress) => ports.progress.write({ restoredAt: run, ...progress }),
  });
  const complete = left === 0;
  ports.log.warn('erasures-replayed', { count: erasures, listed: count, complete });
  return { restoredAt: new Date(run).toISOString(), count, erasures, complete };
}

/** Answers how many erasures it began. */
async function redo(ports: ReplayPorts, item: StoredItem, asked: Asked): Promise<number> {
  const { accountId } = item;
  if (typeof accountId !== 'string') return 0;
  const addressHash = addressHashOf(ports, item);
  const known = asked.get(accountId);
  if (known !== undefined && (known !== 'begun' || addressHash === undefined)) return 0;
  const marks = whatRemains(await ports.erasures.marksOf(accountId));
  for (const mark of marks) {
    await ports.erasures.redo({
      ...mark,
      accountId,
      ...(addressHash === undefined ? {} : { addressHash }),
      reference: ports.ids.next(),
      at: ports.clock.now(),
    });
  }
  const begun = addressHash === undefined ? 'begun' : 'begun-with-address';
  asked.set(accountId, marks.length === 0 ? 'not-erased' : begun);
  return marks.length;
}

/** Where the item says what the account's address leads to. */
function addressHashOf({ keyedHash }: ReplayPorts, { email, identity }: StoredItem): string | undefined {
  if (typeof email === 'string') return keyedHash('address', email);
  const prefix = identityKey.address('');
  return typeof identity === 'string' && identity.startsWith(prefix)
    ? identity.slice(prefix.length)
    : undefined;
}

/** Of an account that is gone nothing else need be said. */
function whatRemains(marks: readonly ErasureMark[]): readonly ErasureMark[] {
  const whole = marks.filter(({ scope }) => scope === 'account');
  return whole.length > 0 ? whole : marks;
}
