/**
 * Figures of a classifier, each with an interval. Pure; randomness is a seed. Ranks and quantiles are those of
 * simple-statistics, the table of confusions that of ml-confusion-matrix.
 */
import { quantileSorted, wilcoxonRankSum } from 'simple-statistics';

/** A figure from 0 to 1 with its 95 % interval, and of how many photos. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/**
 * Area under the ROC curve: how often a positive scores over a negative, ties counting half (Mann-Whitney). Undefined
 * when either is missing.
 */
export function areaUnderRoc(positives: readonly number[], negatives: readonly number[]): number | undefined {
  const [n, m] = [positives.length, negatives.length];
  if (n === 0 || m === 0) return undefined;
  return (wilcoxonRankSum(positives, negatives) - (n * (n + 1)) / 2) / (n * m);
}

/** Its 95 % interval by resampling each class with replacement (percentile bootstrap). */
export function estimateArea(
  positives: readonly number[],
  negatives: readonly number[],
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Estimate | undefined {
  const value = areaUnderRoc(positives, negatives);
  if (value === undefined) return undefined;
  const random = randomOf(seed);
  const areas = Array.from(
    { length: rounds },
    () => areaUnderRoc(resample(positives, random), resample(negatives, random)) ?? value,
  );
  return { value, ...percentiles(areas), n: positives.length + negatives.length };
}

/** How much better the second of two scores of the same photos separates them, with a paired bootstrap. */
export function estimateAreaGain(
  positives: readonly (readonly [first: number, second: number])[],
  negatives: readonly (readonly [first: number, second: number])[],
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Estimate | undefined {
  if (positives.length === 0 || negatives.length === 0) return undefined;
  const gainOf = (some: typeof positives, others: typeof negatives): number => {
    const areas = [0, 1].map((which) =>
      areaUnderRoc(
        some.map((pair) => pair[which] ?? Number.NaN),
        others.map((pair) => pair[which] ?? Number.NaN),
      ),
    );
    return (areas[1] ?? Number.NaN) - (areas[0] ?? Number.NaN);
  };
  const random = randomOf(seed);
  const gains = Array.from({ length: rounds }, () =>
    gainOf(resample(positives, random), resample(negatives, random)),
  );
  return {
    value: gainOf(positives, negatives),
    ...percentiles(gains),
    n: positives.length + negatives.length,
  };
}

function percentiles(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975) };
}

/** A share with Wilson's score interval (Wilson 1927), which is right for few photos and for 0 and 1. */
export function estimateShare(hits: number, n: number): Estimate | undefined {
  if (n === 0) return undefined;
  const z = 1.959_964;
  const share = hits / n;
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const reach = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return { value: share, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach), n };
}

export interface RocPoint {
  readonly threshold: number;
  readonly falsePositives: number;
  readonly truePositives: number;
}

/** Shares called positive from each threshold on, from none to all. */
export function rocCurve(positives: readonly number[], negatives: readonly number[]): readonly RocPoint[] {
  const thresholds = [...new Set([...positives, ...negatives])].sort((a, b) => b - a);
  const shareFrom = (values: readonly number[], threshold: number): number =>
    values.filter((value) => value >= threshold).length / values.length;
  return [
    { threshold: Infinity, falsePositives: 0, truePositives: 0 },
    ...thresholds.map((threshold) => ({
      threshold,
      falsePositives: shareFrom(negatives, threshold),
      truePositives: shareFrom(positives, threshold),
    })),
  ];
}

export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly meanScore: number;
  /** Share of positives in it. */
  readonly observed: Estimate;
}

/** Photos in bins of as many each, by score: the share of positives that a score stands for. */
export function calibrationCurve(
  scored: readonly { readonly score: number; readonly positive: boolean }[],
  bins: number,
): readonly CalibrationBin[] {
  const sorted = scored.toSorted((a, b) => a.score - b.score);
  return Array.from({ length: bins }, (_, bin) => {
    const inside = sorted.slice(
      Math.round((bin * sorted.length) / bins),
      Math.round(((bin + 1) * sorted.length) / bins),
    );
    const observed = estimateShare(inside.filter(({ positive }) => positive).length, inside.length);
    const [first, last] = [inside[0], inside.at(-1)];
    if (observed === undefined || first === undefined || last === undefined) return undefined;
    const meanScore = inside.reduce((sum, { score }) => sum + score, 0) / inside.length;
    return { low: first.score, high: last.score, meanScore, observed };
  }).filter((bin) => bin !== undefined);
}

/** A quantile of times, ms; undefined of none. */
export function quantileOf(values: readonly number[], part: number): number | undefined {
  return values.length === 0
    ? undefined
    : quantileSorted(
        [...values].sort((a, b) => a - b),
        part,
      );
}

function resample<T>(values: readonly T[], random: () => number): readonly T[] {
  return values.map((value) => values[Math.floor(random() * values.length)] ?? value);
}

/** Numbers from 0 to 1 from a seed (mulberry32): the same report from the same photos. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
