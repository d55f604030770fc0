import { describe, expect, test } from 'vitest';
import { shrink, type Raster } from '../../../lambdas/adapters/shrink.ts';

/** Pixels whose first channel is `value(x, y)`, the second 10 and the third 20; rows with 5 bytes of padding. */
function raster(
  width: number,
  height: number,
  value: (x: number, y: number) => number,
  alpha?: number,
): Raster {
  const channels = alpha === undefined ? 3 : 4;
  const stride = width * channels + 5;
  const data = new Uint8Array(stride * height).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      data.set([value(x, y), 10, 20, ...(alpha === undefined ? [] : [alpha])], y * stride + x * channels);
    }
  }
  return { width, height, channels, stride, data };
}

describe('shrink', () => {
  test('answers the mean of each block', () => {
    const { width, height, data } = shrink(
      raster(4, 4, (x, y) => (x < 2 ? 100 : 50) + y),
      1,
      1,
    );
    expect([width, height]).toEqual([2, 2]);
    expect([...data]).toEqual([101, 10, 20, 51, 10, 20, 103, 10, 20, 53, 10, 20]);
  });

  test('leaves a picture alone that is less than four times the wanted size', () => {
    const { width, height, data } = shrink(
      raster(7, 3, (x, y) => x * 10 + y),
      2,
      1,
    );
    expect([width, height]).toEqual([7, 3]);
    expect(data[7 * 3 * 2 + 3 * 6]).toBe(62);
  });

  test('cuts what no block covers off both sides alike', () => {
    const { width, data } = shrink(
      raster(12, 12, (x) => x * 10),
      1,
      1,
    );
    expect(width).toBe(2);
    expect([data[0], data[3]]).toEqual([25, 85]);
    const odd = shrink(
      raster(10, 8, (x) => x * 10),
      1,
      1,
    );
    expect([odd.width, odd.data[0], odd.data[3]]).toEqual([2, 25, 65]);
  });

  test('shows what is transparent as mid-grey, and what is half so as half of it', () => {
    expect([
      ...shrink(
        raster(1, 1, () => 255, 0),
        1,
        1,
      ).data,
    ]).toEqual([128, 128, 128]);
    expect([
      ...shrink(
        raster(1, 1, () => 28, 128),
        1,
        1,
      ).data,
    ]).toEqual([78, 69, 74]);
    expect([
      ...shrink(
        raster(1, 1, () => 255, 255),
        1,
        1,
      ).data,
    ]).toEqual([255, 10, 20]);
  });
});
