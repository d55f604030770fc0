/**
 * The checksums that a request states about its bytes, verified. An algorithm that is not known here is refused
 * by the closed header list in operations.ts, so no stated checksum goes unverified. Must not store anything.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from './errors.ts';

/** Verified checksums by header name (`x-amz-checksum-sha256`), base64. */
export type Checksums = ReadonlyMap<string, string>;

const algorithms: ReadonlyMap<string, (bytes: Buffer) => Buffer> = new Map([
  ['x-amz-checksum-crc32', crc32Bytes],
  ['x-amz-checksum-sha1', (bytes) => createHash('sha1').update(bytes).digest()],
  ['x-amz-checksum-sha256', (bytes) => createHash('sha256').update(bytes).digest()],
]);

/** Verifies every checksum in `fields` against the bytes; throws BadDigest, InvalidDigest or InvalidRequest. */
export function verifyChecksums(fields: ReadonlyMap<string, string>, bytes: Buffer): Checksums {
  const verified = new Map<string, string>();
  for (const [name, digest] of algorithms) {
    const stated = fields.get(name);
    if (stated === undefined) continue;
    const actual = digest(bytes);
    if (!isBase64Of(stated, actual.length))
      throw new S3Error('InvalidRequest', `Value for ${name} header is invalid.`);
    if (actual.toString('base64') !== stated) throw new S3Error('BadDigest');
    verified.set(name, stated);
  }
  const stated = fields.get('content-md5');
  if (stated === undefined) return verified;
  if (!isBase64Of(stated, 16)) throw new S3Error('InvalidDigest');
  if (createHash('md5').update(bytes).digest('base64') !== stated) throw new S3Error('BadDigest');
  return verified;
}

function crc32Bytes(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}

function isBase64Of(text: string, length: number): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text;
}
