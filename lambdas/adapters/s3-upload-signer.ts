/**
 * Presigned upload addresses: one signature over exactly this key, length, content type and SHA-256, and over
 * `If-None-Match: *`, so that nothing else can be uploaded and nothing overwritten. It cannot read an object.
 */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clock, UploadSigner } from '../../core/ports.ts';

/**
 * Headers that the signature covers beside `host`. By default the presigner signs `host` alone and moves some
 * of these into the query, where storage would not compare them with what is sent.
 */
const pinnedHeaders = ['content-length', 'content-type', 'if-none-match', 'x-amz-checksum-sha256'];

/** Needs a client made with `requestChecksumCalculation: 'WHEN_REQUIRED'`: see `createS3Client`. */
export function createUploadSigner(client: S3Client, bucket: string, clock: Clock): UploadSigner {
  return {
    async sign(scanId, upload, expiresInMs) {
      const expiresIn = Math.floor(expiresInMs / 1000);
      if (expiresIn < 1) throw new RangeError(`an upload address lives 1000 ms or more, got ${expiresInMs}`);
      // Signatures carry whole seconds; rounding down keeps the address from outliving what was asked for.
      const signedAt = Math.floor(clock.now() / 1000) * 1000;
      const url = await getSignedUrl(
        client,
        new PutObjectCommand({
          Bucket: bucket,
          Key: scanId,
          ContentLength: upload.contentLength,
          ContentType: upload.contentType,
          ChecksumSHA256: upload.sha256,
          IfNoneMatch: '*',
        }),
        {
          expiresIn,
          signingDate: new Date(signedAt),
          signableHeaders: new Set(['host', ...pinnedHeaders]),
          unhoistableHeaders: new Set(pinnedHeaders),
        },
      );
      return {
        url,
        method: 'PUT',
        headers: {
          'content-type': upload.contentType,
          'if-none-match': '*',
          'x-amz-checksum-sha256': upload.sha256,
        },
        expiresAt: signedAt + expiresIn * 1000,
      };
    },
  };
}
