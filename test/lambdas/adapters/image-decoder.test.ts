import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { InputGeometry } from '../../../core/ports.ts';
import { createImageDecoder } from '../../../lambdas/adapters/image-decoder.ts';
import { fixtureNames, fixturePath, fixtures, readFixture, type FixtureName } from '../../fixtures/index.ts';

const geometry: InputGeometry = { width: 256, height: 256, fit: 'cover', enlarge: false };
const decoder = createImageDecoder({ threads: 1 });

async function pixelsOf(bytes: Uint8Array, wanted: InputGeometry = geometry): Promise<Uint8Array> {
  const decoded = await decoder.decode(bytes, wanted);
  if (!decoded.ok) throw new Error(`not decoded: ${decoded.reason}`);
  expect(decoded.pixels).toMatchObject({ width: wanted.width, height: wanted.height });
  expect(decoded.pixels.data.byteLength).toBe(wanted.width * wanted.height * 3);
  return decoded.pixels.data;
}

/** Mean absolute difference of two pictures, in 8-bit codes. */
function distance(a: Uint8Array, b: Uint8Array): number {
  expect(a.byteLength).toBe(b.byteLength);
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.byteLength;
}

function reasonOf(name: FixtureName): { reason: string } {
  const { expected } = fixtures[name];
  if (expected.state !== 'rejected') throw new Error(`${name} is not rejected`);
  return { reason: expected.reason };
}

function pixelAt(pixels: Uint8Array, x: number, y: number): number[] {
  return [...pixels.subarray((y * 256 + x) * 3, (y * 256 + x) * 3 + 3)];
}

describe('decoding what is admitted', () => {
  test.each<FixtureName>([
    'orientation-2',
    'orientation-3',
    'orientation-4',
    'orientation-5',
    'orientation-6',
    'orientation-7',
    'orientation-8',
  ])('%s shows the same picture as orientation 1', async (name) => {
    const upright = await pixelsOf(readFixture('orientation-1'));
    expect(distance(await pixelsOf(readFixture(name)), upright)).toBeLessThan(1);
  });

  test('the eight orientations are stored differently, so that the comparison means something', async () => {
    const storedAs = (name: FixtureName) =>
      sharp(readFixture(name)).resize(256, 256, { fit: 'fill' }).removeAlpha().raw().toBuffer();
    expect(distance(await storedAs('orientation-3'), await storedAs('orientation-1'))).toBeGreaterThan(3);
  });

  test.each<[FixtureName, number]>([
    ['jpeg-progressive', 0.01],
    ['jpeg-display-p3', 2],
    ['png-8', 2],
    ['png-palette', 3],
    ['webp-still', 3],
    ['jpeg-cmyk', 12],
  ])('%s shows the picture of skin-blob within %d codes', async (name, tolerance) => {
    const reference = await pixelsOf(readFixture('skin-blob'));
    expect(distance(await pixelsOf(readFixture(name)), reference)).toBeLessThan(tolerance);
  });

  test('the profile of the Display P3 photo is applied and not ignored', async () => {
    const bytes = readFixture('jpeg-display-p3');
    const ignored = await sharp(bytes, { ignoreIcc: true }).resize(256, 256).raw().toBuffer();
    expect(distance(await pixelsOf(bytes), new Uint8Array(ignored))).toBeGreaterThan(3);
  });

  test('16 bits a channel show what 8 bits show', async () => {
    const eight = await sharp(readFixture('png-16')).toColourspace('srgb').png().toBuffer();
    expect((await sharp(eight).metadata()).depth).toBe('uchar');
    expect(distance(await pixelsOf(readFixture('png-16')), await pixelsOf(eight))).toBeLessThan(1);
  });

  test('a grey photo becomes three equal channels', async () => {
    const pixels = await pixelsOf(readFixture('jpeg-grey'));
    const tinted = pixels.filter((value, at) => value !== pixels[at - (at % 3)]);
    expect(tinted).toHaveLength(0);
    expect(new Set(pixels).size).toBeGreaterThan(20);
  });

  test('what is transparent is mid-grey, whatever colour hides there', async () => {
    const pixels = await pixelsOf(readFixture('png-alpha'));
    expect(pixelAt(pixels, 4, 4)).toEqual([128, 128, 128]);
    expect(pixelAt(pixels, 128, 220)).not.toEqual([128, 128, 128]);
  });

  test('cover keeps the centre: the sides of a wide photo are cut off alike', async () => {
    const edge = (background: string) => ({
      create: { width: 128, height: 256, channels: 3 as const, background },
    });
    const base = sharp({ create: { width: 512, height: 256, channels: 3, background: '#ffffff' } });
    const wide = await base
      .composite([
        { input: edge('#ff0000'), left: 0, top: 0 },
        { input: edge('#0000ff'), left: 384, top: 0 },
      ])
      .png()
      .toBuffer();
    const pixels = await pixelsOf(wide);
    expect(pixels.every((value) => value === 255)).toBe(true);
  });

  test('contain pads with mid-grey', async () => {
    const pixels = await pixelsOf(readFixture('skin-blob'), { ...geometry, fit: 'contain' });
    expect(pixelAt(pixels, 128, 2)).toEqual([128, 128, 128]);
    expect(pixelAt(pixels, 128, 128)).not.toEqual([128, 128, 128]);
  });

  test('a small photo is enlarged when the model allows it', async () => {
    const pixels = await pixelsOf(readFixture('jpeg-32x32'), { ...geometry, enlarge: true });
    expect(new Set(pixels).size).toBeGreaterThan(5);
  });

  test('the upright sides decide whether a photo is too small', async () => {
    // Stored 272 wide and 320 high; orientation 6 shows it 320 wide and 272 high.
    const turned = readFixture('orientation-6');
    const landscape = await decoder.decode(turned, { ...geometry, width: 300 });
    const portrait = await decoder.decode(turned, { ...geometry, height: 300 });
    expect([landscape.ok, portrait]).toEqual([true, { ok: false, reason: 'too-small' }]);
  });

  test('the bytes of the caller are left as they were', async () => {
    const bytes = readFixture('skin-blob');
    await decoder.decode(bytes, geometry);
    expect(bytes).toEqual(readFixture('skin-blob'));
  });
});

describe('refusing what is not', () => {
  const refused = fixtureNames.filter((name) => fixtures[name].expected.state === 'rejected');

  test.each(refused)('rejects %s with the reason of the index', async (name) => {
    expect(await decoder.decode(readFixture(name), geometry)).toMatchObject({ ok: false, ...reasonOf(name) });
  });

  test('rejects a small photo that is damaged as damaged', async () => {
    const cut = readFixture('jpeg-32x32').subarray(0, 380);
    expect(await decoder.decode(cut, geometry)).toEqual({ ok: false, reason: 'corrupt-image' });
  });

  test.each<FixtureName>(['gif', 'svg', 'tiff'])(
    'rejects %s in the library itself, should admission ever be passed by',
    async (name) => {
      await expect(sharp(readFixture(name)).metadata()).rejects.toThrow(Error);
    },
  );

  test('rejects to open any file by its path, JPEG included', async () => {
    await expect(sharp(fixturePath('skin-blob')).metadata()).rejects.toThrow(Error);
  });

  test('rejects to call a photo damaged when it was the time that ran out', async () => {
    let ms = 0;
    const slow = createImageDecoder({ threads: 1, now: () => (ms += 10_000) });
    await expect(slow.decode(readFixture('png-corrupt'), geometry)).rejects.toMatchObject({
      code: 'decode-timeout',
    });
    expect(await slow.decode(readFixture('skin-blob'), geometry)).toMatchObject({ ok: true });
  });

  test('no pixel is cached and the threads are those that were bought', () => {
    expect(sharp.cache()).toMatchObject({ memory: { max: 0 }, files: { max: 0 }, items: { max: 0 } });
    expect(sharp.concurrency()).toBe(1);
  });

  test('mutated files end as pixels or as a reason, never as an exception', async () => {
    const files = (['jpeg-32x32', 'skin-bright', 'webp-still', 'png-16'] as const).map(readFixture);
    const mutation = fc.record({ at: fc.nat(6000), to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(mutation, { maxLength: 20 }),
        async (file, list) => {
          const bytes = file.slice();
          for (const { at, to } of list) if (at < bytes.byteLength) bytes[at] = to;
          expect(typeof (await decoder.decode(bytes, geometry)).ok).toBe('boolean');
        },
      ),
      { numRuns: 100 },
    );
  });
});
