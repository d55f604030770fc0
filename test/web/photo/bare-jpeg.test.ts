/** What may be left in a JPEG before it leaves the device. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { bareJpeg } from '../../../web/photo/bare-jpeg.ts';
import { metadataOf } from '../../browser/jpeg.ts';
import { samplePhotoPath } from '../../fixtures/index.ts';

const own = (bytes: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

it('leaves nothing beside the pixels, and the pixels as they were', async () => {
  const photo = own(readFileSync(samplePhotoPath));
  expect(metadataOf(photo)).toContain('APP1');
  const bare = bareJpeg(photo);
  expect(metadataOf(bare)).toEqual([]);
  // Without the orientation of its EXIF, a photo stands as it is stored.
  const pixels = async (bytes: Uint8Array) => sharp(bytes, { autoOrient: false }).raw().toBuffer();
  expect(await pixels(bare)).toEqual(await pixels(photo));
});

it('takes out profiles and comments as well', async () => {
  const plain = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#c86' } })
    .withIccProfile('p3')
    .jpeg()
    .toBuffer();
  const note = Buffer.from([0xff, 0xfe, 0x00, 0x05, 0x6d, 0x65, 0x21]);
  const commented = own(Buffer.concat([plain.subarray(0, 2), note, plain.subarray(2)]));
  expect(metadataOf(commented)).toEqual(['COM', 'APP2']);
  expect(metadataOf(bareJpeg(commented))).toEqual([]);
});

it.each([
  ['a PNG', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]],
  ['nothing', []],
  ['a segment that ends outside of the file', [0xff, 0xd8, 0xff, 0xe0, 0x40, 0x00, 0x00]],
  ['bytes between segments', [0xff, 0xd8, 0x00, 0x00, 0x00, 0x02, 0x00]],
])('rejects %s', (_, bytes) => {
  expect(() => bareJpeg(new Uint8Array(bytes))).toThrow(RangeError);
});
