/** The figures of an evaluation against cases worked by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvField, parseCsv } from '../../bin/evaluate/csv.ts';
import {
  areaUnderRoc,
  calibrationCurve,
  estimateArea,
  estimateAreaGain,
  estimateShare,
  quantileOf,
  rocCurve,
} from '../../bin/evaluate/metrics.ts';

const sampling = { rounds: 500, seed: 1 };

describe('the area under the ROC curve', () => {
  test.each<[string, readonly number[], readonly number[], number]>([
    ['apart', [3, 4], [1, 2], 1],
    ['the wrong way round', [1, 2], [3, 4], 0],
    ['all alike', [5, 5], [5, 5, 5], 0.5],
    // Pairs: 0.8 > 0.7, 0.8 > 0.1, 0.4 < 0.7, 0.4 > 0.1: 3 of 4.
    ['one pair of four wrong', [0.8, 0.4], [0.7, 0.1], 0.75],
    // 0.8 over both, 0.4 even with one and over the other: (2 + 1.5) of 4.
    ['one tie', [0.8, 0.4], [0.4, 0.1], 0.875],
    ['one of each', [-2], [-3], 1],
  ])('%s', (_, positives, negatives, area) => {
    expect(areaUnderRoc(positives, negatives)).toBeCloseTo(area, 12);
  });

  test('is nothing without positives or without negatives', () => {
    expect(areaUnderRoc([], [1])).toBeUndefined();
    expect(estimateArea([1], [], sampling)).toBeUndefined();
  });

  test('is the share of pairs in order, whatever the scores', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const pairs = positives.flatMap((p): number[] =>
          negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)),
        );
        const share = pairs.reduce((a, b) => a + b, 0) / pairs.length;
        expect(areaUnderRoc(positives, negatives)).toBeCloseTo(share, 10);
      }),
    );
  });

  test('is the area under the curve that is drawn', () => {
    const [positives, negatives] = [
      [0.9, 0.8, 0.8, 0.3],
      [0.8, 0.4, 0.2],
    ];
    const curve = rocCurve(positives, negatives);
    let area = 0;
    for (const [at, point] of curve.entries()) {
      const before = curve[at - 1] ?? point;
      area +=
        ((point.falsePositives - before.falsePositives) * (point.truePositives + before.truePositives)) / 2;
    }
    expect(area).toBeCloseTo(areaUnderRoc(positives, negatives) ?? Number.NaN, 10);
    expect(curve.at(-1)).toMatchObject({ falsePositives: 1, truePositives: 1 });
  });

  test('has an interval around it that the seed alone decides, and that narrows with more photos', () => {
    const positives = [0.9, 0.8, 0.7, 0.35, 0.6, 0.5];
    const negatives = [0.1, 0.2, 0.3, 0.4, 0.55, 0.65];
    const few = estimateArea(positives, negatives, sampling);
    expect(few).toEqual(estimateArea(positives, negatives, sampling));
    const many = estimateArea(
      Array.from({ length: 20 }, () => positives).flat(),
      Array.from({ length: 20 }, () => negatives).flat(),
      sampling,
    );
    const widthOf = (one: typeof few) => (one?.high ?? 0) - (one?.low ?? 0);
    expect(few?.low).toBeLessThan(few?.value ?? 0);
    expect(few?.high).toBeGreaterThan(few?.value ?? 1);
    expect(widthOf(many)).toBeLessThan(widthOf(few) / 2);
  });

  test('of two scores, the gain of the second is the difference, with both resampled alike', () => {
    const gain = estimateAreaGain(
      [
        [0.8, 3],
        [0.4, 4],
      ],
      [
        [0.7, 1],
        [0.1, 2],
      ],
      sampling,
    );
    expect(gain?.value).toBeCloseTo(0.25, 12);
    const same = estimateAreaGain(
      [
        [1, 1],
        [2, 2],
      ],
      [
        [0, 0],
        [3, 3],
      ],
      sampling,
    );
    expect(same).toMatchObject({ value: 0, low: 0, high: 0 });
  });
});

describe('a share', () => {
  // Wilson 1927, as in Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  test.each<[number, number, number, number]>([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%d of %d has Wilson’s interval', (hits, n, low, high) => {
    const share = estimateShare(hits, n);
    expect(share?.value).toBe(hits / n);
    expect(share?.low).toBeCloseTo(low, 4);
    expect(share?.high).toBeCloseTo(high, 4);
  });

  test('of nothing is not measured', () => {
    expect(estimateShare(0, 0)).toBeUndefined();
  });
});

test('calibration has bins of as many photos each, and the share of positives in each', () => {
  const scored = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map((score) => ({
    score,
    positive: score > 0.25 && score !== 0.5,
  }));
  const bins = calibrationCurve(scored.toReversed(), 2);
  expect(bins.map(({ low, high }) => [low, high])).toEqual([
    [0.1, 0.3],
    [0.4, 0.6],
  ]);
  expect(bins[0]?.meanScore).toBeCloseTo(0.2, 12);
  expect(bins.map(({ observed }) => observed.value)).toEqual([1 / 3, 2 / 3]);
  expect(calibrationCurve([], 10)).toEqual([]);
});

test('quantiles of times', () => {
  expect(quantileOf([5, 1, 3], 0.5)).toBe(3);
  expect(quantileOf([], 0.95)).toBeUndefined();
});

describe('comma-separated values', () => {
  test.each<[string, string, readonly (readonly string[])[] | undefined]>([
    [
      'plain, with both line ends',
      'a,b\r\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['without a last line end', 'a\nb', [['a'], ['b']]],
    ['quotes, commas and line breaks', '"a, ""b""","c\nd"', [['a, "b"', 'c\nd']]],
    ['an empty field, an empty line and a mark at the start', '\uFEFFa,,c\n\n', [['a', '', 'c']]],
    ['a quote that is never closed', 'a,"b\n', undefined],
  ])('%s', (_, text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 5 }), (fields) => {
        const clean = fields.map((field) => field.replaceAll(/[\r\uFEFF]/g, 'x'));
        expect(parseCsv(clean.map(csvField).join(','))).toEqual([clean]);
      }),
    );
  });
});
