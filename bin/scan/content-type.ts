/** What to call a photo in the ticket request: by its first bytes, else by its extension. Refuses nothing. */
import { extname } from 'node:path';
import { sniff, type ImageFormat } from '../../core/image/sniff.ts';

const byContent: { readonly [F in ImageFormat]: string | undefined } = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  apng: 'image/png',
  webp: 'image/webp',
  'webp-animated': 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  avif: 'image/avif',
  heif: 'image/heif',
  'heif-sequence': 'image/heif',
  tiff: 'image/tiff',
  svg: 'image/svg+xml',
  unknown: undefined,
};

const byExtension: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.jpe': 'image/jpeg',
  '.jfif': 'image/jpeg',
  '.png': 'image/png',
  '.apng': 'image/png',
  '.webp': 'image/webp',
  '.heic': 'image/heic',
  '.heif': 'image/heif',
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.bmp': 'image/bmp',
};

/** A content type for the API to admit or refuse. */
export function contentTypeOf(path: string, bytes: Uint8Array): string {
  return byContent[sniff(bytes)] ?? byExtension[extname(path).toLowerCase()] ?? 'application/octet-stream';
}
