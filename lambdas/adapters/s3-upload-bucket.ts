/** Lists and deletes uploaded objects for the sweep; has no way to read one. */
import {
  AbortMultipartUploadCommand,
  type AbortMultipartUploadCommandInput,
  DeleteObjectsCommand,
  paginateListObjectsV2,
  ListMultipartUploadsCommand,
  NoSuchUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { UploadBucket } from '../../core/ports.ts';

/** An answer without the Date header that ages are measured by. */
class MissingDateError extends Error {
  override readonly name = 'MissingDateError';
  readonly code = 'missing-date';
}

/** The objects of one bucket. */
export function createUploadBucket(client: S3Client, bucket: string): UploadBucket {
  const storageTime = readStorageTime(client);
  return {
    async *list() {
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
        const now = storageTime();
        yield (page.Contents ?? []).flatMap(({ Key: key, LastModified }) =>
          key === undefined || LastModified === undefined
            ? []
            : [{ key, ageMs: now - LastModified.getTime() }],
        );
      }
    },
    async deleteAll(keys) {
      if (keys.length === 0) return [];
      const { Errors } = await client.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Quiet: true, Objects: keys.map((Key) => ({ Key })) },
        }),
      );
      const unconfirmed = (Errors ?? []).map(({ Key }) => Key);
      // An error that names no key may be about any of them.
      return unconfirmed.every((key) => key !== undefined) ? unconfirmed : keys;
    },
    async abortMultipartUploads(olderThanMs) {
      let aborted = 0;
      let KeyMarker: string | undefined;
      let UploadIdMarker: string | undefined;
      do {
        const page = await client.send(
          new ListMultipartUploadsCommand({ Bucket: bucket, KeyMarker, UploadIdMarker }),
        );
        const before = storageTime() - olderThanMs;
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (Initiated === undefined || Initiated.getTime() > before) continue;
          if (await abortUpload(client, { Bucket: bucket, Key, UploadId })) aborted += 1;
        }
        KeyMarker = page.IsTruncated === true ? page.NextKeyMarker : undefined;
        UploadIdMarker = page.IsTruncated === true ? page.NextUploadIdMarker : undefined;
      } while (KeyMarker !== undefined);
      return aborted;
    },
  };
}

/** False when there is no such upload any more: two sweeps may overlap, and uploads may be completed. */
async function abortUpload(client: S3Client, input: AbortMultipartUploadCommandInput): Promise<boolean> {
  try {
    await client.send(new AbortMultipartUploadCommand(input));
    return true;
  } catch (error) {
    if (error instanceof NoSuchUpload) return false;
    throw error;
  }
}

/**
 * Notes the Date header of each of storage's answers, so that an object's age needs no clock of ours: a clock
 * that is minutes off must neither spare an old object nor delete a fresh one.
 */
function readStorageTime(client: S3Client): () => number {
  let latest = Number.NaN;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      latest = dateOf(result.response);
      return result;
    },
    { step: 'deserialize', name: 'noteStorageTime', override: true },
  );
  return () => {
    if (Number.isNaN(latest)) throw new MissingDateError('storage answered without a Date header');
    return latest;
  };
}

/** The response is the SDK's own HTTP response, typed unknown. */
function dateOf(response: unknown): number {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return Number.NaN;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return Number.NaN;
  return typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
}
