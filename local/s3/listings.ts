/**
 * The two listings, paged as S3 pages them: objects by key, unfinished uploads by key and upload id. A page
 * starts after the last thing of the page before, also when that thing is gone by then. Changes nothing.
 */
import { type Answer, type Call, xmlAnswer } from './call.ts';
import { S3Error } from './errors.ts';
import { uriEncode } from './signature.ts';
import { compareKeys } from './storage.ts';
import { writeXml, type XmlElement } from './xml.ts';

const maxPage = 1000;

/** Lists objects; a principal sees all keys that begin with `prefix`. Throws InvalidArgument. */
export function listObjects(call: Call): Answer {
  const { query } = call.request;
  if (query.get('list-type') !== '2') throw new S3Error('NotImplemented', 'Only list-type=2 is implemented.');
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after = token === undefined ? (query.get('start-after') ?? '') : readToken(token);
  const size = pageSize(query.get('max-keys'));
  const encode = keyEncoder(query.get('encoding-type'));
  const rest = call.storage.list(prefix).filter((object) => compareKeys(object.key, after) > 0);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const truncated = rest.length > page.length && last !== undefined;
  const children: XmlElement[] = [
    ['Name', call.bucket],
    ['Prefix', encode(prefix)],
    ['KeyCount', page.length],
    ['MaxKeys', size],
    ['IsTruncated', truncated],
    ...echo('EncodingType', query.get('encoding-type')),
    ...echo('ContinuationToken', token),
    ...(truncated ? echo('NextContinuationToken', writeToken(last.key)) : []),
  ];
  for (const object of page) {
    const content: readonly XmlElement[] = [
      ['Key', encode(object.key)],
      ['LastModified', wholeSeconds(object.lastModifiedAt)],
      ['ETag', `"${object.etag}"`],
      ['Size', object.bytes.length],
      ['StorageClass', 'STANDARD'],
    ];
    children.push(['Contents', content]);
  }
  return xmlAnswer(writeXml('ListBucketResult', children));
}

/** Lists unfinished multipart uploads. Throws InvalidArgument. */
export function listUploads(call: Call): Answer {
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const size = pageSize(query.get('max-uploads'));
  const encode = keyEncoder(query.get('encoding-type'));
  const rest = call.storage.listUploads().filter(({ key, uploadId }) => {
    const order = compareKeys(key, keyMarker);
    return key.startsWith(prefix) && (order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker));
  });
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const truncated = rest.length > page.length && last !== undefined;
  const children: XmlElement[] = [
    ['Bucket', call.bucket],
    ['KeyMarker', encode(keyMarker)],
    ['UploadIdMarker', idMarker],
    ['Prefix', encode(prefix)],
    ['MaxUploads', size],
    ['IsTruncated', truncated],
    ...echo('EncodingType', query.get('encoding-type')),
    ...(truncated ? echo('NextKeyMarker', encode(last.key)) : []),
    ...(truncated ? echo('NextUploadIdMarker', last.uploadId) : []),
  ];
  for (const upload of page) {
    const content: readonly XmlElement[] = [
      ['Key', encode(upload.key)],
      ['UploadId', upload.uploadId],
      ['Initiated', wholeSeconds(upload.initiatedAt)],
      ['StorageClass', 'STANDARD'],
    ];
    children.push(['Upload', content]);
  }
  return xmlAnswer(writeXml('ListMultipartUploadsResult', children));
}

function echo(name: string, value: string | undefined): readonly XmlElement[] {
  return value === undefined ? [] : [[name, value]];
}

function pageSize(text: string | undefined): number {
  if (text === undefined) return maxPage;
  if (!/^\d{1,9}$/.test(text)) throw new S3Error('InvalidArgument', 'The page size is not a number.');
  return Math.min(Number(text), maxPage);
}

function keyEncoder(encodingType: string | undefined): (key: string) => string {
  if (encodingType === undefined) return (key) => key;
  if (encodingType !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified.');
  return (key) => key.split('/').map(uriEncode).join('/');
}

/** S3 keeps whole seconds, so an object seems up to a second older than it is. */
function wholeSeconds(at: number): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString();
}

function writeToken(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function readToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString();
  if (key === '' || writeToken(key) !== token)
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect.');
  return key;
}
