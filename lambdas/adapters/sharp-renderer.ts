/**
 * sharp (libvips) for hostile input: an admitted image, or pixels, to exactly what a model wants. It never touches
 * the disk, opens only the formats that are admitted, and never decides on a message text.
 */
import sharp, { type Sharp, type SharpOptions } from 'sharp';
import { maxHeifPixels, maxImagePixels } from '../../core/image/admit.ts';
import type { InputGeometry, Pixels } from '../../core/ports.ts';

/** Transparent parts are shown on this, so that they are neither dark nor bright. */
const midGrey = { r: 128, g: 128, b: 128 };

/** Longest decoding of one photo; 50 megapixels of PNG, the slowest that were measured, took 0.7 s of CPU. */
export const decodeLimitSeconds = 10;

/** What libvips is asked to open, each by its own name there. */
const libvipsNames = { jpeg: 'jpeg', png: 'png', webp: 'webp', avif: 'heif' } as const;

/** A format that libvips decodes. */
export type SharpFormat = keyof typeof libvipsNames;

const safeInput: SharpOptions = {
  // `warning` would also refuse real camera files (7 % of a public collection).
  failOn: 'error',
  sequentialRead: true,
  autoOrient: true,
};

/**
 * Shuts every loader but the in-memory ones of JPEG, PNG, WebP and AVIF, for the whole process: SVG, GIF, TIFF and
 * all file loaders included. The one of AVIF is libheif's; its build has no HEVC decoder, and admission lets only
 * AV1 come this far.
 */
export function setUpSharp(threads: number): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: [
      'VipsForeignLoadJpegBuffer',
      'VipsForeignLoadPngBuffer',
      'VipsForeignLoadWebpBuffer',
      'VipsForeignLoadHeifBuffer',
    ],
  });
  // No pixel of one photo may be waiting in a cache while the next one is looked at.
  sharp.cache(false);
  sharp.concurrency(threads);
}

/**
 * Decodes `bytes` and brings them to the model's size. `upright`: the photo's own size, as it is seen. Throws when
 * libvips refuses the bytes, sees another format in them than admission did, or takes too long.
 */
export async function renderImage(
  bytes: Uint8Array,
  format: SharpFormat,
  geometry: InputGeometry,
): Promise<{
  readonly upright: { readonly width: number; readonly height: number };
  readonly pixels: Pixels;
}> {
  const limitInputPixels = format === 'avif' ? maxHeifPixels : maxImagePixels;
  const image = sharp(bytes, { ...safeInput, limitInputPixels });
  const { autoOrient, format: seen } = await image.metadata();
  if (seen !== libvipsNames[format]) throw new TypeError('libvips sees another format than admission');
  return { upright: autoOrient, pixels: await render(image, geometry) };
}

/** Brings sRGB pixels to the model's size. */
export async function renderPixels(
  { width, height, data }: Pixels,
  geometry: InputGeometry,
): Promise<Pixels> {
  return await render(sharp(data, { raw: { width, height, channels: 3 } }), geometry);
}

/** Colour first (any profile, CMYK, grey, 16 bit to sRGB), then alpha, then the centre at the model's size. */
async function render(image: Sharp, geometry: InputGeometry): Promise<Pixels> {
  const { data, info } = await image
    .timeout({ seconds: decodeLimitSeconds })
    .flatten({ background: midGrey })
    .resize(geometry.width, geometry.height, { fit: geometry.fit, position: 'centre', background: midGrey })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = geometry;
  if (info.width !== width || info.height !== height || data.byteLength !== width * height * 3) {
    data.fill(0);
    throw new TypeError('libvips returned another shape than was asked for');
  }
  return { width, height, data };
}
