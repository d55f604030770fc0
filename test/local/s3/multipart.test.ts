import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bucket, givenS3, image, startedAt, type Given } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await givenS3();
});
afterEach(() => given.close());

const mib = 1024 * 1024;

async function begin(Key: string): Promise<string> {
  const { UploadId } = await given
    .client('api')
    .send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  return UploadId ?? '';
}

async function upload(Key: string, UploadId: string, PartNumber: number, Body: Buffer) {
  const command = new UploadPartCommand({ Bucket: bucket, Key, UploadId, PartNumber, Body });
  const { ETag, ChecksumCRC32 } = await given.client('api').send(command);
  return { PartNumber, ETag, ChecksumCRC32 };
}

const complete = (Key: string, UploadId: string, Parts: object[], guard: '*' | null = '*') =>
  given.client('api').send(
    new CompleteMultipartUploadCommand({
      Bucket: bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts },
      ...(guard === null ? {} : { IfNoneMatch: guard }),
    }),
  );
const list = (more: object = {}) =>
  given.client('sweep').send(new ListMultipartUploadsCommand({ Bucket: bucket, ...more }));
const abort = (Key: string, UploadId: string) =>
  given.client('sweep').send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));

describe('a multipart upload', () => {
  test('leaves parts behind that no object listing shows, until it is aborted', async () => {
    const id = await begin('left');
    await upload('left', id, 1, image);
    given.clock.at += 60_000;
    expect(given.s3.objects()).toEqual([]);
    const listed = await list();
    expect(listed.Uploads).toMatchObject([{ Key: 'left', UploadId: id }]);
    expect(listed.Uploads?.[0]?.Initiated?.getTime()).toBe(Math.floor(startedAt / 1000) * 1000);
    await abort('left', id);
    expect((await list()).Uploads).toBeUndefined();
  });

  test('becomes an object as old as its beginning', async () => {
    const id = await begin('whole');
    const parts = [
      await upload('whole', id, 1, Buffer.alloc(5 * mib, 1)),
      await upload('whole', id, 2, image),
    ];
    given.clock.at += 90_000;
    expect((await complete('whole', id, parts)).ETag).toMatch(/^"[\da-f]{32}-2"$/);
    expect(given.s3.objects()).toEqual([
      { key: 'whole', size: 5 * mib + image.length, lastModifiedAt: startedAt },
    ]);
    expect((await list()).Uploads).toBeUndefined();
    expect(given.events[0]?.Records[0]).toMatchObject({
      eventName: 'ObjectCreated:CompleteMultipartUpload',
      eventTime: new Date(given.clock.at).toISOString(),
    });
    const head = new HeadObjectCommand({ Bucket: bucket, Key: 'whole' });
    expect((await given.client('analyze').send(head)).ContentType).toBe('binary/octet-stream');
  });

  test.each([false, true])(
    'is listed page by page, with each page aborted before the next: %s',
    async (aborted) => {
      const begun: string[] = [];
      for (const key of ['a', 'b', 'b', 'c']) {
        begun.push(`${key} ${await begin(key)}`);
        given.clock.at += 1000;
      }
      const seen: string[] = [];
      let markers = {};
      for (const _ of begun) {
        const page = await list({ MaxUploads: 1, ...markers });
        for (const { Key = '', UploadId = '' } of page.Uploads ?? []) {
          seen.push(`${Key} ${UploadId}`);
          if (aborted) await abort(Key, UploadId);
        }
        expect(page.IsTruncated).toBe(seen.length < begun.length);
        markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
      }
      expect(seen).toEqual(begun);
    },
  );

  test('is found by prefix', async () => {
    await begin('a/1');
    await begin('b/1');
    expect((await list({ Prefix: 'b/' })).Uploads).toMatchObject([{ Key: 'b/1' }]);
  });

  test('rejects completion without If-None-Match, and over an object', async () => {
    const [first, second] = [await begin('same'), await begin('same')];
    const parts = [await upload('same', first, 1, image)];
    await upload('same', second, 1, image);
    await expect(complete('same', first, parts, null)).rejects.toMatchObject({ name: 'AccessDenied' });
    await complete('same', first, parts);
    await expect(complete('same', second, parts)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(given.events).toHaveLength(1);
  });

  test('rejects an unknown upload and an upload of another key', async () => {
    const id = await begin('mine');
    const expected = { name: 'NoSuchUpload', $metadata: { httpStatusCode: 404 } };
    await expect(upload('mine', 'made-up', 1, image)).rejects.toMatchObject(expected);
    await expect(abort('other', id)).rejects.toMatchObject(expected);
    await abort('mine', id);
    await expect(abort('mine', id)).rejects.toMatchObject(expected);
  });

  test.each([0, 10_001])('rejects part number %i', async (number) => {
    const id = await begin('numbered');
    await expect(upload('numbered', id, number, image)).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  test('rejects parts that are unknown, out of order or too small', async () => {
    const id = await begin('parts');
    const first = await upload('parts', id, 1, image);
    const second = await upload('parts', id, 2, image);
    const refused: readonly (readonly [object[], string])[] = [
      [[{ ...second, PartNumber: 3 }], 'InvalidPart'],
      [[{ ...first, ETag: second.ETag?.replace(/\w/, 'z') }], 'InvalidPart'],
      [[{ ...first, ChecksumCRC32: 'AAAAAA==' }], 'InvalidPart'],
      [[first, second], 'EntityTooSmall'],
      [[], 'MalformedXML'],
    ];
    for (const [parts, name] of refused)
      await expect(complete('parts', id, parts)).rejects.toMatchObject({ name });
    expect(given.s3.objects()).toEqual([]);
  });

  test('rejects parts in descending order', async () => {
    const id = await begin('order');
    const big = Buffer.alloc(5 * mib);
    const [first, second] = [await upload('order', id, 1, big), await upload('order', id, 2, big)];
    await expect(complete('order', id, [second, first])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  });

  test('rejects parts that together exceed 64 MiB', async () => {
    const id = await begin('big');
    await upload('big', id, 1, Buffer.alloc(64 * mib));
    await expect(upload('big', id, 2, image)).rejects.toMatchObject({ name: 'EntityTooLarge' });
    await upload('big', id, 1, image);
    await upload('big', id, 2, image);
  });
});
