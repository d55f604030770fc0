/**
 * The operations on whole objects. Each one is a single synchronous step over the storage, so that a
 * precondition and the write it guards cannot be torn apart. Must not know of sockets or signatures.
 */
import { createHash } from 'node:crypto';
import { type Answer, type Call, xmlAnswer } from './call.ts';
import { S3Error } from './errors.ts';
import type { StoredObject } from './storage.ts';
import { parseDelete, writeXml, type XmlElement } from './xml.ts';

/** Stores the body; If-None-Match guards an existing object. Throws PreconditionFailed or NotImplemented. */
export function putObject(call: Call): Answer {
  const { request, body, storage } = call;
  refuseOverwrite(call);
  const object: StoredObject = {
    key: request.key,
    bytes: body.bytes,
    contentType: contentTypeOf(call),
    etag: createHash('md5').update(body.bytes).digest('hex'),
    lastModifiedAt: call.at,
    checksums: body.checksums,
  };
  storage.put(object);
  return {
    status: 200,
    headers: { etag: `"${object.etag}"`, ...Object.fromEntries(object.checksums) },
    created: object,
  };
}

/** Refuses when If-None-Match stands and the object exists. Throws PreconditionFailed or NotImplemented. */
export function refuseOverwrite({ request, storage }: Call): void {
  const condition = request.fields.get('if-none-match');
  if (condition === undefined) return;
  if (condition !== '*') throw new S3Error('NotImplemented', 'If-None-Match takes only * here.');
  if (storage.get(request.key) !== undefined) throw new S3Error('PreconditionFailed');
}

/** The content type to keep. */
export function contentTypeOf({ request }: Call): string {
  return request.headers.get('content-type') ?? 'binary/octet-stream';
}

/** The object's bytes; HEAD leaves them out. Throws NoSuchKey or AccessDenied, or PreconditionFailed. */
export function getObject(call: Call): Answer {
  const { request, storage } = call;
  const object = storage.get(request.key);
  if (object === undefined) throw missing(call);
  const condition = request.fields.get('if-match');
  if (condition !== undefined && condition !== '*' && unquote(condition) !== object.etag)
    throw new S3Error('PreconditionFailed');
  const wantsChecksums = request.fields.get('x-amz-checksum-mode') === 'ENABLED';
  return {
    status: 200,
    headers: {
      'content-type': object.contentType,
      'content-length': String(object.bytes.length),
      etag: `"${object.etag}"`,
      'last-modified': new Date(object.lastModifiedAt).toUTCString(),
      ...(wantsChecksums ? Object.fromEntries(object.checksums) : {}),
    },
    ...(request.method === 'HEAD' ? {} : { body: object.bytes }),
  };
}

/** Only who may list the bucket is told that a key is not there; everybody else is told nothing. */
function missing({ principal }: Call): S3Error {
  return new S3Error(principal.actions.includes('s3:ListBucket') ? 'NoSuchKey' : 'AccessDenied');
}

function unquote(etag: string): string {
  return etag.trim().replaceAll(/^"|"$/g, '');
}

/** Removes the object; that there was none is no error. */
export function deleteObject({ request, storage }: Call): Answer {
  storage.delete(request.key);
  return { status: 204 };
}

/** Removes up to 1,000 objects; each key has its own right, fault and answer. Throws MalformedXML, InvalidRequest. */
export function deleteObjects({ request, body, principal, storage, faults }: Call): Answer {
  if (body.checksums.size === 0 && !request.headers.has('content-md5'))
    throw new S3Error('InvalidRequest', 'Missing required header: Content-MD5 OR x-amz-checksum-*');
  const { keys, quiet } = parseDelete(body.bytes);
  const results: XmlElement[] = [];
  for (const key of keys) {
    const fault = faults.takeForKey('DeleteObjects', key);
    const code = principal.actions.includes('s3:DeleteObject') ? fault : 'AccessDenied';
    if (code === undefined) {
      storage.delete(key);
      if (!quiet) results.push(['Deleted', [['Key', key]]]);
      continue;
    }
    const error: readonly XmlElement[] = [
      ['Key', key],
      ['Code', code],
      ['Message', code],
    ];
    results.push(['Error', error]);
  }
  return xmlAnswer(writeXml('DeleteResult', results));
}
