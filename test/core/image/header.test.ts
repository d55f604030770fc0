import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSize } from '../../../core/image/header.ts';
import { readFixture, type FixtureName } from '../../fixtures/index.ts';

type Format = 'jpeg' | 'png' | 'webp';

/** WebP bytes whose first chunk is `type`, its content following. */
function webp(type: string, content: readonly number[]): Uint8Array {
  const head = new TextEncoder().encode(`RIFF\0\0\0\0WEBP${type}\0\0\0\0`);
  const bytes = new Uint8Array(head.byteLength + content.length + 16);
  bytes.set(head);
  bytes.set(content, head.byteLength);
  return bytes;
}

describe('readSize', () => {
  test.each<[FixtureName, Format, number, number]>([
    ['skin-blob', 'jpeg', 400, 320],
    ['jpeg-progressive', 'jpeg', 400, 320],
    ['jpeg-cmyk', 'jpeg', 400, 320],
    ['jpeg-grey', 'jpeg', 400, 320],
    ['orientation-6', 'jpeg', 272, 320],
    ['png-16', 'png', 272, 272],
    ['png-51-megapixels', 'png', 8000, 6400],
    ['webp-still', 'webp', 400, 320],
    ['webp-animated', 'webp', 300, 300],
  ])('%s says its size as stored', (name, format, width, height) => {
    expect(readSize(readFixture(name), format)).toEqual({ width, height });
  });

  test('a lossless WebP says its size', () => {
    // 14 bits of width - 1, then 14 bits of height - 1: 300 x 200.
    const bits = 299 | (199 << 14);
    const content = [0x2f, bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24];
    expect(readSize(webp('VP8L', content), 'webp')).toEqual({ width: 300, height: 200 });
  });

  test('stray and fill bytes between JPEG segments are passed over', () => {
    const frame = [0xff, 0xc0, 0, 11, 8, 0, 20, 0, 30, 1, 1, 0x11, 0];
    const stray = [0xff, 0xd8, 0x12, 0xff, 0x00, 0xff, 0xff, 0xfe, 0, 3, 7, 0xff, 0xd0, 0xff, 0x01];
    expect(readSize(Uint8Array.of(...stray, ...frame), 'jpeg')).toEqual({ width: 30, height: 20 });
  });

  test.each<[string, Format, Uint8Array]>([
    ['a JPEG without a frame', 'jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 4, 0, 0)],
    [
      'a JPEG segment shorter than its own length field',
      'jpeg',
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 1, 0),
    ],
    ['a JPEG that ends in a length', 'jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0)],
    ['a JPEG that ends in its frame header', 'jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 20)],
    [
      'a JPEG whose height follows later (DNL)',
      'jpeg',
      Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 0, 0, 9),
    ],
    ['a WebP of an unknown kind', 'webp', webp('VP9 ', [])],
    ['a lossless WebP without its signature', 'webp', webp('VP8L', [0])],
    ['a WebP whose first frame is no key frame', 'webp', webp('VP8 ', [1, 0, 0, 0x9d, 1, 0x2a, 9, 0, 9, 0])],
    ['a WebP of no width', 'webp', webp('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 0, 0, 9, 0])],
  ])('rejects %s', (_, format, bytes) => {
    expect(readSize(bytes, format)).toBeUndefined();
  });

  test('rejects a PNG whose header is not its first chunk or states a senseless width', () => {
    const png = readFixture('png-8');
    const renamed = png.slice();
    renamed[12] = 0x43;
    const huge = png.slice();
    huge[16] = 0xff;
    expect([readSize(renamed, 'png'), readSize(huge, 'png')]).toEqual([undefined, undefined]);
  });

  test.each<[FixtureName, Format]>([
    ['jpeg-32x32', 'jpeg'],
    ['png-51-megapixels', 'png'],
    ['webp-still', 'webp'],
  ])('%s, cut anywhere, says its true size or none', (name, format) => {
    const bytes = readFixture(name);
    const whole = readSize(bytes, format);
    const sizes = Array.from({ length: 700 }, (_, length) => readSize(bytes.subarray(0, length), format));
    const told = new Set(sizes.filter((size) => size !== undefined).map((size) => JSON.stringify(size)));
    expect([...told]).toEqual([JSON.stringify(whole)]);
  });

  test('arbitrary bytes behind a signature never make it throw, and a size is at least 1x1', () => {
    const format = fc.constantFrom<Format>('jpeg', 'png', 'webp');
    fc.assert(
      fc.property(format, fc.uint8Array({ maxLength: 400 }), (kind, bytes) => {
        const size = readSize(bytes, kind);
        return size === undefined || (size.width >= 1 && size.height >= 1);
      }),
      { numRuns: 1000 },
    );
  });
});
