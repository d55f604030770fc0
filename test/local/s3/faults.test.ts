import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bucket, givenS3, image, type Given } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await givenS3();
});
afterEach(() => given.close());

const put = (Key: string, config?: S3ClientConfig) =>
  given
    .client('api', config)
    .send(new PutObjectCommand({ Bucket: bucket, Key, Body: image, IfNoneMatch: '*' }));
const get = (Key: string) => given.client('analyze').send(new GetObjectCommand({ Bucket: bucket, Key }));
const remove = (Key: string, config?: S3ClientConfig) =>
  given.client('analyze', config).send(new DeleteObjectCommand({ Bucket: bucket, Key }));

describe('a fault', () => {
  test('refuses with any status and code, as often as ordered, and applies nothing', async () => {
    given.s3.faults.next({ operation: 'PutObject', times: 2, answer: { status: 503, code: 'SlowDown' } });
    await expect(put('scan-1')).rejects.toMatchObject({ name: 'SlowDown' });
    await expect(put('scan-1')).rejects.toMatchObject({ name: 'SlowDown' });
    expect(given.s3.faults.pending()).toBe(0);
    expect(given.events).toEqual([]);
    await put('scan-1');
    expect(given.seen.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  test('meets only its own operation and key', async () => {
    given.s3.faults.next({
      operation: 'DeleteObject',
      key: 'b',
      answer: { status: 500, code: 'InternalError' },
    });
    await put('a');
    await put('b');
    await remove('a');
    await expect(remove('b')).rejects.toMatchObject({ name: 'InternalError' });
    expect(given.s3.objects().map((object) => object.key)).toEqual(['b']);
  });

  test('resets the connection with nothing applied', async () => {
    given.s3.faults.next({ operation: 'PutObject', answer: 'reset' });
    await expect(put('scan-1')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(given.s3.objects()).toEqual([]);
    expect(given.events).toEqual([]);
    expect(given.seen).toMatchObject([{ operation: 'PutObject', status: 0, answered: false }]);
  });

  test('applies and loses the answer, so that a retry meets its own success', async () => {
    given.s3.faults.next({ operation: 'PutObject', answer: 'apply-then-reset' });
    await expect(put('scan-1', { maxAttempts: 2 })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(given.s3.objects()).toHaveLength(1);
    expect(given.events).toHaveLength(1);
    expect(given.seen).toMatchObject([
      { status: 200, answered: false },
      { status: 412, answered: true },
    ]);
  });

  test('loses the answer of a deletion, which a retry repeats', async () => {
    await put('scan-1');
    given.s3.faults.next({ operation: 'DeleteObject', answer: 'apply-then-reset' });
    expect((await remove('scan-1', { maxAttempts: 2 })).$metadata.attempts).toBe(2);
    expect(given.s3.objects()).toEqual([]);
  });

  test('cuts a download off half-way', async () => {
    await put('scan-1');
    given.s3.faults.next({ operation: 'GetObject', answer: 'truncate' });
    const { Body, ContentLength } = await get('scan-1');
    expect(ContentLength).toBe(image.length);
    await expect(Body?.transformToByteArray()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('delays an answer beyond the patience of a client', async () => {
    await put('scan-1');
    given.s3.faults.next({ operation: 'DeleteObject', delayMs: 60_000 });
    const requestHandler = { requestTimeout: 20, throwOnRequestTimeout: true };
    await expect(remove('scan-1', { requestHandler })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(given.s3.objects()).toHaveLength(1);
  });

  test('is not used up by a request that is refused anyway', async () => {
    given.s3.faults.next({ operation: 'ListObjectsV2', answer: 'reset' });
    const list = new ListObjectsV2Command({ Bucket: bucket });
    await expect(given.client('reader').send(list)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(given.s3.faults.pending()).toBe(1);
    given.s3.faults.clear();
    expect(given.s3.faults.pending()).toBe(0);
    await given.client('sweep').send(list);
  });
});

describe('the hooks', () => {
  test('run before anything is applied and when it is applied but not answered', async () => {
    const moments: string[] = [];
    const size = () => given.s3.objects().length;
    given.s3.faults.before((operation, key) => void moments.push(`before ${operation} ${key}: ${size()}`));
    given.s3.faults.after((operation, key) => void moments.push(`after ${operation} ${key}: ${size()}`));
    await put('scan-1');
    moments.push('answered');
    expect(moments).toEqual(['before PutObject scan-1: 0', 'after PutObject scan-1: 1', 'answered']);
  });

  test('hold the answer back until they are done', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const reached = new Promise<void>((resolve) => {
      given.s3.faults.after(() => {
        resolve();
        return held;
      });
    });
    let answered = false;
    const stored = (async () => {
      await put('scan-1');
      answered = true;
    })();
    await reached;
    expect(given.s3.objects()).toHaveLength(1);
    expect(answered).toBe(false);
    release();
    await stored;
  });

  test('run for what the stored objects refused, not for what was never admitted, and stop when removed', async () => {
    const seen: string[] = [];
    const stop = given.s3.faults.after((operation) => void seen.push(operation));
    await put('scan-1');
    await expect(put('scan-1')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect((await fetch(`${given.s3.url}/${bucket}/scan-1`)).status).toBe(403);
    stop();
    await remove('scan-1');
    expect(seen).toEqual(['PutObject', 'PutObject']);
  });
});

test('an upload is stored before it is observed, and observed before it is announced', async () => {
  given.events.push = (...events) => {
    expect(given.seen).toMatchObject([
      { operation: 'PutObject', key: 'scan-1', size: image.length, principal: 'api' },
    ]);
    expect(given.s3.objects()).toHaveLength(1);
    return Array.prototype.push.apply(given.events, events);
  };
  await put('scan-1');
  expect(given.events).toHaveLength(1);
});
