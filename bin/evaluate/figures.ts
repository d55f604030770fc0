/** Everything that is measured of looks, as numbers. Pure; reports and plots are made of it. */
import { ConfusionMatrix } from 'ml-confusion-matrix';
import type { Manifest } from '../../core/model/manifest.ts';
import type { Look, Said, Varied } from './look.ts';
import {
  calibrationCurve,
  estimateArea,
  estimateShare,
  quantileOf,
  rocCurve,
  type CalibrationBin,
  type Estimate,
  type RocPoint,
} from './metrics.ts';
import { noBand } from './photos.ts';

/** What separates one band's photos from those of the other bands. */
export interface BandFigures {
  readonly band: string;
  /** Over photos that passed the gates; and over every photo that could be decoded. */
  readonly auc: Estimate | undefined;
  readonly aucUngated: Estimate | undefined;
  /** Of its photos that got a band: those that got this one. */
  readonly sensitivity: Estimate | undefined;
  /** Of the other bands' photos that got a band: those that got another one than this. */
  readonly specificity: Estimate | undefined;
  readonly roc: readonly RocPoint[];
  readonly calibration: readonly CalibrationBin[];
}

export interface ClassFigures {
  readonly photoClass: string;
  readonly expected: string;
  readonly photos: number;
  /** Of all photos of the class: those that got the band expected, and another band. */
  readonly right: Estimate | undefined;
  readonly wrong: Estimate | undefined;
  readonly abstention: Estimate | undefined;
  /** Why there was no band, most frequent first. */
  readonly reasons: readonly (readonly [reason: string, photos: number])[];
}

export interface GroupFigures {
  readonly grouping: string;
  readonly group: string;
  readonly photos: number;
  readonly auc: Estimate | undefined;
  readonly sensitivity: Estimate | undefined;
  readonly specificity: Estimate | undefined;
  readonly abstention: Estimate | undefined;
}

/** The largest difference between two groups of one grouping. */
export interface GroupGap {
  readonly grouping: string;
  readonly sensitivity: number | undefined;
  readonly specificity: number | undefined;
}

export interface VariantFigures {
  readonly variant: string;
  /** Of photos that got a band as they are and as this variant: those whose band is another one. */
  readonly flips: Estimate | undefined;
  /** Of photos that got a band as they are: those that get none as this variant. */
  readonly lost: Estimate | undefined;
}

export interface BlurFigures {
  readonly variant: string;
  /** Of photos that were sharp enough: those refused once they are blurred so. */
  readonly refused: Estimate | undefined;
}

export interface Times {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

export interface Figures {
  readonly photos: number;
  readonly bands: readonly BandFigures[];
  readonly classes: readonly ClassFigures[];
  /** Of photos whose class expects a band: those that got none. */
  readonly abstention: Estimate | undefined;
  /** Of photos whose class expects no band: those that got one. */
  readonly answeredNone: Estimate | undefined;
  /** Of photos whose class expects a band and that could be decoded: those that were not called blurred. */
  readonly keptSharp: Estimate | undefined;
  readonly groups: readonly GroupFigures[];
  readonly gaps: readonly GroupGap[];
  /** Rows are what was expected, columns what was said. */
  readonly confusion: { readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] };
  readonly variants: readonly VariantFigures[];
  readonly flips: Estimate | undefined;
  readonly blurs: readonly BlurFigures[];
  readonly runMs: Times;
  readonly decodeMs: Times;
}

export interface Sampling {
  readonly rounds: number;
  readonly seed: number;
}

const calibrationBins = 10;
const fewestPerBin = 5;

/** `varied`: the variants of each photo that was varied. */
export function figuresOf(
  manifest: Manifest,
  looks: readonly Look[],
  varied: readonly Varied[],
  sampling: Sampling,
): Figures {
  const asked = looks.filter(({ photo }) => photo.expected !== noBand);
  const others = looks.filter(({ photo }) => photo.expected === noBand);
  const groups = groupFigures(manifest, asked, sampling);
  const variants = variantFigures(varied);
  return {
    photos: looks.length,
    bands: bandsToSeparate(manifest).map((band) => bandFigures(band, asked, sampling)),
    classes: [...Map.groupBy(looks, ({ photo }) => photo.photoClass).values()].map(classFigures),
    abstention: shareOf(asked, ({ said }) => said.state !== 'completed'),
    answeredNone: shareOf(others, ({ said }) => said.state === 'completed'),
    keptSharp: shareOf(
      asked.filter(({ said }) => said.state !== 'rejected'),
      ({ said }) => said.word !== 'blurred',
    ),
    groups,
    gaps: gapsOf(groups),
    confusion: confusionOf(manifest, looks),
    variants,
    flips: flipsOf(varied),
    blurs: blurFigures(varied),
    runMs: timesOf(looks.map(({ runMs }) => runMs)),
    decodeMs: timesOf(looks.map(({ decodeMs }) => decodeMs)),
  };
}

/** Of two thresholds, the band above says it all. */
function bandsToSeparate({ decision }: Manifest): readonly string[] {
  return decision.kind === 'score' ? [decision.above] : decision.classes.map(({ band }) => band);
}

function bandFigures(band: string, asked: readonly Look[], sampling: Sampling): BandFigures {
  const scored = asked.flatMap((look) => {
    const score = look.scores.get(band);
    return score === undefined || Number.isNaN(score)
      ? []
      : [{ score, positive: look.photo.expected === band, look }];
  });
  const gated = scored.filter(({ look }) => passedGates(look.said));
  const split = (some: typeof scored) =>
    [
      some.filter(({ positive }) => positive).map(({ score }) => score),
      some.filter(({ positive }) => !positive).map(({ score }) => score),
    ] as const;
  const [positives, negatives] = split(gated);
  const bins = Math.min(calibrationBins, Math.floor(gated.length / fewestPerBin));
  return {
    band,
    auc: estimateArea(positives, negatives, sampling),
    aucUngated: estimateArea(...split(scored), sampling),
    ...atThresholds(band, asked),
    roc: positives.length > 0 && negatives.length > 0 ? rocCurve(positives, negatives) : [],
    calibration: calibrationCurve(gated, bins),
  };
}

/** Sensitivity and specificity among photos that got a band, by the table of confusions. */
function atThresholds(
  band: string,
  asked: readonly Look[],
): { readonly sensitivity: Estimate | undefined; readonly specificity: Estimate | undefined } {
  const answered = asked.filter(({ said }) => said.state === 'completed');
  const isBand = (word: string): string => (word === band ? 'yes' : 'no');
  if (answered.length === 0) return { sensitivity: undefined, specificity: undefined };
  const matrix = ConfusionMatrix.fromLabels(
    answered.map(({ photo }) => isBand(photo.expected)),
    answered.map(({ said }) => isBand(said.word)),
    { labels: ['yes', 'no'] },
  );
  return {
    sensitivity: estimateShare(matrix.getTruePositiveCount('yes'), matrix.getPositiveCount('yes')),
    specificity: estimateShare(matrix.getTrueNegativeCount('yes'), matrix.getNegativeCount('yes')),
  };
}

/** Whether the decision was reached: a band, or a doubt about the score itself. */
function passedGates({ state, word }: Said): boolean {
  return state === 'completed' || word === 'uncertain' || word === 'contradictory';
}

function classFigures(looks: readonly Look[]): ClassFigures {
  const { photoClass = '', expected = noBand } = looks[0]?.photo ?? {};
  const silent = looks.filter(({ said }) => said.state !== 'completed');
  const reasons = [...Map.groupBy(silent, ({ said }) => reasonOf(said))].map(
    ([reason, some]) => [reason, some.length] as const,
  );
  return {
    photoClass,
    expected,
    photos: looks.length,
    right: shareOf(looks, ({ said }) => said.state === 'completed' && said.word === expected),
    wrong: shareOf(looks, ({ said }) => said.state === 'completed' && said.word !== expected),
    abstention: shareOf(looks, ({ said }) => said.state !== 'completed'),
    reasons: reasons.toSorted(([a, some], [b, more]) => more - some || a.localeCompare(b)),
  };
}

function reasonOf({ state, word }: Said): string {
  return state === 'rejected' ? `rejected: ${word}` : word;
}

function groupFigures(
  manifest: Manifest,
  asked: readonly Look[],
  sampling: Sampling,
): readonly GroupFigures[] {
  const band = bandsToSeparate(manifest)[0] ?? '';
  const groupings = new Set(asked.flatMap(({ photo }) => [...photo.groups.keys()]));
  return [...groupings].flatMap((grouping) =>
    [...Map.groupBy(asked, ({ photo }) => photo.groups.get(grouping) ?? '(not stated)')]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([group, looks]) => {
        const { auc, sensitivity, specificity } = bandFigures(band, looks, sampling);
        const abstention = shareOf(looks, ({ said }) => said.state !== 'completed');
        return { grouping, group, photos: looks.length, auc, sensitivity, specificity, abstention };
      }),
  );
}

function gapsOf(groups: readonly GroupFigures[]): readonly GroupGap[] {
  const stated = groups.filter(({ group }) => group !== '(not stated)');
  return [...Map.groupBy(stated, ({ grouping }) => grouping)].map(([grouping, all]) => ({
    grouping,
    sensitivity: spreadOf(all.map(({ sensitivity }) => sensitivity?.value)),
    specificity: spreadOf(all.map(({ specificity }) => specificity?.value)),
  }));
}

function spreadOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < 2 ? undefined : Math.max(...known) - Math.min(...known);
}

/** Expected words in rows, said words in columns; what was rejected or inconclusive is one column each. */
function confusionOf({ bands }: Manifest, looks: readonly Look[]): Figures['confusion'] {
  const labels = [...Object.keys(bands), noBand, 'inconclusive', 'rejected'];
  const matrix = ConfusionMatrix.fromLabels(
    looks.map(({ photo }) => photo.expected),
    looks.map(({ said }) => (said.state === 'completed' ? said.word : said.state)),
    { labels },
  );
  return { labels, counts: matrix.getMatrix() };
}

function variantFigures(varied: readonly Varied[]): readonly VariantFigures[] {
  const names = varied[0]?.variants.filter(({ variant }) => variant.kind === 'same') ?? [];
  return names.map(({ variant: { name } }) => {
    const pairs = varied.flatMap(({ unchanged, variants }) => {
      const said = variants.find(({ variant }) => variant.name === name)?.said;
      return said === undefined || unchanged.state !== 'completed'
        ? []
        : [{ before: unchanged, after: said }];
    });
    return {
      variant: name,
      flips: flipShare(pairs),
      lost: shareOf(pairs, ({ after }) => after.state !== 'completed'),
    };
  });
}

/** Over all variants of all photos. */
function flipsOf(varied: readonly Varied[]): Estimate | undefined {
  return flipShare(
    varied.flatMap(({ unchanged, variants }) =>
      unchanged.state === 'completed'
        ? variants
            .filter(({ variant }) => variant.kind === 'same')
            .map(({ said }) => ({ before: unchanged, after: said }))
        : [],
    ),
  );
}

function flipShare(pairs: readonly { readonly before: Said; readonly after: Said }[]): Estimate | undefined {
  return shareOf(
    pairs.filter(({ after }) => after.state === 'completed'),
    ({ before, after }) => before.word !== after.word,
  );
}

function blurFigures(varied: readonly Varied[]): readonly BlurFigures[] {
  const sharp = varied.filter(({ unchanged }) => passedGates(unchanged));
  const names = varied[0]?.variants.filter(({ variant }) => variant.kind === 'blurred') ?? [];
  return names.map(({ variant: { name } }) => ({
    variant: name,
    refused: shareOf(
      sharp.flatMap(({ variants }) => variants.filter(({ variant }) => variant.name === name)),
      ({ said }) => said.word === 'blurred',
    ),
  }));
}

function timesOf(times: readonly (number | undefined)[]): Times {
  const known = times.filter((time) => time !== undefined);
  return { p50: quantileOf(known, 0.5), p95: quantileOf(known, 0.95) };
}

function shareOf<T>(items: readonly T[], test: (item: T) => boolean): Estimate | undefined {
  return estimateShare(items.filter(test).length, items.length);
}
