/** Whether two samples of times can be told apart, by their ranks (Mann and Whitney, 1947): no shape is assumed. */

/** Standard deviations by which the rank sum of `a` is off what chance gives; beyond 3.3 is one in a thousand. */
export function rankDistance(a: readonly number[], b: readonly number[]): number {
  const all = [
    ...a.map((value) => ({ value, mine: true })),
    ...b.map((value) => ({ value, mine: false })),
  ].sort((one, other) => one.value - other.value);
  const rankSum = all.reduce((sum, { mine }, at) => (mine ? sum + at + 1 : sum), 0);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return (u - mean) / deviation;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
