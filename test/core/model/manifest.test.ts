import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { manifestJsonSchema, parseManifest } from '../../../core/model/manifest.ts';
import { aManifest, type ManifestJson } from './a-manifest.ts';

/** A change of one thing, and a word of the path or sentence that the refusal must name. */
type Change = readonly [title: string, names: string, change: (manifest: ManifestJson) => unknown];

/** Changes one thing of the input, of the decision, or of the whole. */
const input = (change: object) => (m: ManifestJson) => ({ ...m, input: { ...m.input, ...change } });
const decision = (change: object) => (m: ManifestJson) => ({ ...m, decision: { ...m.decision, ...change } });
const gates =
  (...given: object[]) =>
  (m: ManifestJson) => ({ ...m, gates: given });
const whole = (change: object) => (m: ManifestJson) => ({ ...m, ...change });

const labels = {
  kind: 'labels',
  output: 'quality',
  labels: 'single',
  as: 'logits',
  classes: [
    { band: 'no-clear-difference', of: [0] },
    { band: 'visible-difference', of: [1, 2] },
  ],
  min: 0.6,
};

const refused: readonly Change[] = [
  ['a name it does not know', 'Unrecognized', whole({ weights: [] })],
  ['an earlier format', 'format', whole({ format: 1 })],
  ['an unknown name in the input', 'Unrecognized', input({ mean: 0 })],
  ['an unknown layout', 'layout', input({ layout: 'CHWN' })],
  ['a layout without a place for its channels', 'NHW', input({ layout: 'NHW' })],
  ['an unknown type of input', 'dtype', input({ dtype: 'float64' })],
  ['a width of no pixels', 'width', input({ width: 0 })],
  ['a float input of no range', 'say which range', input({ dtype: 'float32' })],
  [
    'a float input with a zero point',
    'for uint8 and int8',
    input({ dtype: 'float16', values: { range: '0-1' }, quantisation: { scale: 1, zeroPoint: 0 } }),
  ],
  ['an int8 input without its scale', 'needed for int8', input({ dtype: 'int8', values: { range: '0-1' } })],
  ['values of plain bytes', 'need input.quantisation', input({ values: { range: '0-1' } })],
  [
    'a mean for another number of channels',
    'has 1 numbers; RGB takes 3',
    input({ dtype: 'float32', values: { range: '0-1', mean: [0.5] } }),
  ],
  [
    'a spread of nothing',
    'std must be above 0',
    input({ dtype: 'float32', values: { range: '0-1', std: [1, 0, 1] } }),
  ],
  ['a digest in capitals', 'sha256', whole({ sha256: 'A'.repeat(64) })],
  ['a version that is none', 'version', whole({ version: 'latest' })],
  [
    'a gate without a bound',
    'min or max',
    gates({ reason: 'blurred', read: { kind: 'value', output: 'quality', index: 0 } }),
  ],
  [
    'a gate for a reason that is no gate',
    'reason',
    gates({ reason: 'uncertain', read: { kind: 'value', output: 'quality', index: 0 }, min: 0 }),
  ],
  [
    'a gate on a value beyond the output',
    'quality[4]',
    gates({ reason: 'blurred', read: { kind: 'value', output: 'quality', index: 4 }, min: 0 }),
  ],
  [
    'sharpness of a photo too small to have one',
    'under 64 pixels',
    gates({ reason: 'blurred', read: { kind: 'photo', measure: 'sharpness' }, min: -1.5 }),
  ],
  [
    'a score of an output that is not declared',
    'toString[0]',
    decision({ score: { kind: 'value', output: 'toString', index: 0 } }),
  ],
  [
    'log odds against a class that is not there',
    'quality[7]',
    decision({ score: { kind: 'log-odds', output: 'quality', of: [0], against: [7] } }),
  ],
  ['a score made in an unknown way', 'kind', decision({ score: { kind: 'guess' } })],
  [
    'a mean of one score',
    'parts',
    decision({
      score: {
        kind: 'mean-of-z',
        parts: [{ read: { kind: 'value', output: 'quality', index: 0 }, mean: 0, std: 1 }],
        maxDisagreement: 1,
      },
    }),
  ],
  ['thresholds the wrong way round', 'lo is above', decision({ lo: 0.5 })],
  ['a threshold for an unknown band', 'some-band', decision({ above: 'some-band' })],
  ['the same band on both sides', 'the same band', decision({ above: 'no-clear-difference' })],
  ['a threshold that is not a number', 'hi', decision({ hi: Number.NaN })],
  [
    'a band that could hold a number',
    'bands',
    (m) => ({ ...m, bands: { ...m.bands, 'score-0.7': m.bands['visible-difference'] } }),
  ],
  [
    'a band that nothing says',
    'never says',
    (m) => ({ ...m, bands: { ...m.bands, extra: { sentence: 'x' } } }),
  ],
  ['another advice for one band', 'Unrecognized', whole({ bands: { one: { sentence: 'x', advice: 'y' } } })],
  ['two bands that could both be likely', 'over 0.5', whole({ decision: { ...labels, min: 0.5 } })],
  [
    'a class of two bands',
    'belongs to two bands',
    whole({
      decision: {
        ...labels,
        classes: [
          { band: 'no-clear-difference', of: [0, 1] },
          { band: 'visible-difference', of: [1] },
        ],
      },
    }),
  ],
  [
    'a class that the output does not have',
    'quality[9]',
    whole({
      decision: {
        ...labels,
        classes: [...labels.classes.slice(0, 1), { band: 'visible-difference', of: [9] }],
      },
    }),
  ],
  [
    '"none" of a single-label output',
    'use decision.others',
    whole({ decision: { ...labels, none: { band: 'no-clear-difference', max: 0.1 } } }),
  ],
  ['no object at all', 'object', () => 'manifest'],
];

describe('parseManifest', () => {
  test('a valid manifest comes back as it was', () => {
    expect(parseManifest(aManifest())).toEqual(aManifest());
  });

  test('a decision by labels comes back with its default', () => {
    const given = { ...aManifest(), decision: labels };
    expect(parseManifest(given)).toEqual({ ...given, decision: { ...labels, others: 'uncertain' } });
  });

  test('questions of their own may have a lower threshold', () => {
    const given = { ...aManifest(), decision: { ...labels, labels: 'multi', min: 0.3 } };
    expect(parseManifest(given).decision).toMatchObject({ min: 0.3 });
  });

  test.each(refused)('rejects %s', (_, names, change) => {
    expect(() => parseManifest(change(aManifest()))).toThrow(names);
  });
});

describe('the published JSON Schema', () => {
  const published = z.fromJSONSchema({ ...manifestJsonSchema() });

  test('takes a valid manifest, of thresholds and of labels', () => {
    expect(published.safeParse(aManifest()).success).toBe(true);
    expect(published.safeParse({ ...aManifest(), decision: labels }).success).toBe(true);
  });

  test.each<[string, object]>([
    ['an unknown field', { weights: [] }],
    ['an unknown field further down', { input: { ...aManifest().input, mean: 0 } }],
    ['an unknown layout', { input: { ...aManifest().input, layout: 'CHWN' } }],
    ['a digest in capitals', { sha256: 'A'.repeat(64) }],
    ['a decision of no kind', { decision: { lo: 1 } }],
  ])('rejects %s', (_, change) => {
    expect(published.safeParse({ ...aManifest(), ...change }).success).toBe(false);
  });

  test('describes what its names do not say', () => {
    const text = JSON.stringify(manifestJsonSchema());
    for (const word of ['halves', 'softmax', 'mid-grey', 'npm run evaluate']) expect(text).toContain(word);
  });
});
