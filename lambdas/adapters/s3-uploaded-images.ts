/**
 * Reads and deletes uploaded objects. Wired by the analysis function alone (ONE-4); bytes stay in memory.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { UploadedImages } from '../../core/ports.ts';

/** A body that ended before or ran past the length that storage announced. */
class BodyLengthError extends Error {
  override readonly name = 'BodyLengthError';
  readonly code = 'body-length';
}

/** The objects of one bucket. */
export function createUploadedImages(client: S3Client, bucket: string): UploadedImages {
  return {
    async read(key, etag, maxBytes) {
      try {
        const answer = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` }),
        );
        const length = answer.ContentLength ?? Number.POSITIVE_INFINITY;
        const body = answer.Body;
        if (body === undefined) throw new BodyLengthError('storage answered without a body');
        const stream = body.transformToWebStream();
        if (length > maxBytes) {
          await stream.cancel();
          return { ok: false, why: 'too-long' };
        }
        return { ok: true, bytes: await readExactly(stream, length) };
      } catch (error) {
        const status = statusOf(error);
        if (status === 404) return { ok: false, why: 'gone' };
        if (status === 412) return { ok: false, why: 'changed' };
        throw error;
      }
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    async isGone(key) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return false;
      } catch (error) {
        if (statusOf(error) === 404) return true;
        throw error;
      }
    },
  };
}

/** HTTP status of storage's refusal; undefined for anything that is not an answer. */
function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** Fills one buffer; chunks are zeroed once copied. */
async function readExactly(stream: ReadableStream<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  try {
    for await (const chunk of stream) {
      if (filled + chunk.length > length) throw new BodyLengthError('more bytes than announced');
      bytes.set(chunk, filled);
      filled += chunk.length;
      chunk.fill(0);
    }
    if (filled < length) throw new BodyLengthError('fewer bytes than announced');
    return bytes;
  } catch (error) {
    bytes.fill(0);
    throw error;
  }
}
