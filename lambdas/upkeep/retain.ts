/**
 * Retention: once a day every stored item is asked why it is kept and until when, by the policy; what is due is deleted, and
 * the part is read again until nothing due is left in it. A run that is stopped goes on with the part that it was at; the mark
 * of how far it came names nobody. The database's own removal is days late and no part of this promise.
 */
import type { KeptItems, RetentionLog } from '../../core/people-ports.ts';
import type { Policy } from '../../core/policy.ts';
import type { Clock } from '../../core/ports.ts';
import { dueOf, retentionSteps, type RetentionStep, type StoredItem } from '../../core/retention.ts';
import { dayOf } from '../../core/usage.ts';
import type { Log } from '../runtime/log.ts';

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

/** Parts of a table: each is a unit of progress. */
const segmentsOfTables = 4;
/** A step is not begun with less than this left, ms. */
const leastMs = 60_000;
const inParallel = 8;
/** Looks at one part until nothing due is left; what is given more time meanwhile is not due. */
const mostLooks = 5;

/** Goes on with the day's run, or begins it; does nothing when it is done. `remainingMs`: until the function ends. */
export async function retain(
  ports: RetainPorts,
  remainingMs: () => number,
  segments: number = segmentsOfTables,
): Promise<RetainReport> {
  const day = dayOf(ports.clock.now());
  const before = await ports.progress.read();
  const steps = retentionSteps(segments);
  let done = before?.day === day ? before.steps : 0;
  const sum = { count: 0, deleted: 0, unexplained: 0 };
  for (const step of steps.slice(done)) {
    if (remainingMs() < leastMs) break;
    const { count, deleted, unexplained, isClean } = await clear(ports, step);
    sum.count += count;
    sum.deleted += deleted;
    sum.unexplained += unexplained;
    // Not done: the next run begins here.
    if (!isClean) break;
    done += 1;
    await ports.progress.write({ day, steps: done });
  }
  const complete = done === steps.length;
  if (sum.unexplained > 0) ports.log.error('kept-unexplained', undefined, { count: sum.unexplained });
  if (!complete) ports.log.warn('retention-left', { count: steps.length - done });
  ports.log.info('retention-run', { count: sum.count, deleted: sum.deleted, complete });
  return { ...sum, complete };
}

/** Deletes what is due of one part, and reads it back. */
async function clear(ports: RetainPorts, step: RetentionStep) {
  let deleted = 0;
  for (let look = 0; look < mostLooks; look += 1) {
    const found = await lookAt(ports, step);
    deleted += found.deleted;
    const { count, unexplained } = found;
    if (found.due === 0) return { count, deleted, unexplained, isClean: true };
  }
  return { count: 0, deleted, unexplained: 0, isClean: false };
}

async function lookAt({ items, policy, clock }: RetainPorts, step: RetentionStep) {
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
  }
  return { count, due, deleted, unexplained };
}
