import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gateOrder } from '../../../core/model/gates.ts';
import { interpret, type Measure, type Rules } from '../../../core/model/interpret.ts';
import { parseManifest } from '../../../core/model/manifest.ts';
import type { Outputs } from '../../../core/model/readings.ts';
import type { Finding } from '../../../core/outcome.ts';
import { aManifest } from './a-manifest.ts';

/** Light from 0.1 to 0.9, sharpness from -1, skin from 0.6, oddness up to 0.5; bands under 0.2 and from 0.4. */
const rules: Rules = parseManifest(aManifest());

/** For manifests without a gate on the photo itself. */
const unmeasured: Measure = (name) => {
  throw new Error(`${name} was measured, and no gate asks for it`);
};

function wordOf(finding: Finding): string {
  return finding.kind === 'completed' ? finding.band : finding.reason;
}

interface Values {
  readonly score?: number;
  readonly light?: number;
  readonly sharpness?: number;
  readonly skin?: number;
  readonly oddness?: number;
}

function outputsOf({ score = 0, light = 0.5, sharpness = 0, skin = 1, oddness = 0 }: Values): Outputs {
  return {
    features: { dims: [1, 1], data: Float64Array.of(score) },
    quality: { dims: [1, 4], data: Float64Array.of(light, sharpness, skin, oddness) },
  };
}

describe('interpret', () => {
  test.each<[string, Values, string]>([
    ['a score under lo', { score: 0.19 }, 'no-clear-difference'],
    ['a score of exactly lo', { score: 0.2 }, 'uncertain'],
    ['a score just under hi', { score: 0.399 }, 'uncertain'],
    ['a score of exactly hi', { score: 0.4 }, 'visible-difference'],
    ['a score far over hi', { score: 9 }, 'visible-difference'],
    ['too little light', { light: 0.09, score: 9 }, 'too-dark'],
    ['light at the bound', { light: 0.1 }, 'no-clear-difference'],
    ['too much light', { light: 0.91, score: 9 }, 'too-bright'],
    ['too little sharpness', { sharpness: -1.1, score: 9 }, 'blurred'],
    ['too little skin', { skin: 0.59, score: 9 }, 'not-enough-skin'],
    ['something else than skin', { oddness: 0.6, score: 9 }, 'not-skin'],
    ['dark before blurred', { light: 0, sharpness: -9, skin: 0, oddness: 1 }, 'too-dark'],
    ['bright before blurred', { light: 1, sharpness: -9, skin: 0, oddness: 1 }, 'too-bright'],
    ['blurred before too little skin', { sharpness: -9, skin: 0, oddness: 1 }, 'blurred'],
    ['too little skin before not skin', { skin: 0, oddness: 1 }, 'not-enough-skin'],
    ['a score that is not a number', { score: Number.NaN }, 'model-error'],
    ['a score without end', { score: Infinity }, 'model-error'],
    ['a broken quality, however dark', { light: 0, skin: Number.NaN }, 'model-error'],
  ])('%s is told as %s', (_, values, word) => {
    expect(wordOf(interpret(rules, outputsOf(values), unmeasured))).toBe(word);
  });

  test.each<[string, Outputs]>([
    ['without outputs', {}],
    ['without one output', { features: outputsOf({})['features'] ?? missing() }],
    ['with a value too many', { ...outputsOf({}), features: { dims: [1, 2], data: [0, 0] } }],
    [
      'with another shape of as many values',
      { ...outputsOf({}), quality: { dims: [4, 1], data: [1, 1, 1, 0] } },
    ],
    [
      'with fewer values than its shape says',
      { ...outputsOf({}), quality: { dims: [1, 4], data: [1, 1, 1] } },
    ],
  ])('a run %s is a model error', (_, outputs) => {
    expect(interpret(rules, outputs, unmeasured)).toEqual({ kind: 'inconclusive', reason: 'model-error' });
  });

  test('the order of gates in a manifest does not matter', () => {
    const reversed = { ...rules, gates: rules.gates.toReversed() };
    const outputs = outputsOf({ light: 0, sharpness: -9, skin: 0, oddness: 1 });
    expect(interpret(reversed, outputs, unmeasured)).toEqual({ kind: 'inconclusive', reason: 'too-dark' });
  });

  test('a finding holds one word and no number', () => {
    expect(interpret(rules, outputsOf({ score: 0.5 }), unmeasured)).toEqual({
      kind: 'completed',
      band: 'visible-difference',
    });
  });
});

describe('a decision by two scores', () => {
  const two = parseManifest({
    ...aManifest(),
    outputs: {
      features: { dtype: 'float32', shape: [1, 1] },
      logits: { dtype: 'float32', shape: [1, 3] },
    },
    gates: [
      {
        reason: 'not-skin',
        read: { kind: 'probability', output: 'logits', labels: 'single', as: 'logits', of: [2] },
        max: 0.5,
      },
    ],
    decision: {
      ...aManifest().decision,
      score: {
        kind: 'mean-of-z',
        parts: [
          { read: { kind: 'value', output: 'features', index: 0 }, mean: 1, std: 2 },
          { read: { kind: 'log-odds', output: 'logits', of: [1], against: [0] }, mean: 0, std: 1 },
        ],
        maxDisagreement: 2,
      },
      lo: -0.5,
      hi: 0.5,
    },
  });

  test.each<[string, number, readonly number[], string]>([
    // z of features is (x - 1) / 2, z of logits is logit 1 minus logit 0
    ['both low', -1, [1, 0, -9], 'no-clear-difference'],
    ['both high', 3, [0, 1, -9], 'visible-difference'],
    ['a mean of exactly lo', 1, [1, 0, -9], 'uncertain'],
    ['a mean of exactly hi', 1, [0, 1, -9], 'visible-difference'],
    ['apart, but not too far', 3, [1, 0, -9], 'uncertain'],
    ['too far apart', 3.01, [1, 0, -9], 'contradictory'],
    ['too far apart with a high mean', 9, [0, 0, -9], 'contradictory'],
    ['something else than skin', 3, [0, 1, 9], 'not-skin'],
    ['a half of something else', 3, [0, 1, Math.log(1 + Math.E) - 1e-9], 'visible-difference'],
  ])('%s', (_, feature, logits, word) => {
    const outputs = {
      features: { dims: [1, 1], data: [feature] },
      logits: { dims: [1, 3], data: logits },
    };
    expect(wordOf(interpret(two, outputs, unmeasured))).toBe(word);
  });
});

describe('a decision by labels', () => {
  const bands = { cat: { sentence: 'It shows a cat.' }, dog: { sentence: 'It shows a dog.' } };
  const decision = {
    kind: 'labels',
    output: 'classes',
    labels: 'single',
    as: 'probabilities',
    classes: [
      { band: 'cat', of: [0, 1] },
      { band: 'dog', of: [2] },
    ],
    min: 0.6,
  };
  const rest = { outputs: { classes: { dtype: 'float32', shape: [1, 4] } }, gates: [], bands };
  const single = parseManifest({ ...aManifest(), ...rest, decision: { ...decision, others: 'not-skin' } });
  const multi = parseManifest({
    ...aManifest(),
    ...rest,
    bands: { ...bands, neither: { sentence: 'It shows neither.' } },
    decision: { ...decision, labels: 'multi', none: { band: 'neither', max: 0.2 } },
  });

  function say(manifest: Rules, data: readonly number[]): string {
    return wordOf(interpret(manifest, { classes: { dims: [1, 4], data } }, unmeasured));
  }

  test.each<[string, readonly number[], string]>([
    ['one class that is likely', [0, 0, 0.7, 0.3], 'dog'],
    ['two classes of one band, together likely', [0.3, 0.3, 0.2, 0.2], 'cat'],
    ['no band that is likely', [0.5, 0, 0.5, 0], 'uncertain'],
    ['a class that no band names', [0.1, 0.1, 0.1, 0.7], 'not-skin'],
    ['probabilities that do not sum to one', [0.9, 0.9, 0, 0], 'model-error'],
    ['raw scores that are taken for probabilities', [4, -2, -1, 0], 'model-error'],
  ])('of one class: %s', (_, data, word) => {
    expect(say(single, data)).toBe(word);
  });

  test.each<[string, readonly number[], string]>([
    ['one likely class', [0.1, 0.9, 0.1, 0.1], 'cat'],
    ['two likely bands', [0.9, 0, 0.8, 0], 'contradictory'],
    ['two likely classes of one band', [0.9, 0.8, 0, 0], 'cat'],
    ['none that is likely', [0.1, 0.1, 0.19, 0.9], 'neither'],
    ['one that is neither likely nor unlikely', [0.1, 0.1, 0.2, 0], 'uncertain'],
    ['what is no probability', [0, 0, 1.5, 0], 'model-error'],
  ])('of many classes: %s', (_, data, word) => {
    expect(say(multi, data)).toBe(word);
  });

  test('softmax and sigmoid are applied to logits', () => {
    const asLogits = (manifest: typeof single) =>
      parseManifest({ ...manifest, decision: { ...manifest.decision, as: 'logits' } });
    expect(say(asLogits(single), [0, 0, 5, 0])).toBe('dog');
    expect(say(asLogits(multi), [-5, -5, 5, 5])).toBe('dog');
    expect(say(asLogits(multi), [-5, -5, -5, 5])).toBe('neither');
    // An exponential of 1000 has no double; the softmax of it has.
    expect(say(asLogits(single), [0, 1000, 0, 0])).toBe('cat');
  });
});

describe('a gate on the photo itself', () => {
  const measured = parseManifest({
    ...aManifest(),
    gates: [{ reason: 'too-dark', read: { kind: 'photo', measure: 'mean-luma' }, min: 0.2 }],
  });

  test.each<[number, string]>([
    [0.19, 'too-dark'],
    [0.2, 'visible-difference'],
    [Number.NaN, 'too-dark'],
  ])('a measure of %d', (value, word) => {
    expect(wordOf(interpret(measured, outputsOf({ score: 1 }), () => value))).toBe(word);
  });
});

describe('whatever the numbers', () => {
  const any = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0.2, 0.4));
  const arbitrary = fc.tuple(any, any, any, any, any);

  test('a band is said only with every gate open and the score on its side', () => {
    fc.assert(
      fc.property(arbitrary, ([score, light, sharpness, skin, oddness]) => {
        const finding = interpret(rules, outputsOf({ score, light, sharpness, skin, oddness }), unmeasured);
        if (finding.kind !== 'completed') return;
        expect([light >= 0.1, light <= 0.9, sharpness >= -1, skin >= 0.6, oddness <= 0.5]).not.toContain(
          false,
        );
        expect(finding.band === 'no-clear-difference' ? score < 0.2 : score >= 0.4).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a number that is none is never anything but a model error', () => {
    fc.assert(
      fc.property(
        arbitrary,
        fc.nat(4),
        fc.constantFrom(Number.NaN, Infinity, -Infinity),
        (values, at, bad) => {
          const [score, light, sharpness, skin, oddness] = values.map((value, i) => (i === at ? bad : value));
          const given = { score, light, sharpness, skin, oddness };
          const defined = Object.fromEntries(
            Object.entries(given).filter(([, value]) => value !== undefined),
          );
          expect(wordOf(interpret(rules, outputsOf(defined), unmeasured))).toBe('model-error');
        },
      ),
    );
  });

  test('the reason is the first in the order of gates', () => {
    const bad: Record<(typeof gateOrder)[number], Values> = {
      'too-dark': { light: 0 },
      'too-bright': { light: 1 },
      blurred: { sharpness: -9 },
      'not-enough-skin': { skin: 0 },
      'not-skin': { oddness: 1 },
    };
    fc.assert(
      fc.property(fc.subarray([...gateOrder], { minLength: 1 }), (reasons) => {
        const values = reasons.toReversed().reduce<Values>((all, reason) => ({ ...all, ...bad[reason] }), {});
        // Light cannot be too little and too much at once.
        expect(wordOf(interpret(rules, outputsOf(values), unmeasured))).toBe(reasons[0]);
      }),
    );
  });
});

function missing(): never {
  throw new Error('the outputs of this test lack an output');
}
