/**
 * Decodes the `aws-chunked` body of a STREAMING-UNSIGNED-PAYLOAD-TRAILER upload (AWS reference: "Trailing
 * checksums"): chunks of `hex-size CRLF bytes CRLF`, a last one of size 0, then `name:value CRLF` trailers.
 * Whatever does not parse to the last byte is refused: a server that stores the framing stores a broken image.
 */
import { S3Error } from './errors.ts';

/** The bytes without their framing, and the trailers by lower-case name. */
export interface DecodedBody {
  readonly bytes: Buffer;
  readonly trailers: ReadonlyMap<string, string>;
}

const crlf = '\r\n';

/** Decodes; `announced` is the `x-amz-trailer` header. Throws IncompleteBody or MalformedTrailerError. */
export function decodeAwsChunked(raw: Buffer, announced: string | undefined): DecodedBody {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = raw.indexOf(crlf, at);
    const size = end < 0 ? '' : raw.toString('latin1', at, end);
    // A chunk signature (`;chunk-signature=`) belongs to another encoding and does not pass either.
    if (!/^[\da-f]{1,8}$/i.test(size)) throw new S3Error('IncompleteBody');
    const length = Number.parseInt(size, 16);
    const start = end + crlf.length;
    if (length === 0) return { bytes: Buffer.concat(chunks), trailers: readTrailers(raw, start, announced) };
    at = start + length + crlf.length;
    if (raw.toString('latin1', at - crlf.length, at) !== crlf) throw new S3Error('IncompleteBody');
    chunks.push(raw.subarray(start, start + length));
  }
}

function readTrailers(raw: Buffer, start: number, announced: string | undefined): Map<string, string> {
  const trailers = new Map<string, string>();
  for (const line of raw.toString('latin1', start).split(crlf)) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 1) throw new S3Error('MalformedTrailerError');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const names = [...trailers.keys()].join(',');
  if (names !== (announced ?? '').toLowerCase()) throw new S3Error('MalformedTrailerError');
  // Only a checksum may come late; any other trailer would be a header that no signature covers.
  if (names !== '' && !/^x-amz-checksum-(crc32|sha1|sha256)$/.test(names))
    throw new S3Error('NotImplemented', 'This trailer is not implemented.');
  return trailers;
}
