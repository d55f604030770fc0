/**
 * What can be measured on a photo without a model: light, sharpness, colour of skin. Plain loops over pixels, so that
 * a browser can measure the same before an upload as the analysis does after it. Pure; it decides nothing.
 */

/** Each has a formula below; a manifest's gates name them. */
export const measureNames = ['mean-luma', 'blown-out-share', 'sharpness', 'skin-share'] as const;
export type MeasureName = (typeof measureNames)[number];

/** Pixels of a photo at the model's size: 3 bytes (R G B) or 4 (as a canvas gives them) each, sRGB, row by row. */
export interface PhotoPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Smallest side that sharpness can be measured on: the widest blur and something left in its middle. */
export const smallestSharpnessSide = 64;

/** A channel above this in linear light is blown out (250 of 255 in sRGB). */
const blownOut = 0.956;
/** Share of cells: the photo is averaged to about this many cells a side, in linear light. */
const cellSide = 4;
/** One code of 8 bits: structure fainter than rounding and compression says nothing about sharpness. */
const faintest = 0.004;

const measures: { readonly [M in MeasureName]: (photo: PhotoPixels) => number } = {
  'mean-luma': (photo) => meanOf(lumaOf(photo)),
  'blown-out-share': (photo) => shareOfCells(photo, (r, g, b) => Math.max(r, g, b) > blownOut),
  sharpness: sharpnessOf,
  'skin-share': (photo) => shareOfCells(photo, isSkin),
};

/**
 * Measures a photo: `mean-luma` 0 to 1 (Rec. 601 on encoded values); `blown-out-share` and `skin-share` 0 to 1, of
 * cells of 4 x 4 pixels averaged in linear light; `sharpness` the log of fine over coarse detail, about -1 for a
 * sharp photo and lower for a blurred one. NaN where the pixels are not what their size says.
 */
export function measurePhoto(photo: PhotoPixels, name: MeasureName): number {
  return channelsOf(photo) === undefined ? Number.NaN : measures[name](photo);
}

function channelsOf({ width, height, data }: PhotoPixels): 3 | 4 | undefined {
  const pixels = width * height;
  if (pixels === 0) return undefined;
  return data.length === pixels * 3 ? 3 : data.length === pixels * 4 ? 4 : undefined;
}

/** Rec. 601 weights on encoded values, 0 to 1. */
function lumaOf(photo: PhotoPixels): Float64Array {
  const { data } = photo;
  const step = channelsOf(photo) ?? 3;
  const luma = new Float64Array(photo.width * photo.height);
  for (let at = 0, from = 0; at < luma.length; at += 1, from += step) {
    const sum = 0.299 * (data[from] ?? 0) + 0.587 * (data[from + 1] ?? 0) + 0.114 * (data[from + 2] ?? 0);
    luma[at] = sum / 255;
  }
  return luma;
}

/** sRGB code to linear light (IEC 61966-2-1). */
const linear = Float64Array.from({ length: 256 }, (_, code) => {
  const encoded = code / 255;
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
});

/** Share of cells whose mean colour, in linear light, satisfies a test. Pixels beyond whole cells are left out. */
function shareOfCells(photo: PhotoPixels, test: (r: number, g: number, b: number) => boolean): number {
  const { width, height, data } = photo;
  const step = channelsOf(photo) ?? 3;
  const columns = Math.floor(width / cellSide);
  const rows = Math.floor(height / cellSide);
  let passed = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let [r, g, b] = [0, 0, 0];
      for (let y = row * cellSide; y < (row + 1) * cellSide; y += 1) {
        let from = (y * width + column * cellSide) * step;
        for (let x = 0; x < cellSide; x += 1, from += step) {
          r += linear[data[from] ?? 0] ?? 0;
          g += linear[data[from + 1] ?? 0] ?? 0;
          b += linear[data[from + 2] ?? 0] ?? 0;
        }
      }
      const pixels = cellSide * cellSide;
      if (test(r / pixels, g / pixels, b / pixels)) passed += 1;
    }
  }
  return passed / (columns * rows);
}

/** A colour of skin, of any tone, in CIELAB (D65): L 12 to 97, a over 1.5, chroma 6 to 52, hue -12 to 82 degrees. */
function isSkin(r: number, g: number, b: number): boolean {
  const x = toLab((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.950_47);
  const y = toLab(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = toLab((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.088_83);
  const [lightness, a, yellow] = [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  const chroma = Math.hypot(a, yellow);
  const hue = (Math.atan2(yellow, a) * 180) / Math.PI;
  const isLit = lightness >= 12 && lightness <= 97;
  return isLit && a > 1.5 && chroma >= 6 && chroma <= 52 && hue >= -12 && hue <= 82;
}

/** The function f of CIELAB (CIE 15). */
function toLab(t: number): number {
  return t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29;
}

const fine = { sigma: 1, radius: 4 };
const coarse = { sigma: 4, radius: 12 };

/**
 * log of std(g - G1) over std(G1 - G4) of the luma g, over the part that the wide Gaussian reaches without leaving
 * the photo: how much of the detail is fine.
 */
function sharpnessOf(photo: PhotoPixels): number {
  if (Math.min(photo.width, photo.height) < smallestSharpnessSide) return Number.NaN;
  const luma: Plane = { width: photo.width, height: photo.height, values: lumaOf(photo) };
  const soft = blur(luma, fine);
  const softer = blur(luma, coarse);
  const margin = coarse.radius;
  const seen = (luma.width - 2 * margin) * (luma.height - 2 * margin);
  const detail = new Float64Array(seen);
  const structure = new Float64Array(seen);
  let at = 0;
  for (let y = margin; y < luma.height - margin; y += 1) {
    for (let x = margin; x < luma.width - margin; x += 1) {
      const softAt = soft.values[(y - fine.radius) * soft.width + x - fine.radius] ?? Number.NaN;
      const softerAt = softer.values[(y - margin) * softer.width + x - margin] ?? Number.NaN;
      detail[at] = (luma.values[y * luma.width + x] ?? Number.NaN) - softAt;
      structure[at] = softAt - softerAt;
      at += 1;
    }
  }
  return Math.log((deviationOf(detail) + 1e-5) / (deviationOf(structure) + faintest));
}

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

/** Separable Gaussian without padding: the plane loses `radius` on each edge. */
function blur(plane: Plane, { sigma, radius }: typeof fine): Plane {
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const kernel = Float64Array.from(weights, (weight) => weight / sum);
  return convolve(convolve(plane, kernel, 'down'), kernel, 'across');
}

function convolve(plane: Plane, kernel: Float64Array, way: 'down' | 'across'): Plane {
  const width = plane.width - (way === 'across' ? kernel.length - 1 : 0);
  const height = plane.height - (way === 'down' ? kernel.length - 1 : 0);
  const step = way === 'down' ? plane.width : 1;
  const values = new Float64Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let tap = 0, from = y * plane.width + x; tap < kernel.length; tap += 1, from += step) {
        sum += (kernel[tap] ?? 0) * (plane.values[from] ?? Number.NaN);
      }
      values[y * width + x] = sum;
    }
  }
  return { width, height, values };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? Number.NaN;
  return sum / values.length;
}

/** Of the population. */
function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return Math.sqrt(sum / values.length);
}
