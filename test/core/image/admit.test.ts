import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admit, maxImagePixels } from '../../../core/image/admit.ts';
import { maxUploadBytes } from '../../../core/scan.ts';
import { fixtureNames, fixtures, readFixture, type FixtureName } from '../../fixtures/index.ts';

/** A PNG header that states a size; what follows is never read. */
function pngOf(width: number, height: number): Uint8Array {
  const png = readFixture('png-8').slice(0, 100);
  const view = new DataView(png.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return png;
}

/** Rejections that only decoding can find. */
const foundLater: readonly FixtureName[] = ['jpeg-truncated', 'png-corrupt', 'jpeg-32x32'];

describe('admit', () => {
  test.each(fixtureNames)('%s is admitted or rejected by its header as the index says', (name) => {
    const { expected } = fixtures[name];
    const admission = admit(readFixture(name));
    const isRejected = expected.state === 'rejected' && !foundLater.includes(name);
    expect(admission).toMatchObject(isRejected ? { ok: false, reason: expected.reason } : { ok: true });
  });

  test('a photo of exactly the most pixels is admitted', () => {
    expect(admit(pngOf(10_000, maxImagePixels / 10_000))).toEqual({
      ok: true,
      format: 'png',
      width: 10_000,
      height: 5_000,
    });
  });

  test('rejects one row of pixels more', () => {
    expect(admit(pngOf(10_000, 5_001))).toEqual({ ok: false, reason: 'too-many-pixels' });
  });

  test('rejects a width and height whose product would overflow 32 bits', () => {
    expect(admit(pngOf(65_536, 65_536))).toEqual({ ok: false, reason: 'too-many-pixels' });
  });

  test('rejects more bytes than any ticket names, before it looks at them', () => {
    const atLimit = new Uint8Array(maxUploadBytes);
    atLimit.set(readFixture('skin-blob'));
    const over = new Uint8Array(maxUploadBytes + 1);
    over.set(readFixture('skin-blob'));
    expect(admit(atLimit).ok).toBe(true);
    expect(admit(over)).toEqual({ ok: false, reason: 'length-mismatch' });
  });

  test('rejects a signature with nothing behind it', () => {
    expect(admit(Uint8Array.of(0xff, 0xd8, 0xff))).toEqual({ ok: false, reason: 'corrupt-image' });
  });

  test('mutated and cut files never make it throw, and nothing over the limits is admitted', () => {
    const files = fixtureNames.map((name) => readFixture(name).slice(0, 2000));
    const mutation = fc.record({ at: fc.nat(1999), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(mutation), fc.nat(2000), (file, mutations, length) => {
        const bytes = file.slice(0, length);
        for (const { at, to } of mutations) if (at < bytes.byteLength) bytes[at] = to;
        const admission = admit(bytes);
        return !admission.ok || admission.width * admission.height <= maxImagePixels;
      }),
      { numRuns: 2000 },
    );
  });
});
