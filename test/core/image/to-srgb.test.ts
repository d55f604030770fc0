import { describe, expect, test } from 'vitest';
import { convertToSrgb, type WideSpace } from '../../../core/image/to-srgb.ts';

function converted(from: WideSpace, ...codes: readonly number[]): number[] {
  const data = Uint8Array.from(codes);
  convertToSrgb(data, from);
  return [...data];
}

type Primaries = readonly (readonly [x: number, y: number])[];
const srgbPrimaries: Primaries = [
  [0.64, 0.33],
  [0.3, 0.6],
  [0.15, 0.06],
];
const d65 = [0.3127 / 0.329, 1, (1 - 0.3127 - 0.329) / 0.329];

/** Tristimulus values of R G B codes with sRGB's transfer function (SMPTE RP 177, by Cramer's rule). */
function xyzOf(primaries: Primaries, codes: readonly number[]): number[] {
  const columns = primaries.map(([x, y]) => [x / y, 1, (1 - x - y) / y]);
  const whole = determinant(columns);
  const light = codes.map((code, at) => {
    const share = determinant(columns.map((column, index) => (index === at ? d65 : column))) / whole;
    const value = code / 255;
    return share * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  });
  return [0, 1, 2].map((row) =>
    columns.reduce((sum, column, at) => sum + (column[row] ?? 0) * (light[at] ?? 0), 0),
  );
}

function determinant(columns: readonly (readonly number[])[]): number {
  const [[a = 0, b = 0, c = 0] = [], [d = 0, e = 0, f = 0] = [], [g = 0, h = 0, i = 0] = []] = columns;
  return a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e);
}

describe('convertToSrgb', () => {
  test.each<WideSpace>(['display-p3', 'bt2020'])('%s has the greys of sRGB, black and white too', (space) => {
    for (let grey = 0; grey < 256; grey += 1) {
      for (const code of converted(space, grey, grey, grey))
        expect(Math.abs(code - grey)).toBeLessThanOrEqual(1);
    }
    expect(converted(space, 0, 0, 0, 255, 255, 255)).toEqual([0, 0, 0, 255, 255, 255]);
  });

  test.each<[WideSpace, Primaries]>([
    [
      'display-p3',
      [
        [0.68, 0.32],
        [0.265, 0.69],
        [0.15, 0.06],
      ],
    ],
    [
      'bt2020',
      [
        [0.708, 0.292],
        [0.17, 0.797],
        [0.131, 0.046],
      ],
    ],
  ])('%s is converted as its primaries say', (space, primaries) => {
    const skin = [
      [200, 150, 130],
      [120, 80, 65],
      [230, 190, 175],
      [150, 60, 60],
    ] as const;
    for (const codes of skin) {
      // Through the tristimulus values, which sRGB's own primaries must give too.
      const wanted = xyzOf(primaries, codes);
      const got = xyzOf(srgbPrimaries, converted(space, ...codes));
      got.forEach((value, at) => expect(Math.abs(value - (wanted[at] ?? Number.NaN))).toBeLessThan(0.005));
    }
  });

  test('colours that sRGB has not are clipped, and every pixel is converted', () => {
    const [first, second] = [converted('display-p3', 0, 255, 0), converted('display-p3', 9, 9, 9, 0, 255, 0)];
    expect(first).toEqual([0, 255, 0]);
    expect(second.slice(3)).toEqual(first);
  });
});
