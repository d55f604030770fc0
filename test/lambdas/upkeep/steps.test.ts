/** Where a run over stored items goes on, and in parts of which size. */
import { describe, expect, it } from 'vitest';
import { divided, type RunProgress } from '../../../core/retention.ts';
import { takeSteps } from '../../../lambdas/upkeep/steps.ts';

const tables = ['accounts', 'scans', 'audit'] as const;

/** How long a whole table takes, ms; a run has a quarter of an hour. */
async function runs(
  wholeMs: Readonly<Record<(typeof tables)[number], number>>,
  from: RunProgress,
  most = 500,
) {
  let [progress, left, count] = [from, Infinity, 0];
  const done = new Map<string, number>();
  for (; count < most && left > 0; count += 1) {
    let remainingMs = 900_000;
    left = await takeSteps({
      tables,
      from: progress,
      remainingMs: () => remainingMs,
      async work({ table, segment, segments }, mayGoOn) {
        const whole = Object.entries(wholeMs).find(([name]) => name === table)?.[1] ?? 0;
        for (let ms = whole / segments; ms > 0; ms -= 1_000) {
          remainingMs -= Math.min(ms, 1_000);
          if (!mayGoOn()) return 'no-time';
        }
        if (segment === 0) done.set(table, 0);
        done.set(table, (done.get(table) ?? 0) + 1 / segments);
        return 'done';
      },
      note: async (noted) => void (progress = noted),
    });
  }
  return { count, left, progress, done };
}

describe('a run that takes longer than its function may', () => {
  it('ends after as many as its time needs, in parts that fit', async () => {
    const hour = 3_600_000;
    const { count, left, progress, done } = await runs(
      { accounts: 60_000, scans: 10 * hour, audit: hour },
      { segments: 4, steps: 0 },
    );
    expect(left).toBe(0);
    expect(progress.segments).toBe(256);
    // Eleven hours in runs of a quarter of an hour, and what it took to find out.
    expect(count).toBeLessThan(80);
    for (const table of tables) expect(done.get(table), table).toBeCloseTo(1, 9);
  });

  it('is not divided because the runs before a part took the time', async () => {
    const { progress, left } = await runs(
      { accounts: 2_000_000, scans: 2_000_000, audit: 2_000_000 },
      { segments: 4, steps: 0 },
    );
    expect([progress.segments, left]).toEqual([4, 0]);
  });

  it('is divided no finer than can be asked for, and loses nothing by it', async () => {
    const { progress, count } = await runs(
      { accounts: 0, scans: 9e10, audit: 0 },
      { segments: 2_048, steps: 2_050 },
      20,
    );
    expect(count).toBe(20);
    expect(progress).toEqual({ segments: 16_384, steps: 16_384 });
    expect(divided({ segments: 16_384, steps: 17_000 })).toEqual({ segments: 16_384, steps: 17_000 });
  });

  it('does the parts after one in which something is left, and begins again at the first', async () => {
    const noted: RunProgress[] = [];
    const left = await takeSteps({
      tables,
      from: { segments: 2, steps: 1 },
      remainingMs: () => Infinity,
      work: async ({ segment }) => (segment === 1 ? 'left' : 'done'),
      note: async (progress) => void noted.push(progress),
    });
    expect(left).toBe(3);
    expect(noted.map(({ steps }) => steps)).toEqual([2, 3, 4, 5, 0]);
  });
});

it('a place in a table is, divided, its beginning: no part of it is passed over', () => {
  expect(divided({ segments: 4, steps: 0 })).toEqual({ segments: 32, steps: 0 });
  expect(divided({ segments: 4, steps: 3 })).toEqual({ segments: 32, steps: 0 });
  expect(divided({ segments: 4, steps: 4 })).toEqual({ segments: 32, steps: 32 });
  expect(divided({ segments: 4, steps: 11 })).toEqual({ segments: 32, steps: 64 });
});
