/** Two models on the same photos. Pure. */
import type { Figures, Sampling, Times } from './figures.ts';
import type { Look } from './look.ts';
import { estimateAreaGain, estimateShare, type Estimate } from './metrics.ts';
import { noBand } from './photos.ts';

export interface Comparison {
  /** Name and version of the second. */
  readonly other: string;
  /** Area under the curve: the second's minus the first's, on photos that both decoded. */
  readonly gains: readonly { readonly band: string; readonly gain: Estimate | undefined }[];
  readonly agree: Estimate | undefined;
  /** What both said, where it differs, most frequent first. */
  readonly disagreements: readonly (readonly [what: string, photos: number])[];
  readonly sideBySide: readonly (readonly [
    what: string,
    first: Estimate | Times | undefined,
    second: Estimate | Times | undefined,
  ])[];
}

/** `first` and `second` hold the same photos in the same order. */
export function compare(
  other: string,
  first: { readonly looks: readonly Look[]; readonly figures: Figures },
  second: { readonly looks: readonly Look[]; readonly figures: Figures },
  sampling: Sampling,
): Comparison {
  const pairs = first.looks.flatMap((look, at) => {
    const same = second.looks[at];
    return same === undefined ? [] : [{ first: look, second: same }];
  });
  const bands = first.figures.bands.map(({ band }) => band);
  const differing = pairs.filter(({ first: a, second: b }) => a.said.word !== b.said.word);
  const kinds = [
    ...Map.groupBy(differing, (pair) => `${pair.first.said.word}, the other: ${pair.second.said.word}`),
  ];
  return {
    other,
    gains: bands.map((band) => ({ band, gain: gainOf(band, pairs, sampling) })),
    agree: estimateShare(pairs.length - differing.length, pairs.length),
    disagreements: kinds
      .map(([what, some]) => [what, some.length] as const)
      .toSorted(([a, some], [b, more]) => more - some || a.localeCompare(b)),
    sideBySide: sideBySide(first.figures, second.figures),
  };
}

function gainOf(
  band: string,
  pairs: readonly { readonly first: Look; readonly second: Look }[],
  sampling: Sampling,
): Estimate | undefined {
  const scored = pairs.flatMap(({ first, second }) => {
    const scores = [first.scores.get(band), second.scores.get(band)] as const;
    const [a, b] = scores;
    return a === undefined || b === undefined || first.photo.expected === noBand
      ? []
      : [{ scores: [a, b] as const, positive: first.photo.expected === band }];
  });
  const of = (positive: boolean) =>
    scored.filter((one) => one.positive === positive).map(({ scores }) => scores);
  return estimateAreaGain(of(true), of(false), sampling);
}

function sideBySide(first: Figures, second: Figures): Comparison['sideBySide'] {
  const perBand = first.bands.flatMap(({ band, auc, sensitivity, specificity }) => {
    const other = second.bands.find((one) => one.band === band);
    return [
      [`ROC AUC of ${band}`, auc, other?.auc] as const,
      [`sensitivity of ${band}`, sensitivity, other?.sensitivity] as const,
      [`specificity of ${band}`, specificity, other?.specificity] as const,
    ];
  });
  return [
    ...perBand,
    ['no band, though one was expected', first.abstention, second.abstention],
    ['a band, though none was expected', first.answeredNone, second.answeredNone],
    ['another band when taken otherwise', first.flips, second.flips],
    ['one look, p50 / p95', first.runMs, second.runMs],
  ];
}
