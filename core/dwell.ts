/**
 * How long objects lived, as counts in log-scaled buckets (ONE-1 as a number anybody can read). Pure. It must
 * hold nothing but counts: which object lived how long, and when, cannot be told from it.
 */

/** No object exists longer than this: the promise (ONE-1), in ms. */
export const promisedDwellMs = 300_000;

/** From each bucket to the next, bounds grow by a tenth: that is the resolution of everything read from it. */
export const dwellResolution = 1.1;

/** The last bucket takes everything above a day. */
export const lastDwellBucket = Math.ceil(Math.log(24 * 60 * 60 * 1000) / Math.log(dwellResolution));

/** Objects by bucket; a bucket without objects need not be there. */
export type DwellHistogram = ReadonlyMap<number, number>;

/** What is said of a histogram; each time is an upper bound, at most a tenth (and 1 ms) too high. */
export interface DwellSummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * The bucket of a lifetime in ms: 0 holds up to 1 ms, bucket n what is above 1.1^(n-1) and up to 1.1^n. Clocks
 * that disagree can make a lifetime negative; it counts as none.
 */
export function dwellBucket(lifetimeMs: number): number {
  if (Number.isNaN(lifetimeMs)) throw new RangeError('a lifetime is a number of ms, got NaN');
  if (lifetimeMs <= 1) return 0;
  const bucket = Math.ceil(Math.log(lifetimeMs) / Math.log(dwellResolution));
  return Math.min(bucket, lastDwellBucket);
}

/** The longest lifetime that a bucket holds, in whole ms; the last bucket has no bound and says a day and more. */
export function dwellBoundMs(bucket: number): number {
  return Math.ceil(dwellResolution ** bucket);
}

/** Counts lifetimes. */
export function dwellHistogram(lifetimesMs: Iterable<number>): DwellHistogram {
  const counts = new Map<number, number>();
  for (const lifetimeMs of lifetimesMs) {
    const bucket = dwellBucket(lifetimeMs);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
}

/** The sum of histograms: counters of several days and shards are one. */
export function mergeDwell(histograms: Iterable<DwellHistogram>): DwellHistogram {
  const sum = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

/** Count, median, 99th percentile (nearest rank) and longest; undefined when nothing was counted. */
export function summarizeDwell(histogram: DwellHistogram): DwellSummary | undefined {
  const rows = [...histogram].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
  const count = rows.reduce((sum, [, ofBucket]) => sum + ofBucket, 0);
  const longest = rows.at(-1);
  if (longest === undefined) return undefined;
  const atRank = (rank: number): number => {
    let seen = 0;
    const row = rows.find(([, ofBucket]) => (seen += ofBucket) >= rank);
    return dwellBoundMs((row ?? longest)[0]);
  };
  return {
    count,
    p50Ms: atRank(Math.ceil(count * 0.5)),
    p99Ms: atRank(Math.ceil(count * 0.99)),
    maxMs: dwellBoundMs(longest[0]),
  };
}
