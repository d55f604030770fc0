import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import type { InputGeometry } from '../../../core/ports.ts';
import { createImageDecoder } from '../../../lambdas/adapters/image-decoder.ts';
import {
  box,
  extractPicture,
  fullBox,
  imir,
  irot,
  ispe,
  nclx,
  writeGrid,
  writeHeif,
  writeSingle,
  type CodedPicture,
} from '../../fixtures/heif.ts';
import { readFixture, type FixtureName } from '../../fixtures/index.ts';
import { readEncoded } from '../../fixtures/make-heif.ts';

const geometry: InputGeometry = { width: 256, height: 256, fit: 'cover', enlarge: false };
const decoder = createImageDecoder({ threads: 1 });
const heic = extractPicture(readEncoded('skin'));
const avif = extractPicture(readFixture('avif'));
const codings: readonly (readonly [string, CodedPicture])[] = [
  ['HEIC', heic],
  ['AVIF', avif],
];

async function pixelsOf(bytes: Uint8Array): Promise<Uint8Array> {
  const decoded = await decoder.decode(bytes, geometry);
  if (!decoded.ok) throw new Error(`not decoded: ${decoded.reason}`);
  return decoded.pixels.data;
}

/** Mean absolute difference of two pictures, in 8-bit codes. */
function distance(a: Uint8Array, b: Uint8Array): number {
  expect(a.byteLength).toBe(b.byteLength);
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.byteLength;
}

/** Square pixels of the model's size, turned as sharp turns. */
async function turned(pixels: Uint8Array, turn: (image: Sharp) => Sharp): Promise<Uint8Array> {
  return turn(sharp(pixels, { raw: { width: 256, height: 256, channels: 3 } }))
    .raw()
    .toBuffer();
}

/** An EXIF block that says orientation 6, as an item of its own that describes the image. */
function withExifOrientation({ type, data, configuration, width, height }: CodedPicture): Uint8Array {
  const tiff = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
  const exif = Uint8Array.of(0, 0, 0, 6, 0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff);
  return writeHeif([
    { type, data, properties: [configuration, ispe(width, height)] },
    { type: 'Exif', data: exif, properties: [], references: { type: 'cdsc', to: [1] } },
  ]);
}

describe('the picture', () => {
  test.each<[FixtureName, number]>([
    ['heic', 2],
    ['heic-in-jpg', 2],
    ['heic-display-p3', 2],
    ['heic-display-p3-code-points', 2],
    ['avif', 3],
    ['avif-10-bit', 2],
    ['avif-heic-brand', 3],
    ['avif-display-p3', 2],
  ])('of %s is that of skin-blob within %d codes', async (name, tolerance) => {
    expect(
      distance(await pixelsOf(readFixture(name)), await pixelsOf(readFixture('skin-blob'))),
    ).toBeLessThan(tolerance);
  });

  test.each<FixtureName>(['heic-alpha', 'avif-alpha'])(
    'of %s is mid-grey where it is transparent',
    async (name) => {
      const pixels = await pixelsOf(readFixture(name));
      const reference = await pixelsOf(readFixture('png-alpha'));
      for (const channel of pixels.subarray(0, 3)) expect(Math.abs(channel - 128)).toBeLessThanOrEqual(2);
      expect(distance(pixels, reference)).toBeLessThan(2);
    },
  );

  test.each(codings)(
    'of a %s is the primary one, whatever lies beside it',
    async (_, { type, data, configuration, width, height }) => {
      const properties = [configuration, ispe(width, height)];
      const primary = { type, data, properties };
      const thumbnail = {
        type,
        data,
        properties: [...properties, irot(2)],
        references: { type: 'thmb', to: [1] },
      };
      const depth = {
        type,
        data,
        properties: [
          ...properties,
          fullBox('auxC', 0, new TextEncoder().encode('urn:mpeg:hevc:2015:auxid:2\0')),
        ],
        references: { type: 'auxl', to: [1] },
      };
      const alone = await pixelsOf(writeHeif([primary]));
      expect(await pixelsOf(writeHeif([primary, thumbnail, depth]))).toEqual(alone);
    },
  );

  test.each(codings)('of a %s is put together from its tiles', async (_, picture) => {
    const { width, height } = picture;
    // Two by two: its centre is the corner of four tiles, so that turning the tiles' places does not change it.
    const grid = writeGrid(picture, { columns: 2, rows: 2, width: width * 2, height: height * 2 });
    const alone = { ...geometry, width: width / 2, height: height / 2 };
    const single = await decoder.decode(writeSingle(picture), alone);
    const four = await decoder.decode(grid, { ...geometry, width, height });
    if (!single.ok || !four.ok) throw new Error('not decoded');
    const quarter = { width: width / 2, height: height / 2 };
    for (const [left, top] of [
      [0, 0],
      [quarter.width, 0],
      [0, quarter.height],
      [quarter.width, quarter.height],
    ] as const) {
      const tile = sharp(four.pixels.data, { raw: { width, height, channels: 3 } });
      const cut = await tile
        .extract({ left, top, ...quarter })
        .raw()
        .toBuffer();
      expect(distance(cut, single.pixels.data)).toBeLessThan(1);
    }
  });

  test('of a real photo is decoded', async () => {
    expect(new Set(await pixelsOf(readEncoded('photo'))).size).toBeGreaterThan(200);
  });
});

describe('orientation', () => {
  test.each(codings)('that a %s states is applied once', async (_, picture) => {
    const upright = await pixelsOf(writeSingle(picture));
    const quarter = await pixelsOf(writeSingle(picture, { properties: [irot(1)] }));
    const half = await pixelsOf(writeSingle(picture, { properties: [irot(2)] }));
    const mirrored = await pixelsOf(writeSingle(picture, { properties: [imir(1)] }));
    // irot counts anti-clockwise, sharp clockwise.
    expect(distance(quarter, await turned(upright, (image) => image.rotate(270)))).toBeLessThan(1);
    expect(distance(half, await turned(upright, (image) => image.rotate(180)))).toBeLessThan(1);
    expect(distance(mirrored, await turned(upright, (image) => image.flop()))).toBeLessThan(1);
    expect(distance(quarter, upright)).toBeGreaterThan(2);
    expect(distance(mirrored, upright)).toBeGreaterThan(2);
  });

  test.each(codings)('that the EXIF of a %s states is ignored', async (_, picture) => {
    expect(await pixelsOf(withExifOrientation(picture))).toEqual(await pixelsOf(writeSingle(picture)));
  });
});

/** Share by which the features of two codings of one picture may differ; unconverted colours make it over 0.1. */
const featureTolerance = 0.05;

/** What the model itself measures: contrast of log R - log G, then mean, clipped share, sharpness, share of skin. */
async function featuresOf(
  bytes: Uint8Array,
): Promise<{ readonly contrast: number; readonly quality: number[] }> {
  const model = readFileSync(join(import.meta.dirname, '../../../models/skin-contrast/model.onnx'));
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const image = new Tensor('uint8', await pixelsOf(bytes), [1, 256, 256, 3]);
  const { features, quality } = await session.run({ image });
  const [contrast = Number.NaN] = numbersOf(features);
  return { contrast, quality: numbersOf(quality) };
}

function numbersOf(tensor: unknown): number[] {
  if (!(tensor instanceof Tensor) || !(tensor.data instanceof Float32Array))
    throw new TypeError('no float32');
  return [...tensor.data];
}

describe('colour', () => {
  test.each<FixtureName>(['heic-display-p3', 'heic-display-p3-code-points', 'avif-display-p3'])(
    "%s and the picture's sRGB JPEG give the model the same features within 5 %",
    async (name) => {
      const jpeg = await featuresOf(readFixture('skin-blob'));
      const wide = await featuresOf(readFixture(name));
      expect(Math.abs(wide.contrast / jpeg.contrast - 1)).toBeLessThan(featureTolerance);
      // Sharpness tells the encoders apart, which smooth the skin's grain each in its way; the rest is colour.
      const [luma = Number.NaN, blownOut = Number.NaN, sharpness = Number.NaN, skin = Number.NaN] =
        wide.quality.map((value, at) => Math.abs(value - (jpeg.quality[at] ?? Number.NaN)));
      expect(Math.max(luma, blownOut, skin)).toBeLessThan(0.02);
      expect(sharpness).toBeLessThan(0.5);
    },
  );

  test('the same code values without their colours give the model other features', async () => {
    const jpeg = await featuresOf(readFixture('skin-blob'));
    const ignored = await featuresOf(writeSingle(extractPicture(readEncoded('skin-display-p3'))));
    expect(Math.abs(ignored.contrast / jpeg.contrast - 1)).toBeGreaterThan(2 * featureTolerance);
  });

  test.each<FixtureName>(['heic-display-p3', 'heic-display-p3-code-points', 'avif-display-p3'])(
    '%s has the redness of the sRGB picture within 2 %, and would not without its colours',
    async (name) => {
      const reference = redness(await pixelsOf(readFixture('skin-blob')));
      const ignored = redness(await pixelsOf(writeSingle(extractPicture(readEncoded('skin-display-p3')))));
      expect(Math.abs(redness(await pixelsOf(readFixture(name))) - reference)).toBeLessThan(0.02 * reference);
      expect(Math.abs(ignored - reference)).toBeGreaterThan(0.1 * reference);
    },
  );

  test('a profile and the code points of the same space give the same pixels', async () => {
    const profile = await pixelsOf(readFixture('heic-display-p3'));
    expect(distance(await pixelsOf(readFixture('heic-display-p3-code-points')), profile)).toBeLessThan(0.6);
  });

  test.each(codings)('code points that a %s states are applied', async (_, picture) => {
    const plain = await pixelsOf(writeSingle(picture));
    expect(await pixelsOf(writeSingle(picture, { properties: [nclx(1, 13, 6)] }))).toEqual(plain);
    expect(redness(await pixelsOf(writeSingle(picture, { properties: [nclx(12, 13, 6)] })))).toBeGreaterThan(
      1.1 * redness(plain),
    );
  });
});

/** Mean of log R - log G: what the model looks at. */
function redness(pixels: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    sum += Math.log((pixels[at] ?? 0) + 1) - Math.log((pixels[at + 1] ?? 0) + 1);
  }
  return (3 * sum) / pixels.length;
}

describe('rejects', () => {
  test.each(codings)('a %s whose coded picture is larger than it says', async (_, picture) => {
    const lie = writeSingle(picture, { size: { width: 300, height: 300 } });
    expect(await decoder.decode(lie, geometry)).toEqual({ ok: false, reason: 'corrupt-image' });
  });

  test.each(codings)('a %s whose coded picture is smaller than it says', async (_, picture) => {
    const lie = writeSingle(picture, { size: { width: 4000, height: 4000 } });
    expect(await decoder.decode(lie, geometry)).toEqual({ ok: false, reason: 'corrupt-image' });
  });

  test.each(codings)('a %s whose coded data is noise', async (_, picture) => {
    const data = picture.data.map((value, at) => (at > 200 && at % 3 === 0 ? value ^ 0xa5 : value));
    const decoded = await decoder.decode(writeSingle({ ...picture, data }), geometry);
    // An entropy decoder reads noise as some picture, unless it meets what cannot be.
    expect(decoded.ok || decoded.reason === 'corrupt-image').toBe(true);
  });

  test.each(codings)('a %s without what configures its decoder', async (_, picture) => {
    const bare = { ...picture, configuration: box('free') };
    expect(await decoder.decode(writeSingle(bare), geometry)).toEqual({ ok: false, reason: 'corrupt-image' });
  });

  test.each(codings)('a %s that is too small for the model', async (_, picture) => {
    expect(await decoder.decode(writeSingle(picture), { ...geometry, width: 500 })).toEqual({
      ok: false,
      reason: 'too-small',
    });
  });

  test('HEVC in the library that decodes all else', async () => {
    await expect(sharp(readFixture('heic')).raw().toBuffer()).rejects.toThrow(Error);
  });
});
