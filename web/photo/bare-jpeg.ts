/**
 * A JPEG of pixels alone. Browsers may put a colour profile, a comment or more of their own into what a canvas
 * encodes; whatever it is, it is left out. Pure. It knows the segments of ITU-T T.81 and reads no pixel.
 */

const startOfImage = 0xffd8;
const startOfScan = 0xda;
const comment = 0xfe;
const firstApplication = 0xe0;
const lastApplication = 0xef;

/**
 * The same picture without application segments (but JFIF's own APP0) and comments. A canvas draws in sRGB, which is
 * what a JPEG without a profile means. Throws a RangeError for what is no sound JPEG: better no photo than one whose
 * content is not known.
 */
export function bareJpeg(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 4 || view.getUint16(0) !== startOfImage) throw new RangeError('this is no JPEG');
  const kept: Uint8Array<ArrayBuffer>[] = [bytes.subarray(0, 2)];
  let at = 2;
  for (;;) {
    const marker = view.getUint16(at) & 0xff;
    const end = at + 2 + view.getUint16(at + 2);
    if (bytes[at] !== 0xff || end > bytes.byteLength) throw new RangeError('a segment is broken');
    if (marker === startOfScan) break;
    if (!isMetadata(marker)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  kept.push(bytes.subarray(at));
  return joined(kept);
}

function isMetadata(marker: number): boolean {
  return marker === comment || (marker > firstApplication && marker <= lastApplication);
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, { byteLength }) => total + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
