import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { folderStorage } from '../../../local/s3/folder-storage.ts';
import { givenFolder } from '../data/given.ts';
import { bucket, givenS3 } from './given.ts';

async function given(folder: string) {
  const server = await givenS3({ folder });
  onTestFinished(() => server.close());
  return server;
}

test('an object is announced once, whoever starts later', async () => {
  const folder = givenFolder();
  const first = await given(folder);
  const object = { Bucket: bucket, Key: 'key', Body: 'bytes', IfNoneMatch: '*' };
  await first.client('api').send(new PutObjectCommand(object));
  expect(first.events).toHaveLength(1);
  const second = await given(folder);
  expect(second.s3.objects()).toMatchObject([{ key: 'key', size: 5 }]);
  expect(second.events).toEqual([]);
});

test('an object whose event nobody took over is announced at the next start', async () => {
  const folder = givenFolder();
  folderStorage(folder).put({
    key: 'a b',
    bytes: Buffer.from('bytes'),
    contentType: 'image/jpeg',
    etag: 'e'.repeat(32),
    lastModifiedAt: 0,
    checksums: new Map(),
  });
  const first = await given(folder);
  expect(first.events).toMatchObject([
    {
      Records: [
        { eventName: 'ObjectCreated:Put', s3: { object: { key: 'a+b', size: 5, eTag: 'e'.repeat(32) } } },
      ],
    },
  ]);
  const second = await given(folder);
  expect(second.events).toEqual([]);
});
