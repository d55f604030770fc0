/**
 * Receives a request's body: bounded, of exactly the stated length, and of the stated hash and checksums; what
 * does not agree is refused and never stored. Must not decide what the body means.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decodeAwsChunked } from './aws-chunked.ts';
import { type Checksums, verifyChecksums } from './checksums.ts';
import { S3Error } from './errors.ts';
import type { OperationDefinition } from './operations.ts';
import type { S3Request } from './request.ts';

/** The largest object, and the largest part, that is taken. */
export const maxObjectBytes = 64 * 1024 * 1024;

const maxBytes = { none: 0, object: maxObjectBytes, xml: 2 * 1024 * 1024 } as const;
const streamedUnsigned = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/** A body that is what its request said. */
export interface ReceivedBody {
  readonly bytes: Buffer;
  readonly checksums: Checksums;
}

/**
 * Reads the body. `goOn` sends `100 Continue`, and is called once the stated length is acceptable.
 * Throws MissingContentLength, EntityTooLarge, IncompleteBody, NotImplemented, XAmzContentSHA256Mismatch,
 * BadDigest, InvalidDigest, InvalidRequest or MalformedTrailerError.
 */
export async function receiveBody(
  message: IncomingMessage,
  request: S3Request,
  operation: OperationDefinition,
  payloadHash: string,
  goOn: () => void,
): Promise<ReceivedBody> {
  const streamed = payloadHash === streamedUnsigned;
  const limit = maxBytes[operation.body];
  refuseEncodings(request, payloadHash, streamed);
  const stated = statedLength(request, operation, streamed);
  if (stated > limit) throw new S3Error('EntityTooLarge');
  goOn();
  const raw = await collect(message, streamed ? 2 * limit : limit);
  if (!streamed) {
    verifyPayloadHash(payloadHash, raw);
    return { bytes: raw, checksums: verifyChecksums(request.fields, raw) };
  }
  const { bytes, trailers } = decodeAwsChunked(raw, request.fields.get('x-amz-trailer'));
  if (bytes.length !== stated) throw new S3Error('IncompleteBody');
  return { bytes, checksums: verifyChecksums(new Map([...request.fields, ...trailers]), bytes) };
}

function refuseEncodings({ headers }: S3Request, payloadHash: string, streamed: boolean): void {
  if (payloadHash.startsWith('STREAMING-') && !streamed)
    throw new S3Error('NotImplemented', 'Of the streaming payloads only the unsigned one is implemented.');
  const encoding = headers.get('content-encoding');
  if (encoding !== undefined && !(streamed && encoding === 'aws-chunked'))
    throw new S3Error('NotImplemented', 'This Content-Encoding is not implemented.');
  if (headers.has('transfer-encoding') && !streamed)
    throw new S3Error('NotImplemented', 'Transfer-Encoding is not implemented.');
}

function statedLength(
  { headers, fields }: S3Request,
  operation: OperationDefinition,
  streamed: boolean,
): number {
  const stated = streamed ? fields.get('x-amz-decoded-content-length') : headers.get('content-length');
  if (stated === undefined) {
    if (operation.body === 'none' && !streamed) return 0;
    throw new S3Error('MissingContentLength');
  }
  if (!/^\d{1,15}$/.test(stated)) throw new S3Error('InvalidArgument', 'The length is not a number.');
  return Number(stated);
}

async function collect(message: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    const stream: AsyncIterable<unknown> = message;
    for await (const chunk of stream) {
      // No encoding is set, so the stream yields Buffers; its type does not say so.
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      length += bytes.length;
      if (length > limit) throw new S3Error('EntityTooLarge');
      chunks.push(bytes);
    }
  } catch (cause) {
    // The client went away within its own body: nobody hears the answer, but nothing is stored either.
    throw cause instanceof S3Error ? cause : new S3Error('IncompleteBody');
  }
  return Buffer.concat(chunks, length);
}

function verifyPayloadHash(stated: string, bytes: Buffer): void {
  if (stated === 'UNSIGNED-PAYLOAD') return;
  if (createHash('sha256').update(bytes).digest('hex') !== stated)
    throw new S3Error('XAmzContentSHA256Mismatch');
}
