/** What every implementation of lifetimes' counters does. */
import { describe, expect, it } from 'vitest';
import { dwellHistogram } from '../../core/dwell.ts';
import type { DwellStore } from '../../core/ports.ts';
import { dwellWindowDays } from '../../core/tables.ts';
import { noon } from './given.ts';

const dayMs = 24 * 60 * 60 * 1000;

export function dwellContract(name: string, open: () => Promise<DwellStore>): void {
  const sorted = (histogram: ReadonlyMap<number, number>) => [...histogram].toSorted(([a], [b]) => a - b);

  describe(`lifetimes in ${name} (ONE-1)`, () => {
    it('are nothing before anything was counted', async () => {
      const dwell = await open();
      expect(await dwell.read(noon)).toEqual({ lifetimes: new Map() });
    });

    it('add up over calls, shards and days', async () => {
      const dwell = await open();
      const all = [3, 412, 412, 90_000, 7, 240_000];
      for (const ms of all.slice(0, 3)) await dwell.count([ms], noon);
      await dwell.count(all.slice(3), noon - (dwellWindowDays - 1) * dayMs);
      await dwell.count([], noon);
      const { lifetimes } = await dwell.read(noon);
      expect(sorted(lifetimes)).toEqual(sorted(dwellHistogram(all)));
    });

    it('lose nothing when many are counted at once', async () => {
      const dwell = await open();
      await Promise.all(Array.from({ length: 40 }, () => dwell.count([500], noon)));
      const { lifetimes } = await dwell.read(noon);
      expect([...lifetimes.values()]).toEqual([40]);
    });

    it('leave the window day by day', async () => {
      const dwell = await open();
      await dwell.count([5], noon);
      expect((await dwell.read(noon + (dwellWindowDays - 1) * dayMs)).lifetimes.size).toBe(1);
      expect((await dwell.read(noon + dwellWindowDays * dayMs)).lifetimes.size).toBe(0);
    });

    it('stand beside the last sight of the bucket, which no earlier one replaces', async () => {
      const dwell = await open();
      await dwell.saw({ oldestAgeMs: 4_000, at: noon });
      await dwell.saw({ oldestAgeMs: 9_000, at: noon - 60_000 });
      await dwell.saw({ oldestAgeMs: 9_000, at: noon });
      expect((await dwell.read(noon)).sight).toEqual({ oldestAgeMs: 4_000, at: noon });
    });
  });
}
