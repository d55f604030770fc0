/**
 * Reads the trained weights that `training/export.py` wrote. Used when building, never at run time.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const bytesPerValue = { float16: 2, float32: 4 } as const;

const description = z.strictObject({
  type: z.enum(['float16', 'float32']),
  /** Name to shape, in the order in which the tensors lie in `weights.bin`. */
  tensors: z.record(z.string().min(1), z.array(z.int().min(1)).min(1).max(4)),
});

/** One tensor as it is stored: little end first, row-major. */
export interface Weight {
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** All tensors of the network by name. */
export interface Weights {
  readonly type: 'float16' | 'float32';
  readonly tensors: ReadonlyMap<string, Weight>;
}

/** Reads `weights.json` and `weights.bin` of a folder; throws when one does not fit the other. */
export function readWeights(folder: string): Weights {
  const text = readFileSync(join(folder, 'weights.json'), 'utf8');
  return parseWeights(JSON.parse(text), readFileSync(join(folder, 'weights.bin')));
}

/** Cuts the bytes into the tensors that the description names. */
export function parseWeights(json: unknown, bytes: Uint8Array): Weights {
  const { type, tensors } = description.parse(json);
  let at = 0;
  const cut = Object.entries(tensors).map(([name, dims]) => {
    const start = at;
    at += dims.reduce((product, size) => product * size, bytesPerValue[type]);
    return [name, { dims, bytes: bytes.subarray(start, at) }] as const;
  });
  if (at !== bytes.byteLength) {
    throw new RangeError(`weights.json describes ${at} bytes, weights.bin has ${bytes.byteLength}`);
  }
  return { type, tensors: new Map(cut) };
}
