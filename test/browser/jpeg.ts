/** Reads the segments of a JPEG, to say what it holds beside pixels. */

const names: Readonly<Record<number, string>> = { 0xfe: 'COM' };

/**
 * Every segment that can hold metadata, by name: APP1 to APP15 (EXIF, XMP, IPTC, profiles) and comments. JFIF's own
 * APP0 says nothing of a photo. Also what stands after the picture's end.
 */
export function metadataOf(bytes: Uint8Array): readonly string[] {
  const found: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0xffd8) throw new Error('this is no JPEG');
  let at = 2;
  for (;;) {
    const marker = view.getUint8(at + 1);
    // Start of scan: the coded picture follows until the end marker.
    if (marker === 0xda) break;
    if (marker > 0xe0 && marker <= 0xef) found.push(`APP${marker - 0xe0}`);
    const name = names[marker];
    if (name !== undefined) found.push(name);
    at += 2 + view.getUint16(at + 2);
  }
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf(
    Buffer.from([0xff, 0xd9]),
  );
  if (end + 2 !== bytes.byteLength) found.push('after the end');
  return found;
}
