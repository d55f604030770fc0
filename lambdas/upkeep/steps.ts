/**
 * Goes through the parts of tables while its function has time, and notes after each how far it came. A place within a part
 * would be an item's key, which names somebody: a part that takes more than a whole run is divided instead.
 */
import { divided, retentionSteps, type RetentionStep, type RunProgress } from '../../core/retention.ts';
import type { TableName } from '../../core/tables.ts';

/** A part is not begun, nor its next page looked at, with less than this left, ms. */
const leastMs = 60_000;

export interface Steps {
  readonly tables: readonly TableName[];
  /** Where the run before ended. */
  readonly from: RunProgress;
  /** Until the function ends, ms. */
  readonly remainingMs: () => number;
  /**
   * Does a part. Safe to repeat. `no-time`: `mayGoOn` said so; `left`: something is left in it, whatever the time: the parts
   * after it are done all the same, and the next run begins at the first.
   */
  readonly work: (step: RetentionStep, mayGoOn: () => boolean) => Promise<'done' | 'left' | 'no-time'>;
  readonly note: (progress: RunProgress) => Promise<void>;
}

/** One run. Answers how many parts are left. */
export async function takeSteps({ tables, from, remainingMs, work, note }: Steps): Promise<number> {
  const mayGoOn = (): boolean => remainingMs() >= leastMs;
  const steps = retentionSteps(from.segments, tables);
  let [done, missed] = [from.steps, 0];
  for (const step of steps.slice(done)) {
    if (!mayGoOn()) break;
    const ended = await work(step, mayGoOn);
    // It had the run to itself, and the next run would end in it again.
    if (ended === 'no-time' && done === from.steps) await note(divided(from));
    if (ended === 'no-time') break;
    done += 1;
    if (ended === 'left') missed += 1;
    const beginsAgain = missed > 0 && done === steps.length;
    await note({ segments: from.segments, steps: beginsAgain ? 0 : done });
  }
  return steps.length - done + missed;
}
