import { describe, expect, test } from 'vitest';
import { inputPreparation, inputShape } from '../../../core/model/input.ts';
import { parseManifest, type Manifest } from '../../../core/model/manifest.ts';
import type { Pixels } from '../../../core/ports.ts';
import { aManifest } from './a-manifest.ts';

/** Two pixels beside each other. */
function twoPixels(): Pixels {
  return { width: 2, height: 1, data: Uint8Array.of(0, 51, 255, 102, 153, 204) };
}

function inputOf(change: object): Manifest['input'] {
  const { input } = aManifest();
  return parseManifest({ ...aManifest(), input: { ...input, width: 2, height: 1, ...change } }).input;
}

function prepared(change: object) {
  const { data, dims } = inputPreparation(inputOf(change))(twoPixels());
  return { type: data.constructor.name, dims, values: Array.from(data) };
}

const halfs = [0.5, 0.5, 0.5];

describe('inputPreparation', () => {
  test('uint8 NHWC RGB takes the pixels as they are, without a copy', () => {
    const pixels = twoPixels();
    const tensor = inputPreparation(inputOf({}))(pixels);
    expect(tensor.data).toBe(pixels.data);
    expect(tensor).toMatchObject({ dims: [1, 1, 2, 3], isShared: true });
  });

  test.each<[string, object, string, readonly number[], readonly number[]]>([
    ['planes', { layout: 'NCHW' }, 'Uint8Array', [1, 3, 1, 2], [0, 102, 51, 153, 255, 204]],
    ['blue first', { channels: 'BGR' }, 'Uint8Array', [1, 1, 2, 3], [255, 51, 0, 204, 153, 102]],
    [
      'planes, blue first',
      { layout: 'NCHW', channels: 'BGR' },
      'Uint8Array',
      [1, 3, 1, 2],
      [255, 204, 51, 153, 0, 102],
    ],
    [
      'codes as float',
      { dtype: 'float32', values: { range: '0-255' } },
      'Float32Array',
      [1, 1, 2, 3],
      [0, 51, 255, 102, 153, 204],
    ],
    [
      'zero to one',
      { dtype: 'float32', values: { range: '0-1' } },
      'Float32Array',
      [1, 1, 2, 3],
      [0, 0.2, 1, 0.4, 0.6, 0.8].map(Math.fround),
    ],
    [
      'minus one to one in planes of half precision',
      { dtype: 'float16', layout: 'NCHW', values: { range: '0-1', mean: halfs, std: halfs } },
      'Float16Array',
      [1, 3, 1, 2],
      [-1, -0.2, -0.6, 0.2, 1, 0.6].map(Math.f16round),
    ],
    [
      'a mean of codes, blue first, as Caffe had it: the mean is in the order of the channels',
      { dtype: 'float32', channels: 'BGR', values: { range: '0-255', mean: [100, 10, 1] } },
      'Float32Array',
      [1, 1, 2, 3],
      [155, 41, -1, 104, 143, 101],
    ],
    [
      'int8 of symmetric range',
      { dtype: 'int8', values: { range: '0-1' }, quantisation: { scale: 1 / 127, zeroPoint: 0 } },
      'Int8Array',
      [1, 1, 2, 3],
      [0, 25, 127, 51, 76, 102],
    ],
    [
      'int8 with a zero point, kept in its type',
      { dtype: 'int8', values: { range: '0-255' }, quantisation: { scale: 1, zeroPoint: -100 } },
      'Int8Array',
      [1, 1, 2, 3],
      [-100, -49, 127, 2, 53, 104],
    ],
    [
      'uint8 with a scale',
      { values: { range: '0-255' }, quantisation: { scale: 2, zeroPoint: 3 } },
      'Uint8Array',
      [1, 1, 2, 3],
      // 25.5 and 127.5 round to the even neighbour, as QuantizeLinear does: 26 and 128.
      [3, 29, 131, 54, 79, 105],
    ],
    [
      'grey',
      { channels: 'grey', layout: 'NHW', dtype: 'float32', values: { range: '0-255' } },
      'Float32Array',
      [1, 1, 2],
      // 0.587 x 51 + 0.114 x 255 = 59.0; 0.299 x 102 + 0.587 x 153 + 0.114 x 204 = 143.6
      [59, 144],
    ],
    ['grey in a plane', { channels: 'grey', layout: 'NCHW' }, 'Uint8Array', [1, 1, 1, 2], [59, 144]],
  ])('%s', (_, change, type, dims, values) => {
    expect(prepared(change)).toEqual({ type, dims, values });
  });

  test('the shape is that of the tensor', () => {
    for (const layout of ['NHWC', 'NCHW'])
      expect(inputShape(inputOf({ layout }))).toEqual(prepared({ layout }).dims);
  });

  test.each([{}, { layout: 'NCHW' }])('rejects pixels of another size', (change) => {
    const prepare = inputPreparation(inputOf(change));
    expect(() => prepare({ width: 1, height: 2, data: new Uint8Array(6) })).toThrow(RangeError);
    expect(() => prepare({ width: 2, height: 1, data: new Uint8Array(5) })).toThrow(RangeError);
  });
});
