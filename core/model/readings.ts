/**
 * Readings: how one number is made of a model's outputs, of every kind that a classifier commonly has. Pure; what
 * cannot be read is NaN, which no gate and no threshold lets pass.
 */
import type { MeasureName } from './measures.ts';

/** One float32 or float16 output as the session returned it, row-major. */
export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Outputs by name. */
export type Outputs = Readonly<Record<string, OutputTensor>>;

/** The value at a place of an output, counted from 0 in row-major order. */
export interface ValueReading {
  readonly kind: 'value';
  readonly output: string;
  readonly index: number;
}

/** Natural log of the odds of some classes against others, from the raw scores (logits) of a softmax. */
export interface LogOddsReading {
  readonly kind: 'log-odds';
  readonly output: string;
  readonly of: readonly number[];
  readonly against: readonly number[];
}

/** How an output holds the probabilities of classes. */
export interface ClassesEncoding {
  readonly output: string;
  /** `single`: a photo is of one class, the probabilities sum to 1. `multi`: each class is a question of its own. */
  readonly labels: 'single' | 'multi';
  /** `logits`: softmax (single) or sigmoid (multi) is applied here. `probabilities`: the graph did it. */
  readonly as: 'logits' | 'probabilities';
}

/** Probability of any of these classes: their sum (single-label) or the highest of them (multi-label). */
export interface ProbabilityReading extends ClassesEncoding {
  readonly kind: 'probability';
  readonly of: readonly number[];
}

/** A measure of the pixels, for models whose graph measures none. */
export interface PhotoReading {
  readonly kind: 'photo';
  readonly measure: MeasureName;
}

/** What is read of the outputs alone. */
export type OutputReading = ValueReading | LogOddsReading | ProbabilityReading;
export type Reading = OutputReading | PhotoReading;

/** Reads one number; NaN for a value that does not exist. */
export function readOutputs(reading: OutputReading, outputs: Outputs): number {
  const tensor = Object.hasOwn(outputs, reading.output) ? outputs[reading.output] : undefined;
  if (tensor === undefined) return Number.NaN;
  switch (reading.kind) {
    case 'value':
      return tensor.data[reading.index] ?? Number.NaN;
    case 'log-odds':
      return logSumExp(pick(tensor.data, reading.of)) - logSumExp(pick(tensor.data, reading.against));
    case 'probability': {
      const chosen = pick(probabilitiesOf(reading, tensor.data), reading.of);
      return reading.labels === 'single' ? sum(chosen) : highest(chosen);
    }
  }
}

/** Rounding of float16 and of quantised graphs; more than that is no probability. */
const probabilityTolerance = 0.02;

/**
 * The probability of each class. What claims to be probabilities and is none (below 0, above 1, or not summing to 1)
 * is NaN throughout: raw scores that are taken for probabilities must not decide anything.
 */
export function probabilitiesOf(
  { labels, as }: Pick<ClassesEncoding, 'labels' | 'as'>,
  data: ArrayLike<number>,
): readonly number[] {
  const values = Array.from(data);
  if (as === 'logits') return labels === 'single' ? softmax(values) : values.map(sigmoid);
  const inRange = values.every((p) => p >= -probabilityTolerance && p <= 1 + probabilityTolerance);
  const sums = labels === 'multi' || Math.abs(sum(values) - 1) <= probabilityTolerance;
  return inRange && sums ? values : values.map(() => Number.NaN);
}

function pick(values: ArrayLike<number>, indices: readonly number[]): readonly number[] {
  return indices.map((index) => values[index] ?? Number.NaN);
}

function softmax(logits: readonly number[]): readonly number[] {
  const total = logSumExp(logits);
  return logits.map((logit) => Math.exp(logit - total));
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Shifted by the highest, so that no exponential overflows. */
function logSumExp(values: readonly number[]): number {
  const top = highest(values);
  return top + Math.log(sum(values.map((value) => Math.exp(value - top))));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** NaN if any is. */
function highest(values: readonly number[]): number {
  return values.reduce((top, value) => Math.max(top, value), -Infinity);
}
