/**
 * The photos that cost the most memory of those that are admitted: each format at its limit of pixels, in the
 * codings that make a decoder hold the whole picture. They say nothing about a usual photo.
 */
import sharp, { type Sharp } from 'sharp';
import { maxHeifPixels, maxImagePixels } from '../core/image/admit.ts';
import { extractPicture, writeGrid } from '../test/fixtures/heif.ts';
import { readEncoded } from '../test/fixtures/make-heif.ts';

/** One photo, made when it is asked for. */
export interface MemoryCase {
  readonly name: string;
  readonly make: () => Promise<Uint8Array>;
}

const most = { width: 8000, height: maxImagePixels / 8000 };
const mostHeif = { width: 5000, height: maxHeifPixels / 5000 };
/** Tiles of 1440 x 960 cut off at 25 megapixels. */
const tiled = { columns: 5, rows: 4, width: 6510, height: 3840 };

export const memoryCases: readonly MemoryCase[] = [
  { name: 'no photo (a text)', make: async () => new TextEncoder().encode('no photo') },
  { name: 'JPEG, baseline', make: () => bytes(textured(most).jpeg({ quality: 70 })) },
  { name: 'JPEG, progressive', make: () => bytes(textured(most).jpeg({ quality: 70, progressive: true })) },
  {
    name: 'JPEG, progressive, 4:4:4 CMYK',
    make: () =>
      bytes(
        flat(most).toColourspace('cmyk').jpeg({ quality: 80, progressive: true, chromaSubsampling: '4:4:4' }),
      ),
  },
  { name: 'PNG, 8 bit', make: () => bytes(flat(most).png()) },
  { name: 'PNG, interlaced', make: () => bytes(flat(most).png({ progressive: true })) },
  {
    name: 'PNG, interlaced, 16 bit with alpha',
    make: () => bytes(flat(most).ensureAlpha(0.5).toColourspace('rgb16').png({ progressive: true })),
  },
  { name: 'WebP, lossy', make: () => bytes(textured(most).webp({ quality: 50, effort: 0 })) },
  {
    name: 'WebP, lossless with alpha',
    make: () => bytes(flat(most).ensureAlpha(0.5).webp({ lossless: true, effort: 0 })),
  },
  { name: 'AVIF, 4:2:0', make: () => avif(textured(mostHeif), { chromaSubsampling: '4:2:0' }) },
  { name: 'AVIF, 4:4:4, 8 bit', make: () => avif(textured(mostHeif), {}) },
  {
    name: 'AVIF, 4:4:4, 12 bit with alpha',
    make: () => avif(flat(mostHeif).ensureAlpha(0.5), { bitdepth: 12 }),
  },
  { name: 'HEIC, tiles', make: async () => writeGrid(extractPicture(readEncoded('photo')), tiled) },
  { name: 'HEIC, one picture with alpha', make: async () => readEncoded('flat-25-megapixels') },
];

interface Size {
  readonly width: number;
  readonly height: number;
}

function flat({ width, height }: Size): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#cc9977' } });
}

/** Something to decode, without filling 10 MiB. */
function textured({ width, height }: Size): Sharp {
  const noise = { type: 'gaussian' as const, mean: 150, sigma: 30 };
  const background = '#808080';
  return sharp({ create: { width: width / 10, height: height / 10, channels: 3, background, noise } }).resize(
    width,
    height,
  );
}

async function avif(
  image: Sharp,
  options: { chromaSubsampling?: string; bitdepth?: 8 | 12 },
): Promise<Uint8Array> {
  return await bytes(image.avif({ quality: 40, effort: 0, ...options }));
}

async function bytes(image: Sharp): Promise<Uint8Array> {
  return new Uint8Array(await image.toBuffer());
}
