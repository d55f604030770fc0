/**
 * Width and height of a JPEG, PNG or WebP read from its header, so that a limit can be applied before any
 * pixel exists. Pure; every read is bounds-checked and every step moves forward, whatever the bytes say.
 * It checks no more than it needs: whether the rest of the file is sound is the decoder's to say.
 */

/** As stored: an EXIF orientation is not applied. Both are at least 1. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Reads the size from the header, or says `undefined` when the header is cut short or senseless. */
export function readSize(bytes: Uint8Array, format: 'jpeg' | 'png' | 'webp'): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = { jpeg: jpegSize, png: pngSize, webp: webpSize }[format](view);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

/**
 * Finds the frame header (SOFn, ITU-T T.81 B.2.2) among the marker segments before the first scan. Like
 * libjpeg it passes over stray bytes between segments, so that both see the same frame header.
 */
function jpegSize(view: DataView): ImageSize | undefined {
  let at = 2;
  while (at + 1 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) {
      at += 1;
      continue;
    }
    const marker = view.getUint8(at + 1);
    if (marker === 0xff || marker === 0x00) {
      // A fill byte may be followed by the marker itself; a stuffed zero may not.
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    at += 2;
    if (isBareMarker(marker)) continue;
    if (marker === startOfScan || marker === endOfImage || marker === startOfImage) return undefined;
    if (at + 2 > view.byteLength) return undefined;
    if (isFrameHeader(marker)) {
      if (at + 7 > view.byteLength) return undefined;
      return { width: view.getUint16(at + 5), height: view.getUint16(at + 3) };
    }
    const segmentLength = view.getUint16(at);
    if (segmentLength < 2) return undefined;
    at += segmentLength;
  }
  return undefined;
}

const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;

/** RSTn and TEM stand alone, without a length. */
function isBareMarker(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/** C0 to CF except DHT (C4), JPG (C8) and DAC (CC). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** IHDR must be the first chunk, 13 bytes long (PNG third edition, 11.2.1). */
function pngSize(view: DataView): ImageSize | undefined {
  if (view.byteLength < 33 || view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) return undefined;
  const size = { width: view.getUint32(16), height: view.getUint32(20) };
  return size.width <= 0x7fff_ffff && size.height <= 0x7fff_ffff ? size : undefined;
}

/** The first chunk says it: `VP8X` (canvas), `VP8L` (lossless) or `VP8 ` (key frame); RFC 9649. */
function webpSize(view: DataView): ImageSize | undefined {
  if (view.byteLength < 30) return undefined;
  const chunk = view.getUint32(12);
  if (chunk === 0x56503858) return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
  if (chunk === 0x5650384c) {
    if (view.getUint8(20) !== 0x2f) return undefined;
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk !== 0x56503820) return undefined;
  const isKeyFrame = (view.getUint8(20) & 1) === 0;
  const hasStartCode = view.getUint8(23) === 0x9d && view.getUint16(24) === 0x012a;
  if (!isKeyFrame || !hasStartCode) return undefined;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
