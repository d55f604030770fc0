/**
 * Which S3 operation a request is, from method, path and query: a table, closed on purpose. A query parameter
 * or header that this server does not honour is refused with NotImplemented instead of being passed over, so
 * that nothing seems to work here that behaves otherwise on AWS. Must not perform anything.
 */
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

/** The rights that a principal can hold here, named as in an IAM policy. */
export type S3Action =
  | 's3:GetObject'
  | 's3:PutObject'
  | 's3:DeleteObject'
  | 's3:ListBucket'
  | 's3:AbortMultipartUpload'
  | 's3:ListBucketMultipartUploads';

/** Somebody who can sign requests; the actions hold for the whole bucket. */
export interface Principal {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials carry a token with each request. Default: none, and one that is sent is refused. */
  readonly sessionToken?: string;
  readonly actions: readonly S3Action[];
}

/** The operations, named as in the AWS API. */
export type S3Operation =
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'ListObjectsV2'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads';

/** One operation: how it is recognised, what it needs and what it accepts. */
export interface OperationDefinition {
  readonly name: S3Operation;
  readonly method: string;
  readonly target: 'bucket' | 'object';
  /** Query parameters that make it this operation. */
  readonly marks: readonly string[];
  /** Further query parameters that it honours. */
  readonly accepts: readonly string[];
  /** None: the right is looked at key by key (DeleteObjects answers 200 with an error for each key). */
  readonly action?: S3Action;
  readonly body: 'none' | 'object' | 'xml';
  /** The one conditional header that it honours. */
  readonly condition?: 'if-match' | 'if-none-match';
}

// Rows with marks stand before those without: the first row that fits wins.
const table: readonly OperationDefinition[] = [
  {
    name: 'UploadPart',
    method: 'PUT',
    target: 'object',
    marks: ['partNumber', 'uploadId'],
    accepts: [],
    action: 's3:PutObject',
    body: 'object',
  },
  {
    name: 'PutObject',
    method: 'PUT',
    target: 'object',
    marks: [],
    accepts: [],
    action: 's3:PutObject',
    body: 'object',
    condition: 'if-none-match',
  },
  {
    name: 'GetObject',
    method: 'GET',
    target: 'object',
    marks: [],
    accepts: [],
    action: 's3:GetObject',
    body: 'none',
    condition: 'if-match',
  },
  {
    name: 'HeadObject',
    method: 'HEAD',
    target: 'object',
    marks: [],
    accepts: [],
    action: 's3:GetObject',
    body: 'none',
    condition: 'if-match',
  },
  {
    name: 'AbortMultipartUpload',
    method: 'DELETE',
    target: 'object',
    marks: ['uploadId'],
    accepts: [],
    action: 's3:AbortMultipartUpload',
    body: 'none',
  },
  {
    name: 'DeleteObject',
    method: 'DELETE',
    target: 'object',
    marks: [],
    accepts: [],
    action: 's3:DeleteObject',
    body: 'none',
  },
  { name: 'DeleteObjects', method: 'POST', target: 'bucket', marks: ['delete'], accepts: [], body: 'xml' },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    target: 'bucket',
    marks: ['list-type'],
    accepts: ['prefix', 'encoding-type', 'max-keys', 'continuation-token', 'start-after'],
    action: 's3:ListBucket',
    body: 'none',
  },
  {
    name: 'ListMultipartUploads',
    method: 'GET',
    target: 'bucket',
    marks: ['uploads'],
    accepts: ['prefix', 'encoding-type', 'max-uploads', 'key-marker', 'upload-id-marker'],
    action: 's3:ListBucketMultipartUploads',
    body: 'none',
  },
  {
    name: 'CreateMultipartUpload',
    method: 'POST',
    target: 'object',
    marks: ['uploads'],
    accepts: [],
    action: 's3:PutObject',
    body: 'none',
  },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    target: 'object',
    marks: ['uploadId'],
    accepts: [],
    action: 's3:PutObject',
    body: 'xml',
    condition: 'if-none-match',
  },
];

const honouredFields = new Set([
  'x-amz-algorithm',
  'x-amz-checksum-algorithm',
  'x-amz-checksum-crc32',
  'x-amz-checksum-mode',
  'x-amz-checksum-sha1',
  'x-amz-checksum-sha256',
  'x-amz-checksum-type',
  'x-amz-content-sha256',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expires',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
  'x-amz-trailer',
  'x-amz-user-agent',
  // Not honoured but refused with AccessDenied by the bucket policy, as on AWS.
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-server-side-encryption-customer-key-md5',
]);
const conditions = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'range'];

/** Finds the operation; throws MethodNotAllowed when there is none, NotImplemented for what it would pass over. */
export function route(request: S3Request): OperationDefinition {
  const target = request.key === '' ? 'bucket' : 'object';
  const found = table.find(
    (row) =>
      row.method === request.method &&
      row.target === target &&
      row.marks.every((mark) => request.query.has(mark)),
  );
  if (found === undefined) {
    const known = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].includes(request.method);
    throw new S3Error(known ? 'NotImplemented' : 'MethodNotAllowed');
  }
  refuseUnhonoured(request, found);
  return found;
}

function refuseUnhonoured({ query, fields }: S3Request, operation: OperationDefinition): void {
  for (const name of query.keys()) {
    // x-id only names the operation once more.
    const known = name === 'x-id' || operation.marks.includes(name) || operation.accepts.includes(name);
    if (!known && !name.toLowerCase().startsWith('x-amz-'))
      throw new S3Error('NotImplemented', 'A query parameter is not implemented.');
  }
  for (const name of fields.keys())
    if (name.startsWith('x-amz-') && !honouredFields.has(name))
      throw new S3Error('NotImplemented', 'An x-amz- header is not implemented.');
  for (const name of conditions)
    if (fields.has(name) && name !== operation.condition)
      throw new S3Error('NotImplemented', 'A conditional header is not implemented for this operation.');
}
