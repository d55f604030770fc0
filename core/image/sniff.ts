/**
 * What kind of image some bytes are, told by their content alone: never by a name or a declared type.
 * Pure, reads inside the bounds only, and never decodes pixels.
 */

import { readHeif, type HeifCoding } from './heif.ts';

/** Every kind that is told apart; `admit.ts` says which are admitted. */
export type ImageFormat =
  | 'jpeg'
  | 'png'
  | 'apng'
  | 'webp'
  | 'webp-animated'
  | 'gif'
  /** The primary image is HEVC, whatever the brand; also a file too damaged to tell. */
  | 'heic'
  /** The primary image is AV1, whatever the brand. */
  | 'avif'
  /** A HEIF file whose primary image is neither. */
  | 'heif'
  | 'heif-sequence'
  | 'tiff'
  | 'svg'
  | 'unknown';

/** How far an SVG root element is looked for; a longer prologue stays `unknown`, which is refused as well. */
const svgSearchBytes = 1024;

/** PNG has no limit on chunks before the pixels; real files have a few dozen. */
const maxPngChunks = 4096;

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** Brands of stills, by ISO/IEC 23008-12 and the AVIF specification; `mif1` and `miaf` say nothing of the coding. */
const stillBrands: ReadonlySet<string> = new Set([
  'heic',
  'heix',
  'heim',
  'heis',
  'avif',
  'mif1',
  'mif2',
  'miaf',
]);
/** Brands of image sequences. */
const sequenceBrands: ReadonlySet<string> = new Set(['hevc', 'hevx', 'hevm', 'hevs', 'avis', 'msf1']);

/** Tells the format of `bytes` from their content. Never throws. */
export function sniff(bytes: Uint8Array): ImageFormat {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(bytes, pngSignature)) return hasAnimationControl(bytes) ? 'apng' : 'png';
  if (asciiAt(bytes, 0, 4) === 'RIFF' && asciiAt(bytes, 8, 4) === 'WEBP') {
    return isAnimatedWebp(bytes) ? 'webp-animated' : 'webp';
  }
  const start = asciiAt(bytes, 0, 6);
  if (start === 'GIF87a' || start === 'GIF89a') return 'gif';
  if (asciiAt(bytes, 4, 4) === 'ftyp') return sniffBaseMedia(bytes);
  if (isTiff(bytes)) return 'tiff';
  return isSvg(bytes) ? 'svg' : 'unknown';
}

/** APNG: an `acTL` chunk stands before the first `IDAT` (PNG third edition, 11.3.5.1). */
function hasAnimationControl(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  let at = pngSignature.length;
  for (let chunk = 0; chunk < maxPngChunks && at + 8 <= bytes.length; chunk += 1) {
    const type = asciiAt(bytes, at + 4, 4);
    if (type === 'acTL') return true;
    if (type === 'IDAT' || type === 'IEND') return false;
    at += 12 + view.getUint32(at);
  }
  return false;
}

/** The animation bit of the `VP8X` chunk; without that chunk a WebP file is one still image. */
function isAnimatedWebp(bytes: Uint8Array): boolean {
  return asciiAt(bytes, 12, 4) === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
}

/**
 * The brands say that it is HEIF, and the major one whether it is a sequence (a still may name a sequence's brand
 * among the compatible ones); what its primary image is coded with, only its items say.
 */
function sniffBaseMedia(bytes: Uint8Array): ImageFormat {
  const boxEnd = Math.min(viewOf(bytes).getUint32(0), bytes.length, 256);
  const major = asciiAt(bytes, 8, 4);
  const brands = [major];
  for (let at = 16; at + 4 <= boxEnd; at += 4) brands.push(asciiAt(bytes, at, 4));
  if (sequenceBrands.has(major)) return 'heif-sequence';
  if (!brands.some((brand) => stillBrands.has(brand))) {
    return brands.some((brand) => sequenceBrands.has(brand)) ? 'heif-sequence' : 'unknown';
  }
  const header = readHeif(bytes);
  if (header === undefined) return brands.includes('avif') ? 'avif' : 'heic';
  return formatByCoding[header.coding];
}

const formatByCoding = { hevc: 'heic', av1: 'avif', other: 'heif' } as const satisfies Record<
  HeifCoding,
  ImageFormat
>;

/** Classic TIFF and BigTIFF in both byte orders. */
function isTiff(bytes: Uint8Array): boolean {
  return (
    startsWith(bytes, [0x49, 0x49, 0x2a, 0x00]) ||
    startsWith(bytes, [0x4d, 0x4d, 0x00, 0x2a]) ||
    startsWith(bytes, [0x49, 0x49, 0x2b, 0x00]) ||
    startsWith(bytes, [0x4d, 0x4d, 0x00, 0x2b])
  );
}

/** Text that opens with markup and has an `<svg` element near its start. */
function isSvg(bytes: Uint8Array): boolean {
  const text = asciiAt(bytes, 0, Math.min(bytes.length, svgSearchBytes));
  return /^[^<a-zA-Z0-9]*</.test(text) && /<(?:[a-z]+:)?svg[\s>/]/i.test(text);
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((value, index) => bytes[index] === value);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as Latin-1 text; shorter than `length` where the bytes end. */
function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
