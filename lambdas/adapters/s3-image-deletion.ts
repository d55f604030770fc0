/** Deletes an uploaded object for whoever may not read one. DELETE is idempotent: a missing key is deleted as well. */
import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { VerifiedDeletion } from '../../core/ports.ts';

/** Deletion in one bucket. Who may not read may list: an object is gone when no key begins with its own. */
export function createImageDeletion(client: S3Client, bucket: string): VerifiedDeletion {
  return {
    async delete(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    async isGone(key) {
      const { KeyCount } = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }),
      );
      return KeyCount === 0;
    },
  };
}
