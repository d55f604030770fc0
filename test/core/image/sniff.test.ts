import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sniff, type ImageFormat } from '../../../core/image/sniff.ts';
import { readFixture, type FixtureName } from '../../fixtures/index.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('sniff', () => {
  test.each<[FixtureName, ImageFormat]>([
    ['skin-blob', 'jpeg'],
    ['jpeg-cmyk', 'jpeg'],
    ['png-8', 'png'],
    ['png-palette', 'png'],
    ['png-animated', 'apng'],
    ['webp-still', 'webp'],
    ['webp-animated', 'webp-animated'],
    ['gif', 'gif'],
    ['heic-fake', 'heic'],
    ['avif', 'avif'],
    ['avif-grid', 'avif'],
    ['avif-heic-brand', 'avif'],
    ['avif-sequence', 'heif-sequence'],
    ['heic', 'heic'],
    ['heic-grid', 'heic'],
    ['heic-in-jpg', 'heic'],
    ['heic-sequence', 'heif-sequence'],
    ['heif-of-jpeg', 'heif'],
    ['tiff', 'tiff'],
    ['svg', 'svg'],
    ['text', 'unknown'],
  ])('%s is told to be %s by its content', (name, format) => {
    expect(sniff(readFixture(name))).toBe(format);
  });

  test.each<[string, string, ImageFormat]>([
    [
      'a neutral HEIF brand with AVIF among the compatible ones',
      '\0\0\0\x18ftypmif1\0\0\0\0mif1avif',
      'avif',
    ],
    ['a neutral HEIF brand without a primary image', '\0\0\0\x14ftypmif1\0\0\0\0miaf', 'heic'],
    ['a sequence among the compatible brands alone', '\0\0\0\x14ftypiso8\0\0\0\0msf1', 'heif-sequence'],
    ['a film', '\0\0\0\x14ftypisom\0\0\0\0mp42', 'unknown'],
    ['SVG behind a prologue', '<?xml version="1.0"?>\n<!-- x -->\n<svg:svg />', 'svg'],
    ['prose that mentions <svg>', 'Look at <svg>', 'unknown'],
    ['a web page', '<!doctype html><p>x</p>', 'unknown'],
    ['big-endian TIFF', 'MM\0*\0\0\0\x08', 'tiff'],
    ['RIFF that is no WebP', 'RIFF\0\0\0\0WAVE', 'unknown'],
    ['nothing', '', 'unknown'],
  ])('%s is told apart', (_, text, format) => {
    expect(sniff(bytesOf(text))).toBe(format);
  });

  test('bytes that are a view into a larger buffer are read where they lie', () => {
    const png = readFixture('png-animated');
    const larger = new Uint8Array(png.byteLength + 16);
    larger.set(png, 7);
    expect(sniff(larger.subarray(7, 7 + png.byteLength))).toBe('apng');
  });

  test('a chunk length that points backwards or beyond the end ends the search', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (length) => {
        const png = readFixture('png-animated').slice(0, 200);
        png.set(length, 8);
        expect(['png', 'apng']).toContain(sniff(png));
      }),
    );
  });

  test('arbitrary bytes never make it throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => typeof sniff(bytes) === 'string'));
  });
});
