/**
 * Writes a ZIP archive in memory, as Lambda takes code: names, contents, deflate. No folders of their own, no
 * encryption, no ZIP64: it refuses what would need one.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3.7, 4.3.12 and 4.3.16
 */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** Path inside the archive, with forward slashes. */
  readonly name: string;
  readonly contents: Uint8Array;
}

const maxBytes = 0xffff_ffff;
const maxEntries = 0xffff;
const version = 20;
const utf8Names = 0x0800;
const deflate = 8;
/** 1980-01-01: archives of the same contents are the same bytes. */
const dosDate = 0x0021;
/** Readable and executable by everybody, as Lambda wants. */
const unixMode = 0o100_755;

/** The archive's bytes. @throws RangeError when it would need ZIP64. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  if (entries.length > maxEntries) throw new RangeError(`${entries.length} files need ZIP64`);
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, contents } of entries) {
    const path = Buffer.from(name);
    const packed = deflateRawSync(contents, { level: 1 });
    const shared = sharedFields(crc32(contents), packed.length, contents.length, path.length);
    const local = Buffer.concat([uint32(0x04034b50), shared, path, packed]);
    directory.push(
      Buffer.concat([
        uint32(0x02014b50),
        uint16((3 << 8) | version), // made on Unix, so that the mode counts
        shared,
        uint16(0, 0, 0), // comment, disk, internal attributes
        uint32((unixMode << 16) >>> 0, offset),
        path,
      ]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const directoryBytes = directory.reduce((sum, one) => sum + one.length, 0);
  if (offset + directoryBytes > maxBytes) throw new RangeError(`${offset} bytes need ZIP64`);
  const end = Buffer.concat([
    uint32(0x06054b50),
    uint16(0, 0, entries.length, entries.length),
    uint32(directoryBytes, offset),
    uint16(0),
  ]);
  return Buffer.concat([...bodies, ...directory, end]);
}

/** From "version needed" to the length of the extra field: alike in both headers. */
function sharedFields(crc: number, packed: number, unpacked: number, nameLength: number): Buffer {
  return Buffer.concat([
    uint16(version, utf8Names, deflate, 0, dosDate),
    uint32(crc, packed, unpacked),
    uint16(nameLength, 0),
  ]);
}

function uint16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => bytes.writeUInt16LE(value, at * 2));
  return bytes;
}

function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeUInt32LE(value, at * 4));
  return bytes;
}
