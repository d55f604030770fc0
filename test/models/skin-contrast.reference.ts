/**
 * What skin-contrast computes, written a second time in plain loops and doubles from its model card, to
 * compare the graph with. It shares no code with `models/`.
 */

/** The outputs of the graph by name. */
export interface Reference {
  readonly features: number;
  readonly meanLuma: number;
  readonly blownOutShare: number;
  readonly sharpness: number;
  readonly skinShare: number;
}

interface Plane {
  readonly side: number;
  readonly values: Float64Array;
}

/** Computes the outputs for 256 x 256 RGB pixels. */
export function reference(pixels: Uint8Array): Reference {
  const red = averaged(pixels, 0);
  const green = averaged(pixels, 1);
  const blue = averaged(pixels, 2);
  const luma = plane(256, (x, y) => {
    const [r = 0, g = 0, b = 0] = pixels.subarray((y * 256 + x) * 3);
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
  });
  const cells = [...red.values.keys()].map((i) => [at(red, i), at(green, i), at(blue, i)] as const);
  return {
    features: contrast(red, green),
    meanLuma: mean(luma.values),
    blownOutShare: cells.filter((cell) => Math.max(...cell) > 0.956).length / cells.length,
    sharpness: sharpness(luma),
    skinShare: cells.filter(([r, g, b]) => isSkin(r, g, b)).length / cells.length,
  };
}

function contrast(red: Plane, green: Plane): number {
  const log = (value: number) => Math.log(Math.max(value, 0.001));
  const ratio = plane(64, (x, y) => log(at(red, y * 64 + x)) - log(at(green, y * 64 + x)));
  const difference: number[] = [];
  for (let y = 12; y < 52; y += 1) {
    for (let x = 12; x < 52; x += 1) {
      difference.push(gaussianAt(ratio, x, y, 1.5, 5) - gaussianAt(ratio, x, y, 6, 12));
    }
  }
  return difference.sort((a, b) => b - a)[15] ?? Number.NaN;
}

/** Over the pixels that the wide Gaussian reaches without leaving the photo. */
function sharpness(luma: Plane): number {
  const soft = softened(luma, 1, 4);
  const softer = softened(luma, 4, 12);
  const detail: number[] = [];
  const structure: number[] = [];
  for (let y = 12; y < 244; y += 1) {
    for (let x = 12; x < 244; x += 1) {
      const i = y * 256 + x;
      detail.push(at(luma, i) - at(soft, i));
      structure.push(at(soft, i) - at(softer, i));
    }
  }
  return Math.log((deviation(detail) + 1e-5) / (deviation(structure) + 0.004));
}

/** CIELAB under D65 by its textbook formula, with an arc tangent. */
function isSkin(r: number, g: number, b: number): boolean {
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  const [lightness, a, bb] = [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  const chroma = Math.hypot(a, bb);
  const hue = (Math.atan2(bb, a) * 180) / Math.PI;
  const inLightness = lightness >= 12 && lightness <= 97;
  return inLightness && chroma >= 6 && chroma <= 52 && a > 1.5 && hue >= -12 && hue <= 82;
}

/** One channel in linear light, averaged over cells of 4 x 4 pixels. */
function averaged(pixels: Uint8Array, channel: number): Plane {
  return plane(64, (x, y) => {
    let sum = 0;
    for (let i = 0; i < 16; i += 1) {
      const pixel = (y * 4 + (i >> 2)) * 256 + x * 4 + (i & 3);
      const encoded = (pixels[pixel * 3 + channel] ?? Number.NaN) / 255;
      sum += encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
    }
    return sum / 16;
  });
}

/** The Gaussian mean around a point, straight from the definition. */
function gaussianAt(source: Plane, x: number, y: number, sigma: number, radius: number): number {
  let sum = 0;
  let weights = 0;
  for (let dy = -radius; dy <= radius; dy += 1) {
    for (let dx = -radius; dx <= radius; dx += 1) {
      const weight = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
      sum += weight * at(source, (y + dy) * source.side + x + dx);
      weights += weight;
    }
  }
  return sum / weights;
}

/** The same, for a whole plane, rows then columns; near the edges it is NaN and not looked at. */
function softened(source: Plane, sigma: number, radius: number): Plane {
  const along = (from: Plane, step: (x: number, y: number, d: number) => number) =>
    plane(from.side, (x, y) => {
      let sum = 0;
      let weights = 0;
      for (let d = -radius; d <= radius; d += 1) {
        const weight = Math.exp((-d * d) / (2 * sigma * sigma));
        sum += weight * at(from, step(x, y, d));
        weights += weight;
      }
      return sum / weights;
    });
  const rows = along(source, (x, y, d) => (x + d < 0 || x + d >= source.side ? -1 : y * source.side + x + d));
  return along(rows, (x, y, d) => (y + d) * source.side + x);
}

function plane(side: number, value: (x: number, y: number) => number): Plane {
  return {
    side,
    values: Float64Array.from({ length: side * side }, (_, i) => value(i % side, Math.floor(i / side))),
  };
}

function at({ values }: Plane, index: number): number {
  return values[index] ?? Number.NaN;
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}
