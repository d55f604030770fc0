/**
 * The constants of skin-contrast's score, from looks at the part `even` alone. Pure; the rules stand here and in the
 * model card, and are applied as they are, whatever comes out.
 */

/** One photo: its class, what the parts of the score read, and whether it came past the gates. */
export interface Sample {
  readonly photoClass: 'lesion' | 'corner';
  readonly readings: readonly number[];
  readonly passed: boolean;
}

export interface Calibration {
  readonly parts: readonly { readonly mean: number; readonly std: number }[];
  readonly lo: number;
  readonly hi: number;
}

/** Share of each class that may get the other answer on the photos at hand: half of the target. */
const mayErr = 0.04;

/**
 * - `mean` and `std` of a part: over photos that passed the gates, classes counting alike. `widths` are factors of the
 *   deviation: a part that is entered twice as wide counts half.
 * - `hi`: the lowest score that at most 4 % of all corners reach. `lo`: the highest below which at most 4 % of all
 *   lesions lie. Where they cross, both are the middle. Photos that are refused by a gate count in the 4 %, and err never.
 *
 * Rounded to two digits after the point. Throws a RangeError where a class has no photo that passed.
 */
export function fit(samples: readonly Sample[], widths: readonly number[]): Calibration {
  const parts = widths.map((width, part) => {
    const byClass = (['lesion', 'corner'] as const).map((photoClass) =>
      samples.filter((one) => one.passed && one.photoClass === photoClass).map(readingOf(part)),
    );
    if (byClass.some((values) => values.length === 0)) {
      throw new RangeError('a class has no photo that passed the gates');
    }
    const mean = meanOf(byClass.map(meanOf));
    const variance = meanOf(byClass.map((values) => meanOf(values.map((value) => (value - mean) ** 2))));
    return { mean: rounded(mean), std: rounded(width * Math.sqrt(variance)) };
  });
  const scoresOf = (photoClass: Sample['photoClass']): readonly number[] =>
    samples
      .filter((one) => one.passed && one.photoClass === photoClass)
      .map((one) => meanOf(parts.map(({ mean, std }, part) => (readingOf(part)(one) - mean) / std)))
      .toSorted((a, b) => a - b);
  const mayErrOf = (photoClass: Sample['photoClass']): number =>
    Math.floor(mayErr * samples.filter((one) => one.photoClass === photoClass).length);
  const [lesions, corners] = [scoresOf('lesion'), scoresOf('corner')];
  // Just above the highest corner that must not be reached; at the lowest lesion that must not lie below.
  const hi = floored(corners.at(-1 - mayErrOf('corner')) ?? -Infinity) + step;
  const lo = lesions[mayErrOf('lesion')] ?? Infinity;
  const middle = rounded((lo + hi) / 2);
  return lo > hi ? { parts, lo: middle, hi: middle } : { parts, lo: floored(lo), hi: rounded(hi) };
}

const step = 0.01;

function readingOf(part: number): (sample: Sample) => number {
  return ({ readings }) => readings[part] ?? Number.NaN;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Of a lesion's own score nothing may be added, or it would lie below. */
function floored(value: number): number {
  return rounded(Math.floor(value / step) * step);
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
