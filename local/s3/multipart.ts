/**
 * Multipart uploads: begun, filled, completed or aborted. onceover itself never makes one; they exist here so
 * that somebody who holds s3:PutObject can leave parts behind and the sweep can be seen to remove them.
 */
import { createHash, randomBytes } from 'node:crypto';
import { maxObjectBytes } from './body.ts';
import { type Answer, type Call, xmlAnswer } from './call.ts';
import { S3Error } from './errors.ts';
import { contentTypeOf, refuseOverwrite } from './objects.ts';
import type { MultipartUpload, StoredObject, StoredPart } from './storage.ts';
import { type NamedPart, parseComplete, writeXml } from './xml.ts';

const maxPartNumber = 10_000;
const minPartBytes = 5 * 1024 * 1024;

/** Begins an upload; nothing of it is visible as an object. */
export function createUpload(call: Call): Answer {
  const { request, storage, bucket, at } = call;
  // The moment stands first, so that ids of one key are listed in the order they were begun.
  const uploadId = at.toString(16).padStart(12, '0') + randomBytes(12).toString('hex');
  const contentType = contentTypeOf(call);
  storage.putUpload({ uploadId, key: request.key, contentType, initiatedAt: at, parts: new Map() });
  return xmlAnswer(
    writeXml('InitiateMultipartUploadResult', [
      ['Bucket', bucket],
      ['Key', request.key],
      ['UploadId', uploadId],
    ]),
  );
}

/** Keeps one part, in place of an earlier one of that number. Throws NoSuchUpload, EntityTooLarge. */
export function uploadPart(call: Call): Answer {
  const upload = findUpload(call);
  const number = Number(call.request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > maxPartNumber)
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  const { bytes, checksums } = call.body;
  const others = [...upload.parts].filter(([other]) => other !== number);
  const size = others.reduce((sum, [, part]) => sum + part.bytes.length, bytes.length);
  if (size > maxObjectBytes) throw new S3Error('EntityTooLarge');
  const etag = createHash('md5').update(bytes).digest('hex');
  call.storage.putPart(upload.uploadId, number, { bytes, etag, checksums });
  return { status: 200, headers: { etag: `"${etag}"`, ...Object.fromEntries(checksums) } };
}

/**
 * Joins the named parts into an object, whose Last-Modified is the moment the upload was *begun*, as on S3.
 * Throws NoSuchUpload, MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall, PreconditionFailed.
 */
export function completeUpload(call: Call): Answer {
  const { request, storage, bucket } = call;
  if ([...request.fields.keys()].some((name) => name.startsWith('x-amz-checksum-')))
    throw new S3Error('NotImplemented', 'A checksum of the whole object is not implemented for parts.');
  const upload = findUpload(call);
  const parts = pickParts(upload, parseComplete(call.body.bytes));
  refuseOverwrite(call);
  const digests = parts.map((part) => Buffer.from(part.etag, 'hex'));
  const object: StoredObject = {
    key: upload.key,
    bytes: Buffer.concat(parts.map((part) => part.bytes)),
    contentType: upload.contentType,
    etag: `${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${parts.length}`,
    lastModifiedAt: upload.initiatedAt,
    checksums: new Map(),
  };
  storage.put(object);
  storage.deleteUpload(upload.uploadId);
  const document = writeXml('CompleteMultipartUploadResult', [
    ['Bucket', bucket],
    ['Key', object.key],
    ['ETag', `"${object.etag}"`],
  ]);
  return { ...xmlAnswer(document), created: object };
}

function pickParts(upload: MultipartUpload, named: readonly NamedPart[]): readonly StoredPart[] {
  return named.map(({ number, etag, checksums }, index) => {
    if (index > 0 && number <= (named[index - 1]?.number ?? 0)) throw new S3Error('InvalidPartOrder');
    const part = upload.parts.get(number);
    if (part === undefined || part.etag !== etag) throw new S3Error('InvalidPart');
    for (const [name, value] of checksums)
      if (part.checksums.get(name) !== value) throw new S3Error('InvalidPart');
    if (index < named.length - 1 && part.bytes.length < minPartBytes) throw new S3Error('EntityTooSmall');
    return part;
  });
}

/** Forgets an upload and its parts. Throws NoSuchUpload. */
export function abortUpload(call: Call): Answer {
  call.storage.deleteUpload(findUpload(call).uploadId);
  return { status: 204 };
}

function findUpload({ request, storage }: Call): MultipartUpload {
  const upload = storage.upload(request.query.get('uploadId') ?? '');
  if (upload === undefined || upload.key !== request.key) throw new S3Error('NoSuchUpload');
  return upload;
}
