import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bucket, givenS3, image, startedAt, type Given } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await givenS3();
});
afterEach(() => given.close());

const put = (key: string, body: Buffer | Readable = image, more: object = {}) =>
  given
    .client('api')
    .send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*', ...more }));
const get = (key: string, more: object = {}) =>
  given.client('analyze').send(new GetObjectCommand({ Bucket: bucket, Key: key, ...more }));

const list = (prefix: string) =>
  given.client('api').send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));

const remove = (role: 'sweep' | 'reader', keys: readonly string[], quiet = false) =>
  given.client(role, { requestChecksumCalculation: 'WHEN_REQUIRED' }).send(
    new DeleteObjectsCommand({
      Bucket: bucket,
      Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: quiet },
    }),
  );

describe('objects through the SDK', () => {
  test('an object comes back as it was stored, under every key that S3 takes', async () => {
    for (const key of [
      'plain',
      'a/b//c',
      '../up',
      'sp ace+plus&<>"\'!*()~',
      'é-😀',
      'li\nne\r\ttab',
      '%41',
    ]) {
      await put(key, image, { ContentType: 'image/webp' });
      const answer = await get(key);
      expect(await answer.Body?.transformToString()).toBe(image.toString());
      expect(answer.ContentType).toBe('image/webp');
      expect(answer.ContentLength).toBe(image.length);
      expect(given.s3.objects().map((object) => object.key)).toEqual([key]);
      const listed = await given
        .client('sweep')
        .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }));
      expect(listed.Contents?.map((object) => object.Key)).toEqual([key]);
      await given
        .client('analyze')
        .send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: key }] } }));
      expect(given.s3.objects()).toEqual([]);
    }
  });

  test('times are those of the given clock, in whole seconds', async () => {
    await put('timed');
    given.clock.at += 90_000;
    const head = await given.client('analyze').send(new HeadObjectCommand({ Bucket: bucket, Key: 'timed' }));
    expect(head.LastModified?.toISOString()).toBe('2031-05-06T07:08:09.000Z');
    expect(given.s3.objects()).toEqual([{ key: 'timed', size: image.length, lastModifiedAt: startedAt }]);
    const answer = await fetch(`${given.s3.url}/${bucket}/timed`);
    expect(answer.headers.get('date')).toBe('Tue, 06 May 2031 07:09:39 GMT');
  });

  test('the ETag is the quoted MD5 of the bytes', async () => {
    const stored = await put('tagged', Buffer.from('hello'));
    expect(stored.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  });

  test('a stated checksum is kept and handed out to who asks for it', async () => {
    const stored = await put('summed', Buffer.from('hello'), { ChecksumAlgorithm: 'SHA256' });
    expect(stored.ChecksumSHA256).toBe('LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=');
    const answer = await get('summed', { ChecksumMode: 'ENABLED' });
    expect(answer.ChecksumSHA256).toBe(stored.ChecksumSHA256);
  });

  test('a streamed upload in aws-chunked form is stored without its framing', async () => {
    const bytes = Buffer.alloc(300_000, 'chunk');
    await put('streamed', Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]), {
      ContentLength: bytes.length,
    });
    const answer = await get('streamed');
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  test('a large upload is asked to go on and stored', async () => {
    await put('large', Buffer.alloc(5 * 1024 * 1024, 7));
    expect(given.s3.objects().map((object) => object.size)).toEqual([5 * 1024 * 1024]);
  });

  test('deleting is idempotent, and an object can be stored again afterwards', async () => {
    const removeOne = () =>
      given.client('api').send(new DeleteObjectCommand({ Bucket: bucket, Key: 'twice' }));
    await put('twice');
    expect((await removeOne()).$metadata.httpStatusCode).toBe(204);
    expect((await removeOne()).$metadata.httpStatusCode).toBe(204);
    await put('twice');
    expect(given.s3.objects()).toHaveLength(1);
  });

  test('rejects reading under another ETag', async () => {
    const { ETag } = await put('guarded');
    await expect(get('guarded', { IfMatch: '"00000000000000000000000000000000"' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect((await get('guarded', { IfMatch: ETag })).ContentLength).toBe(image.length);
  });

  test('rejects overwriting an object', async () => {
    await put('first');
    await expect(put('first', Buffer.from('second'))).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(given.s3.objects()[0]?.size).toBe(image.length);
  });

  test.each([
    ['a range', { Range: 'bytes=0-3' }],
    ['a version', { VersionId: '1' }],
    ['an overridden type', { ResponseContentType: 'text/html' }],
    ['If-None-Match on a read', { IfNoneMatch: '"a"' }],
  ])('rejects %s instead of passing it over', async (_, more) => {
    await put('whole');
    await expect(get('whole', more)).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  test.each([
    ['user metadata', { Metadata: { place: 'here' } }],
    ['tags', { Tagging: 'a=b' }],
    ['an ACL', { ACL: 'public-read' }],
    ['a CRC64', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }],
  ])('rejects %s on a write instead of passing it over', async (_, more) => {
    await expect(put('plain', image, more)).rejects.toMatchObject({ name: 'NotImplemented' });
    expect(given.s3.objects()).toEqual([]);
  });
});

describe('listing', () => {
  test('pages in the order of bytes, with no key lost when keys vanish between pages', async () => {
    for (const key of ['b', 'a/2', 'a/1', 'é', 'a/3', 'Z']) await put(key);
    const pages: string[][] = [];
    const config = { client: given.client('sweep'), pageSize: 2 };
    for await (const page of paginateListObjectsV2(config, { Bucket: bucket })) {
      const keys = (page.Contents ?? []).map((object) => object.Key ?? '');
      pages.push(keys);
      const Objects = keys.map((Key) => ({ Key }));
      await given.client('sweep').send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    }
    expect(pages).toEqual([
      ['Z', 'a/1'],
      ['a/2', 'a/3'],
      ['b', 'é'],
    ]);
    expect(given.s3.objects()).toEqual([]);
  });

  test('finds one key by its prefix and says when there is none', async () => {
    await put('scan-1');
    expect((await list('scan-1')).KeyCount).toBe(1);
    expect((await list('scan-2')).KeyCount).toBe(0);
  });

  test('encodes keys when asked to', async () => {
    await put('a b/c');
    const listed = await given
      .client('sweep')
      .send(new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url' }));
    expect(listed.Contents?.[0]?.Key).toBe('a%20b/c');
  });

  test.each([
    ['a delimiter', { Delimiter: '/' }, 'NotImplemented'],
    ['a made-up continuation token', { ContinuationToken: '!' }, 'InvalidArgument'],
    ['a negative page size', { MaxKeys: -1 }, 'InvalidArgument'],
  ])('rejects %s', async (_, more, name) => {
    const command = new ListObjectsV2Command({ Bucket: bucket, ...more });
    await expect(given.client('sweep').send(command)).rejects.toMatchObject({ name });
  });
});

describe('deleting in a batch', () => {
  test('removes each key and names it', async () => {
    await put('one');
    const answer = await remove('sweep', ['one', 'never-there']);
    expect(answer.Deleted?.map((object) => object.Key)).toEqual(['one', 'never-there']);
    expect(given.s3.objects()).toEqual([]);
  });

  test('names only failures when quiet', async () => {
    await put('one');
    await put('two');
    given.s3.faults.next({
      operation: 'DeleteObjects',
      key: 'two',
      answer: { status: 500, code: 'InternalError' },
    });
    const answer = await remove('sweep', ['one', 'two'], true);
    expect(answer.Deleted).toBeUndefined();
    expect(answer.Errors).toMatchObject([{ Key: 'two', Code: 'InternalError' }]);
    expect(given.s3.objects().map((object) => object.key)).toEqual(['two']);
  });

  test('rejects each key for who may not delete, within a 200', async () => {
    await put('kept');
    const answer = await remove('reader', ['kept']);
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(answer.Errors).toMatchObject([{ Key: 'kept', Code: 'AccessDenied' }]);
    expect(given.s3.objects()).toHaveLength(1);
  });
});
