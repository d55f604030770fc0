/** In-memory lifetimes: the same rules as the database's counters; can be told to fail. */
import { dwellHistogram, mergeDwell, type DwellHistogram } from '../../core/dwell.ts';
import type { BucketSight, DwellStore } from '../../core/ports.ts';
import { dwellWindowDays } from '../../core/tables.ts';

const dayMs = 24 * 60 * 60 * 1000;
const dayOf = (now: number): number => Math.floor(now / dayMs);

export interface MemoryDwell extends DwellStore {
  /** Every later write is refused. */
  fail(): void;
}

export function createMemoryDwell(): MemoryDwell {
  const days = new Map<number, DwellHistogram>();
  let sight: BucketSight | undefined;
  let failing = false;
  const refuse = (): void => {
    if (failing) throw new Error('the counters are away');
  };
  return {
    async count(lifetimesMs, now) {
      refuse();
      const day = dayOf(now);
      days.set(day, mergeDwell([days.get(day) ?? new Map<number, number>(), dwellHistogram(lifetimesMs)]));
    },
    async saw(seen) {
      refuse();
      if (sight === undefined || sight.at < seen.at) sight = seen;
    },
    async read(now) {
      const today = dayOf(now);
      const inWindow = [...days].filter(([day]) => day <= today && day > today - dwellWindowDays);
      const lifetimes = mergeDwell(inWindow.map(([, histogram]) => histogram));
      return { lifetimes, ...(sight === undefined ? {} : { sight }) };
    },
    fail: () => void (failing = true),
  };
}
