/**
 * Decides, before any pixel is decoded, whether bytes of unknown origin may be decoded at all. Pure. It must
 * never trust a name or a declared type, and admits nothing whose size it has not read itself.
 */
import type { RejectionReason } from '../outcome.ts';
import { maxUploadBytes } from '../scan.ts';
import { readSize } from './header.ts';
import type { HeifColour } from './heif-colour.ts';
import { readHeif } from './heif.ts';
import { sniff } from './sniff.ts';

/** Most pixels of a JPEG, PNG or WebP, as its header states them: 50 megapixels. */
export const maxImagePixels = 50_000_000;

/** Most pixels of a HEIC or AVIF: 25 megapixels, because decoding holds several copies (see docs/memory.md). */
export const maxHeifPixels = 25_000_000;

/** The answer: a photo within the limits and its size as stored, or the reason of the rejection. */
export type Admission =
  | {
      readonly ok: true;
      readonly format: 'jpeg' | 'png' | 'webp';
      readonly width: number;
      readonly height: number;
      readonly colour?: undefined;
    }
  | {
      readonly ok: true;
      readonly format: 'heic' | 'avif';
      readonly width: number;
      readonly height: number;
      /** What the container says of the colours; the decoders of these formats do not apply all of it. */
      readonly colour: HeifColour;
    }
  | { readonly ok: false; readonly reason: RejectionReason };

/** Admits a still JPEG, PNG, WebP, HEIC or AVIF within the limits. Never throws. */
export function admit(bytes: Uint8Array): Admission {
  // No ticket names more than the limit, so more bytes than that are never the bytes of the ticket.
  if (bytes.byteLength > maxUploadBytes) return refused('length-mismatch');
  const format = sniff(bytes);
  switch (format) {
    case 'jpeg':
    case 'png':
    case 'webp': {
      const size = readSize(bytes, format);
      if (size === undefined) return refused('corrupt-image');
      if (size.width * size.height > maxImagePixels) return refused('too-many-pixels');
      return { ok: true, format, ...size };
    }
    case 'heic':
    case 'avif':
      return admitHeif(bytes, format);
    case 'apng':
    case 'webp-animated':
    case 'heif-sequence':
      return refused('animated-image');
    case 'heif':
    case 'gif':
    case 'tiff':
    case 'svg':
    case 'unknown':
      return refused('unsupported-format');
  }
}

/** No image in the file may be over the limit: a decoder may look at more than the primary one (its alpha). */
function admitHeif(bytes: Uint8Array, format: 'heic' | 'avif'): Admission {
  const header = readHeif(bytes);
  if (header === undefined) return refused('corrupt-image');
  const { size, largestPixels, colour } = header;
  if (size.width === 0 || size.height === 0) return refused('corrupt-image');
  if (largestPixels > maxHeifPixels) return refused('too-many-pixels');
  // HDR, and spaces that no phone writes: shown as if they were sRGB they would mislead the model.
  if (colour.space === 'unsupported') return refused('unsupported-format');
  return { ok: true, format, ...size, colour };
}

function refused(reason: RejectionReason): Admission {
  return { ok: false, reason };
}
