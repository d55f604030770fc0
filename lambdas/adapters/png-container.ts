/**
 * Wraps pixels and an ICC profile into an uncompressed PNG, in memory: the one way to have libvips apply a profile
 * to pixels that it did not decode itself. Writes nothing anywhere.
 */
import { crc32, deflateSync } from 'node:zlib';
import type { Pixels } from '../../core/ports.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Eight bits a channel, RGB, no filter (PNG third edition, 5.2, 11.2, 11.3.2.3). The caller zeroes the result. */
export function encodePng({ width, height, data }: Pixels, profile: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    rows.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  }
  const pixels = deflateSync(rows, { level: 0 });
  const png = Buffer.concat([
    signature,
    chunk('IHDR', header),
    // A name, its end, and 0 for the one compression there is.
    chunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(profile, { level: 0 })])),
    chunk('IDAT', pixels),
    chunk('IEND', new Uint8Array()),
  ]);
  rows.fill(0);
  pixels.fill(0);
  return png;
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(content.byteLength + 12);
  framed.writeUInt32BE(content.byteLength, 0);
  framed.write(type, 4, 'latin1');
  framed.set(content, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, content.byteLength + 8)), content.byteLength + 8);
  return framed;
}
