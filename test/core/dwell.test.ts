import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dwellBoundMs,
  dwellBucket,
  dwellHistogram,
  dwellResolution,
  lastDwellBucket,
  mergeDwell,
  summarizeDwell,
} from '../../core/dwell.ts';

const day = 24 * 60 * 60 * 1000;
const lifetime = fc.oneof(fc.integer({ min: 0, max: day }), fc.integer({ min: 0, max: 5_000 }));
const lifetimes = fc.array(lifetime, { minLength: 1, maxLength: 400 });

/** Nearest rank, on the lifetimes themselves. */
function exactly(all: readonly number[], part: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
}

/** At least the exact value, at most a tenth and the rounding to whole ms above it. */
function expectBound(bound: number | undefined, exact: number): void {
  expect(bound).toBeGreaterThanOrEqual(exact);
  expect(bound).toBeLessThanOrEqual(Math.max(1, exact) * dwellResolution + 1);
}

describe('a histogram of lifetimes', () => {
  it('bounds percentiles and the longest from above, within its resolution', () => {
    fc.assert(
      fc.property(lifetimes, (all) => {
        const summary = summarizeDwell(dwellHistogram(all));
        expect(summary?.count).toBe(all.length);
        expectBound(summary?.p50Ms, exactly(all, 0.5));
        expectBound(summary?.p99Ms, exactly(all, 0.99));
        expectBound(summary?.maxMs, Math.max(...all));
      }),
    );
  });

  it('merges to what counting everything at once gives, in any order', () => {
    fc.assert(
      fc.property(lifetimes, lifetimes, (some, others) => {
        const [a, b] = [dwellHistogram(some), dwellHistogram(others)];
        const sorted = (histogram: ReadonlyMap<number, number>) =>
          [...histogram].toSorted(([x], [y]) => x - y);
        const together = sorted(dwellHistogram([...some, ...others]));
        expect(sorted(mergeDwell([a, b]))).toEqual(together);
        expect(sorted(mergeDwell([b, a]))).toEqual(together);
      }),
    );
  });

  it('puts each lifetime in the lowest bucket whose bound holds it', () => {
    fc.assert(
      fc.property(lifetime, (ms) => {
        const bucket = dwellBucket(ms);
        expect(dwellBoundMs(bucket)).toBeGreaterThanOrEqual(ms);
        const below = bucket === 0 ? -1 : dwellResolution ** (bucket - 1);
        expect(below).toBeLessThan(ms * (1 + 1e-9));
      }),
    );
  });

  it('has no more buckets than a day has, and counts clocks that disagree as no time', () => {
    expect(dwellBucket(10 * day)).toBe(lastDwellBucket);
    expect(dwellBoundMs(lastDwellBucket)).toBeGreaterThanOrEqual(day);
    expect(dwellBucket(-3)).toBe(0);
    expect(dwellBoundMs(0)).toBe(1);
  });

  it('says nothing where nothing was counted', () => {
    expect(summarizeDwell(new Map())).toBeUndefined();
    expect(summarizeDwell(new Map([[3, 0]]))).toBeUndefined();
  });

  it('rejects a lifetime that is no number', () => {
    expect(() => dwellBucket(Number.NaN)).toThrow(RangeError);
  });
});
