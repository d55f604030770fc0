/** Tells a retry from another request without keeping what the request said (design: step 1). */
import { createHmac } from 'node:crypto';
import type { UploadClaim } from '../../core/scan.ts';

/** A ticket request that was found valid: what the upload will be, and the person's name for it. */
export interface AdmittedRequest {
  readonly upload: UploadClaim;
  readonly name?: string;
}

/** Keyed, so that the stored hash leads back neither to the photo's digest nor to its name. */
export type RequestHasher = (accountId: string, request: AdmittedRequest) => string;

/** Shorter keys could be guessed, and the digest with them. */
const minKeyLength = 32;

/**
 * HMAC-SHA-256 over the account and the canonical body, base64url.
 *
 * @throws RangeError when the key is shorter than 32 characters.
 */
export function createRequestHasher(key: string): RequestHasher {
  if (key.length < minKeyLength) {
    throw new RangeError(`the request hash key has ${minKeyLength} characters or more, got ${key.length}`);
  }
  return (accountId, { upload, name }) =>
    createHmac('sha256', key)
      .update(
        JSON.stringify([accountId, upload.contentType, upload.contentLength, upload.sha256, name ?? null]),
      )
      .digest('base64url');
}
