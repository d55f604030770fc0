/**
 * What a model's outputs mean: numbers in, one word of a closed list out (CAL-2). Pure; it must let no score
 * through, and every doubt ends as a reason, never as a band.
 */
import type { Band, Finding, InconclusiveReason } from '../outcome.ts';
import { firstShutGate } from './gates.ts';
import { sizeOf, type Manifest } from './manifest.ts';
import type { MeasureName } from './measures.ts';
import { probabilitiesOf, readOutputs, type Outputs, type Reading } from './readings.ts';
import { weigh } from './weigh.ts';

/** The parts of a manifest that decide. */
export type Rules = Pick<Manifest, 'outputs' | 'gates' | 'decision'>;

/** Measures the photo; asked only for what the gates need. */
export type Measure = (name: MeasureName) => number;

/**
 * Derives the finding. The order is fixed: broken outputs, light, sharpness, skin, then the decision, in which
 * scores that contradict each other and scores between the thresholds say nothing.
 */
export function interpret(rules: Rules, outputs: Outputs, measure: Measure): Finding {
  if (!areSound(rules, outputs)) return inconclusive('model-error');
  const shut = firstShutGate(rules.gates, (gate) => readAny(gate.read, outputs, measure));
  if (shut !== undefined) return inconclusive(shut);
  return rules.decision.kind === 'score'
    ? decideByScore(rules.decision, outputs)
    : decideByLabels(rules.decision, outputs);
}

/** Every declared output is there, in its declared shape, and holds finite numbers only. */
function areSound(rules: Rules, outputs: Outputs): boolean {
  return Object.entries(rules.outputs).every(([name, { shape }]) => {
    const tensor = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    if (tensor === undefined || tensor.data.length !== sizeOf(shape)) return false;
    const sameShape =
      tensor.dims.length === shape.length && shape.every((size, i) => tensor.dims[i] === size);
    return sameShape && Array.from(tensor.data).every(Number.isFinite);
  });
}

function readAny(reading: Reading, outputs: Outputs, measure: Measure): number {
  return reading.kind === 'photo' ? measure(reading.measure) : readOutputs(reading, outputs);
}

type ScoreDecision = Extract<Manifest['decision'], { kind: 'score' }>;
type LabelsDecision = Extract<Manifest['decision'], { kind: 'labels' }>;

function decideByScore({ score, lo, hi, below, above }: ScoreDecision, outputs: Outputs): Finding {
  const { score: weight, agrees } = weigh(score, outputs);
  if (Number.isNaN(weight)) return inconclusive('model-error');
  if (!agrees) return inconclusive('contradictory');
  if (weight < lo) return completed(below);
  return weight >= hi ? completed(above) : inconclusive('uncertain');
}

function decideByLabels(decision: LabelsDecision, outputs: Outputs): Finding {
  const data = Object.hasOwn(outputs, decision.output) ? outputs[decision.output]?.data : undefined;
  const probabilities = data === undefined ? [] : probabilitiesOf(decision, data);
  if (probabilities.length === 0 || probabilities.some(Number.isNaN)) return inconclusive('model-error');
  return decision.labels === 'single' ? oneOf(decision, probabilities) : anyOf(decision, probabilities);
}

/** A photo is of one class: the band whose classes are likely enough together, or what no band names. */
function oneOf(decision: LabelsDecision, probabilities: readonly number[]): Finding {
  const likely = bandsOf(decision).find(
    ([, classes]) => sumOf(classes.map((index) => probabilities[index] ?? 0)) >= decision.min,
  );
  if (likely !== undefined) return completed(likely[0]);
  const named = new Set(bandsOf(decision).flatMap(([, classes]) => classes));
  const others = probabilities.filter((_, index) => !named.has(index));
  return sumOf(others) >= decision.min ? inconclusive(decision.others) : inconclusive('uncertain');
}

/** Each class is a question of its own: exactly one band may be likely, or, where the manifest says so, none. */
function anyOf(decision: LabelsDecision, probabilities: readonly number[]): Finding {
  const likelihoods = bandsOf(decision).map(
    ([band, classes]) => [band, Math.max(...classes.map((index) => probabilities[index] ?? 0))] as const,
  );
  const likely = likelihoods.filter(([, likelihood]) => likelihood >= decision.min);
  if (likely.length > 1) return inconclusive('contradictory');
  const [only] = likely;
  if (only !== undefined) return completed(only[0]);
  const { none } = decision;
  const isNone = none !== undefined && likelihoods.every(([, likelihood]) => likelihood < none.max);
  return isNone ? completed(none.band) : inconclusive('uncertain');
}

function bandsOf({ classes }: LabelsDecision): readonly (readonly [Band, readonly number[]])[] {
  return classes.map(({ band, of }) => [band, of]);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function completed(band: Band): Finding {
  return { kind: 'completed', band };
}

function inconclusive(reason: InconclusiveReason): Finding {
  return { kind: 'inconclusive', reason };
}
