/**
 * Shrinks decoded pixels by a whole factor, where they lie, so that the large picture is never copied. Pure.
 */

/** Pixels in somebody else's memory. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly data: Uint8Array;
}

/** What a transparent part is shown on. */
const midGrey = 128;

/**
 * The mean of each block of pixels, on mid-grey: R G B without padding. The factor is the largest that leaves twice
 * the wanted size, so that a good resampling can follow; what no block covers is cut off both sides alike.
 */
export function shrink(
  raster: Raster,
  minWidth: number,
  minHeight: number,
): { readonly width: number; readonly height: number; readonly data: Uint8Array<ArrayBuffer> } {
  const { channels, stride, data } = raster;
  const factor = Math.max(
    1,
    Math.floor(Math.min(raster.width / (2 * minWidth), raster.height / (2 * minHeight))),
  );
  const width = Math.floor(raster.width / factor);
  const height = Math.floor(raster.height / factor);
  const left = Math.floor((raster.width - width * factor) / 2);
  const top = Math.floor((raster.height - height * factor) / 2);
  const shrunk = new Uint8Array(width * height * 3);
  // Not whole numbers: what is half transparent counts half.
  const sums = new Float64Array(width * 3);
  const perBlock = factor * factor;
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    for (let row = 0; row < factor; row += 1) {
      addRow(sums, data, (top + y * factor + row) * stride + left * channels, factor, channels);
    }
    for (let at = 0; at < sums.length; at += 1) {
      shrunk[y * width * 3 + at] = Math.round((sums[at] ?? 0) / perBlock);
    }
  }
  sums.fill(0);
  return { width, height, data: shrunk };
}

/** Adds one row of pixels to the sums of the blocks that it crosses. */
function addRow(sums: Float64Array, data: Uint8Array, start: number, factor: number, channels: 3 | 4): void {
  let from = start;
  for (let to = 0; to < sums.length; to += 3) {
    let [r, g, b] = [0, 0, 0];
    for (let column = 0; column < factor; column += 1, from += channels) {
      const opacity = channels === 4 ? (data[from + 3] ?? 0) / 255 : 1;
      const ground = (1 - opacity) * midGrey;
      r += (data[from] ?? 0) * opacity + ground;
      g += (data[from + 1] ?? 0) * opacity + ground;
      b += (data[from + 2] ?? 0) * opacity + ground;
    }
    sums[to] = (sums[to] ?? 0) + r;
    sums[to + 1] = (sums[to + 1] ?? 0) + g;
    sums[to + 2] = (sums[to + 2] ?? 0) + b;
  }
}
