/**
 * The one number that two thresholds are put to, made of one reading or of several. Pure. It never leaves the
 * interpretation of a scan (CAL-2); the evaluation of a model is the only other caller.
 */
import { readOutputs, type OutputReading, type Outputs } from './readings.ts';

/** One of several scores: its reading, and where it lies on photos in general. */
export interface ScorePart {
  readonly read: OutputReading;
  /** Mean and standard deviation over the photos on which the model was calibrated. */
  readonly mean: number;
  readonly std: number;
}

/** The mean of z-scores; parts further apart than `maxDisagreement` contradict each other. */
export interface MeanOfZ {
  readonly kind: 'mean-of-z';
  readonly parts: readonly ScorePart[];
  readonly maxDisagreement: number;
}

export type Score = OutputReading | MeanOfZ;

/** NaN as a score: it cannot be told. A score whose parts contradict each other still has a value. */
export interface Weight {
  readonly score: number;
  readonly agrees: boolean;
}

/** Makes the score of the outputs. */
export function weigh(score: Score, outputs: Outputs): Weight {
  if (score.kind !== 'mean-of-z') return { score: readOutputs(score, outputs), agrees: true };
  const z = score.parts.map(({ read, mean, std }) => (readOutputs(read, outputs) - mean) / std);
  const spread = Math.max(...z) - Math.min(...z);
  return {
    score: z.reduce((total, value) => total + value, 0) / z.length,
    agrees: spread <= score.maxDisagreement,
  };
}
