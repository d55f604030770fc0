/**
 * Pixels to the one tensor that a model takes: layout, order of channels, range, mean and spread, type. Pure. Each
 * colour code has one value a channel, so a table of 256 is made once and pixels are only looked up.
 */
import type { Pixels } from '../ports.ts';
import type { Manifest } from './manifest.ts';

/** Row-major values in the type of the input. */
export type InputData = Uint8Array | Int8Array | Float32Array | Float16Array;

/** An input of one photo. */
export interface InputTensor {
  readonly data: InputData;
  readonly dims: readonly number[];
  /** Whether the data are the pixels themselves and not a copy. */
  readonly isShared: boolean;
}

/** Makes the tensor of one photo at exactly the input's size; throws a RangeError for another size. */
export type PrepareInput = (pixels: Pixels) => InputTensor;

/** The shape that the graph must take, [1, ...]. */
export function inputShape({ layout, channels, width, height }: Manifest['input']): readonly number[] {
  const depth = channels === 'grey' ? 1 : 3;
  switch (layout) {
    case 'NHWC':
      return [1, height, width, depth];
    case 'NCHW':
      return [1, depth, height, width];
    case 'NHW':
      return [1, height, width];
  }
}

/** Prepares for one input. uint8 NHWC RGB as it is takes the pixels without a copy. */
export function inputPreparation(input: Manifest['input']): PrepareInput {
  const dims = inputShape(input);
  const pixelCount = input.width * input.height;
  const assertSize = ({ width, height, data }: Pixels): void => {
    if (width === input.width && height === input.height && data.length === pixelCount * 3) return;
    throw new RangeError(`the model takes ${input.width} x ${input.height} pixels, not ${width} x ${height}`);
  };
  const isPlain = input.dtype === 'uint8' && input.values === undefined && input.quantisation === undefined;
  if (isPlain && input.layout === 'NHWC' && input.channels === 'RGB') {
    return (pixels) => {
      assertSize(pixels);
      return { data: pixels.data, dims, isShared: true };
    };
  }
  const fill = input.channels === 'grey' ? fillGrey : fillColour;
  const tables = tablesOf(input);
  return (pixels) => {
    assertSize(pixels);
    const data = emptyData(
      input.dtype,
      dims.reduce((product, size) => product * size, 1),
    );
    fill(data, pixels.data, tables, input);
    return { data, dims, isShared: false };
  };
}

/** For each channel, in the order that the model takes them, the value of each code. */
function tablesOf(input: Manifest['input']): readonly InputData[] {
  const count = input.channels === 'grey' ? 1 : 3;
  return Array.from({ length: count }, (_, channel) => {
    const table = emptyData(input.dtype, 256);
    for (let code = 0; code < 256; code += 1) table[code] = valueOf(input, channel, code);
    return table;
  });
}

/** ((code / 255 or code) - mean) / std, then round(value / scale) + zeroPoint within the type. */
function valueOf({ dtype, values, quantisation }: Manifest['input'], channel: number, code: number): number {
  const ranged = values?.range === '0-1' ? code / 255 : code;
  const value = (ranged - (values?.mean?.[channel] ?? 0)) / (values?.std?.[channel] ?? 1);
  if (quantisation === undefined) return value;
  const [min, max] = dtype === 'int8' ? [-128, 127] : [0, 255];
  const whole = roundHalfEven(value / quantisation.scale) + quantisation.zeroPoint;
  return Math.min(max, Math.max(min, whole));
}

/** As ONNX's QuantizeLinear rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function emptyData(dtype: Manifest['input']['dtype'], length: number): InputData {
  switch (dtype) {
    case 'uint8':
      return new Uint8Array(length);
    case 'int8':
      return new Int8Array(length);
    case 'float32':
      return new Float32Array(length);
    case 'float16':
      return new Float16Array(length);
  }
}

function fillColour(
  to: InputData,
  codes: Uint8Array,
  tables: readonly InputData[],
  { layout, channels }: Manifest['input'],
): void {
  const plane = codes.length / 3;
  const isPlanar = layout === 'NCHW';
  for (let channel = 0; channel < 3; channel += 1) {
    const table = tables[channel] ?? to;
    const source = channels === 'BGR' ? 2 - channel : channel;
    const step = isPlanar ? 1 : 3;
    let at = isPlanar ? channel * plane : channel;
    for (let from = source; from < codes.length; from += 3, at += step) {
      to[at] = table[codes[from] ?? 0] ?? 0;
    }
  }
}

/** Rec. 601 weights on encoded values, rounded to a code. */
function fillGrey(to: InputData, codes: Uint8Array, tables: readonly InputData[]): void {
  const table = tables[0] ?? to;
  for (let at = 0, from = 0; at < to.length; at += 1, from += 3) {
    const luma = 0.299 * (codes[from] ?? 0) + 0.587 * (codes[from + 1] ?? 0) + 0.114 * (codes[from + 2] ?? 0);
    to[at] = table[Math.round(luma)] ?? 0;
  }
}
