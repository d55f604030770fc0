/**
 * Retention: once a day every stored item is asked why it is kept and until when, by the policy; what is due is deleted, and
 * the part is read again until nothing due is left in it. A run that is stopped goes on with the part that it was at, one
 * whose part takes too long with smaller ones; a part that fails keeps nothing in the others. The mark of how far it came
 * names nobody. The database's own removal is days late and no part of this promise.
 */
import type { KeptItems, RetentionLog } from '../../core/people-ports.ts';
import type { Policy } from '../../core/policy.ts';
import type { Clock } from '../../core/ports.ts';
import { dueOf, type RetentionStep, type StoredItem } from '../../core/retention.ts';
import { tables } from '../../core/tables.ts';
import { dayOf } from '../../core/usage.ts';
import type { Log } from '../runtime/log.ts';
import { takeSteps } from './steps.ts';

export interface RetainPorts {
  readonly items: KeptItems;
  readonly progress: RetentionLog;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Log;
}

/** What one run did. */
export interface RetainReport {
  /** Items that were looked at. */
  readonly count: number;
  readonly deleted: number;
  /** Items for which the policy names no reason, or no end: they stay, and somebody is told. */
  readonly unexplained: number;
  /** The day's last step was done. */
  readonly complete: boolean;
}

/** Parts of a table to begin with: each is a unit of progress. */
const segmentsOfTables = 4;
const inParallel = 8;
/** Looks at one part until nothing due is left; what is given more time meanwhile is not due. */
const mostLooks = 5;

/** Goes on with the day's run, or begins it; does nothing when it is done. `remainingMs`: until the function ends. Throws, at its end, what a part threw. */
export async function retain(
  ports: RetainPorts,
  remainingMs: () => number,
  segments: number = segmentsOfTables,
): Promise<RetainReport> {
  const today = dayOf(ports.clock.now());
  const before = await ports.progress.read();
  const names = tables.map(({ name }) => name);
  // One that takes more than a day is ended first: begun again each midnight, it would never come to its last table.
  const goesOn =
    before !== undefined && (before.day === today || before.steps < names.length * before.segments);
  const day = goesOn ? before.day : today;
  const sum = { count: 0, deleted: 0, unexplained: 0 };
  const faults: unknown[] = [];
  const left = await takeSteps({
    tables: names,
    // As many parts as it took the day before.
    from: goesOn ? before : { segments: before?.segments ?? segments, steps: 0 },
    remainingMs,
    async work(step, mayGoOn) {
      try {
        const { count, deleted, unexplained, ended } = await clear(ports, step, mayGoOn);
        sum.count += count;
        sum.deleted += deleted;
        sum.unexplained += unexplained;
        return ended;
      } catch (error) {
        faults.push(error);
        return 'left';
      }
    },
    note: (progress) => ports.progress.write({ day, ...progress }),
  });
  const complete = left === 0;
  if (sum.unexplained > 0) ports.log.error('kept-unexplained', undefined, { count: sum.unexplained });
  if (!complete) ports.log.warn('retention-left', { count: left });
  ports.log.info('retention-run', { count: sum.count, deleted: sum.deleted, complete });
  if (faults.length > 0) throw faults[0];
  return { ...sum, complete };
}

/** Deletes what is due of one part, and reads it back. */
async function clear(ports: RetainPorts, step: RetentionStep, mayGoOn: () => boolean) {
  let deleted = 0;
  for (let look = 0; look < mostLooks; look += 1) {
    const { count, unexplained, ...found } = await lookAt(ports, step, mayGoOn);
    deleted += found.deleted;
    if (!found.whole) return { count, deleted, unexplained, ended: 'no-time' as const };
    if (found.due === 0) return { count, deleted, unexplained, ended: 'done' as const };
  }
  return { count: 0, deleted, unexplained: 0, ended: 'left' as const };
}

/** `whole`: there was time for all of it. */
async function lookAt({ items, policy, clock }: RetainPorts, step: RetentionStep, mayGoOn: () => boolean) {
  const now = clock.now();
  let [count, due, deleted, unexplained] = [0, 0, 0, 0];
  for await (const page of items.pages(step)) {
    const overdue: StoredItem[] = [];
    for (const item of page) {
      count += 1;
      const verdict = dueOf(policy, step.table, item, now);
      if (verdict === 'due') overdue.push(item);
      if (verdict === 'unexplained') unexplained += 1;
    }
    due += overdue.length;
    for (let at = 0; at < overdue.length; at += inParallel) {
      const gone = await Promise.all(
        overdue.slice(at, at + inParallel).map((item) => items.remove(step.table, item, now)),
      );
      deleted += gone.filter(Boolean).length;
    }
    if (!mayGoOn()) return { count, due, deleted, unexplained, whole: false };
  }
  return { count, due, deleted, unexplained, whole: true };
}
