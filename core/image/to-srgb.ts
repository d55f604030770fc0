/**
 * Converts pixels of a wide-gamut space to sRGB, where a file names the space and carries no profile. Pure, in
 * place; a colour outside sRGB is clipped, as a colour management with relative intent would.
 */

/** Linear RGB to linear sRGB, row by row; both spaces have the white of D65. */
type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/**
 * From CSS Color Module Level 4, section 18 (sample code): `lin_P3_to_XYZ` and `lin_2020_to_XYZ`, each followed by
 * `XYZ_to_lin_sRGB`. The primaries are those of SMPTE EG 432-1 and ITU-R BT.2020.
 */
const toLinearSrgb: { readonly [S in WideSpace]: Matrix } = {
  'display-p3': [
    1.2249401762805598, -0.22494017628055996, 0, -0.042056954709688163, 1.0420569547096881, 0,
    -0.019637554590334432, -0.07863604555063188, 1.0982736001409663,
  ],
  bt2020: [
    1.6604910021084345, -0.58764113878854951, -0.072849863319884883, -0.12455047452159074, 1.1328998971259603,
    -0.0083494226043694768, -0.018150763354905303, -0.10057889800800739, 1.1187296613629127,
  ],
};

/** The spaces that can be converted. */
export type WideSpace = 'display-p3' | 'bt2020';

/** `data`: R G B bytes in the space's own sRGB-shaped encoding; holds sRGB afterwards. */
export function convertToSrgb(data: Uint8Array, from: WideSpace): void {
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = toLinearSrgb[from];
  for (let at = 0; at + 2 < data.length; at += 3) {
    const r = linear(data[at]);
    const g = linear(data[at + 1]);
    const b = linear(data[at + 2]);
    data[at] = encoded(rr * r + rg * g + rb * b);
    data[at + 1] = encoded(gr * r + gg * g + gb * b);
    data[at + 2] = encoded(br * r + bg * g + bb * b);
  }
}

/** The sRGB transfer function (IEC 61966-2-1), which Display P3 shares; of each of the 256 codes. */
const linearByCode = Float64Array.from({ length: 256 }, (_, code) => {
  const value = code / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

function linear(code: number | undefined): number {
  return linearByCode[code ?? 0] ?? 0;
}

function encoded(value: number): number {
  if (value <= 0) return 0;
  if (value >= 1) return 255;
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
}
