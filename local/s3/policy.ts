/**
 * May this caller do this? The caller's own rights and the bucket policy that the deployed upload bucket
 * carries; each denial is AccessDenied, as on AWS. Must not look at stored objects.
 */
import { S3Error } from './errors.ts';
import type { OperationDefinition } from './operations.ts';
import type { S3Request } from './request.ts';
import type { Caller } from './signature.ts';

/** The bucket policy's one number: `s3:signatureAge`, the oldest presigned signature, in ms. */
export interface BucketPolicy {
  readonly maxSignatureAgeMs: number;
}

const customerKey = 'x-amz-server-side-encryption-customer-';

/** Returns when the request is allowed; throws AccessDenied. */
export function admit(
  request: S3Request,
  operation: OperationDefinition,
  caller: Caller,
  policy: BucketPolicy,
): void {
  const denied =
    (operation.action !== undefined && !caller.principal.actions.includes(operation.action)) ||
    (caller.presigned && caller.signatureAgeMs > policy.maxSignatureAgeMs) ||
    (createsObject(operation) && !request.fields.has('if-none-match')) ||
    [...request.fields.keys()].some((name) => name.startsWith(customerKey));
  if (denied) throw new S3Error('AccessDenied');
}

/**
 * `s3:ObjectCreationOperation`: the requests that make an object appear, and so must carry If-None-Match.
 * Creating a multipart upload and sending its parts cannot carry it and make nothing visible.
 */
function createsObject(operation: OperationDefinition): boolean {
  return operation.name === 'PutObject' || operation.name === 'CompleteMultipartUpload';
}
