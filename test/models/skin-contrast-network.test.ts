import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseWeights, readWeights } from '../../models/skin-contrast/weights.ts';

const modelDir = join(import.meta.dirname, '../../models/skin-contrast');
const exampleDir = join(import.meta.dirname, 'skin-contrast');

/** What PyTorch answered for generated pictures, written by training/export.py. */
const expectedLogits = z
  .record(z.string(), z.array(z.number()).length(3))
  .parse(JSON.parse(readFileSync(join(exampleDir, 'logits.json'), 'utf8')));

/** Two runtimes add float32 in another order. */
const tolerance = 2e-3;

let session: InferenceSession;
beforeAll(async () => {
  session = await InferenceSession.create(join(modelDir, 'model.onnx'), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
});

async function logitsOf(pixels: Uint8Array): Promise<number[]> {
  const { logits } = await session.run({ image: new Tensor('uint8', pixels, [1, 256, 256, 3]) });
  return Array.from(Object(logits?.data), Number);
}

async function pictureOf(file: string): Promise<Uint8Array> {
  return sharp(join(exampleDir, file)).removeAlpha().raw().toBuffer();
}

/** Multiplies linear light, per channel. */
function inOtherLight(pixels: Uint8Array, gains: readonly number[]): Uint8Array {
  const toLinear = (code: number) => (code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4);
  const encode = (light: number) => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
  return pixels.map((code, i) =>
    Math.round(255 * encode(Math.min(1, toLinear(code / 255) * (gains[i % 3] ?? 1)))),
  );
}

describe('the network of skin-contrast', () => {
  test.each(Object.entries(expectedLogits))('%s gives what PyTorch gives', async (file, expected) => {
    const logits = await logitsOf(await pictureOf(file));
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - (logits[i] ?? Number.NaN))));
    expect(worst).toBeLessThan(tolerance);
  });

  test('the pictures show each class, and the network tells them apart', async () => {
    const likeliest = Object.values(expectedLogits).map((logits) => logits.indexOf(Math.max(...logits)));
    expect(new Set(likeliest)).toEqual(new Set([0, 1, 2]));
  });

  test('another white balance and less light hardly move clear against change', async () => {
    for (const file of Object.keys(expectedLogits)) {
      const pixels = await pictureOf(file);
      const [clear = NaN, change = NaN] = await logitsOf(pixels);
      const [otherClear = NaN, otherChange = NaN] = await logitsOf(
        inOtherLight(pixels, [0.85 * 0.8, 0.8, 0.7]),
      );
      expect(Math.abs(change - clear - (otherChange - otherClear))).toBeLessThan(0.4);
    }
  });
});

describe('the stored weights', () => {
  const description = { type: 'float16', tensors: { a: [2, 2], b: [1] } };

  test('are cut into the tensors that their description names, in its order', () => {
    const { tensors } = parseWeights(
      description,
      Uint8Array.from({ length: 10 }, (_, i) => i),
    );
    expect(tensors.get('a')).toEqual({ dims: [2, 2], bytes: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7) });
    expect(tensors.get('b')).toEqual({ dims: [1], bytes: Uint8Array.of(8, 9) });
  });

  test('rejects bytes of another length than described', () => {
    expect(() => parseWeights(description, new Uint8Array(9))).toThrow(/describes 10 bytes.*has 9/);
  });

  test('hold under a million numbers, all finite', () => {
    const { type, tensors } = readWeights(modelDir);
    const bytes = [...tensors.values()].map((tensor) => tensor.bytes);
    const halves = bytes.flatMap((value) =>
      Array.from({ length: value.byteLength / 2 }, (_, i) => (value[2 * i + 1] ?? 0) & 0x7c),
    );
    expect(type).toBe('float16');
    expect(halves.length).toBeLessThan(1_000_000);
    expect(halves.every((exponent) => exponent !== 0x7c)).toBe(true);
  });
});
