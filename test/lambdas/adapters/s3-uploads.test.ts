import type { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImageDeletion } from '../../../lambdas/adapters/s3-image-deletion.ts';
import { createUploadBucket } from '../../../lambdas/adapters/s3-upload-bucket.ts';
import { createUploadedImages } from '../../../lambdas/adapters/s3-uploaded-images.ts';
import { freshId } from '../../contract/given.ts';
import { imagesContract } from '../../contract/images.contract.ts';
import { bucket, startEmbeddedUploads, type EmbeddedUploads, type Role } from './embedded-uploads.ts';

const broken = { status: 500, code: 'InternalError' };

let uploads: EmbeddedUploads;
afterEach(() => uploads.close());

imagesContract('S3, each function with its own rights', async () => {
  uploads = await startEmbeddedUploads();
  const embedded = uploads;
  return {
    images: createUploadedImages(embedded.client('analyze'), bucket),
    deletion: createImageDeletion(embedded.client('api'), bucket),
    bucket: createUploadBucket(embedded.client('sweep'), bucket),
    put: (key, bytes, ageMs) => embedded.put(key, bytes, ageMs),
    keys: () => embedded.s3.objects().map(({ key }) => key),
    refuseInBatch(...keys) {
      for (const key of keys) embedded.s3.faults.next({ operation: 'DeleteObjects', key, answer: broken });
    },
    beginMultipart: (key, ageMs) => embedded.beginMultipart(key, ageMs),
    multipartKeys: () => embedded.multipartKeys(),
  };
});

const photo = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);

const tiny = Uint8Array.of(1);

/** As many tries as the SDK makes of one request. */
const tries = 4;

describe('reading over a storage that fails', () => {
  let key: string;
  let etag: string;
  const read = (role: Role = 'analyze') =>
    createUploadedImages(uploads.client(role), bucket).read(key, etag, photo.length);
  beforeEach(async () => {
    uploads = await startEmbeddedUploads();
    key = freshId();
    etag = await uploads.put(key, photo);
  });

  it('rejects a body that is cut off, and never hands out half a photo', async () => {
    uploads.s3.faults.next({ operation: 'GetObject', answer: 'truncate' });
    await expect(read()).rejects.toBeInstanceOf(Error);
    expect(uploads.s3.faults.pending()).toBe(0);
  });

  it.each([
    ['resets the connection', 'reset'],
    ['answers 500', broken],
    ['asks to slow down', { status: 503, code: 'SlowDown' }],
  ] as const)('gets the photo from a storage that once %s', async (_title, answer) => {
    uploads.s3.faults.next({ operation: 'GetObject', answer });
    expect(await read()).toEqual({ ok: true, bytes: photo });
    expect(uploads.s3.faults.pending()).toBe(0);
  });

  it('rejects a storage that goes on failing: that is neither gone nor changed', async () => {
    uploads.s3.faults.next({ operation: 'GetObject', times: tries, answer: broken });
    await expect(read()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(uploads.s3.faults.pending()).toBe(0);
  });

  it('rejects a missing object without the right to list, instead of calling it gone', async () => {
    await createImageDeletion(uploads.client('api'), bucket).delete(key);
    await expect(read('without-list')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect(await read()).toEqual({ ok: false, why: 'gone' });
  });

  it.each(['api', 'sweep'] as const)('rejects %s, which must not see a photo (ONE-4)', async (role) => {
    await expect(read(role)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect(uploads.seen.at(-1)).toMatchObject({ operation: 'GetObject', status: 403, principal: role });
  });

  it('reads the next object after one that is too long was let go', async () => {
    const images = createUploadedImages(uploads.client('analyze'), bucket);
    expect(await images.read(key, etag, 10)).toEqual({ ok: false, why: 'too-long' });
    expect(await images.read(key, etag, photo.length)).toMatchObject({ ok: true });
  });
});

describe('verifying a deletion over a storage that fails', () => {
  const isGone = (key: string, role: Role = 'analyze') =>
    createUploadedImages(uploads.client(role), bucket).isGone(key);
  beforeEach(async () => {
    uploads = await startEmbeddedUploads();
  });

  it('rejects a missing object without the right to list: 403 is not 404', async () => {
    await expect(isGone(freshId(), 'without-list')).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  it.each(['api', 'sweep'] as const)('rejects %s, which may not ask', async (role) => {
    await expect(isGone(freshId(), role)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it('rejects a storage that goes on failing, whether or not the object is gone', async () => {
    const key = freshId();
    await uploads.put(key, photo);
    for (const asked of [key, freshId()]) {
      uploads.s3.faults.next({ operation: 'HeadObject', times: tries, answer: broken });
      await expect(isGone(asked)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
      expect(uploads.s3.faults.pending()).toBe(0);
    }
  });

  it('is told the truth by a storage that fails once', async () => {
    const key = freshId();
    await uploads.put(key, photo);
    for (const [asked, gone] of [
      [key, false],
      [freshId(), true],
    ] as const) {
      uploads.s3.faults.next({ operation: 'HeadObject', answer: 'reset' });
      expect(await isGone(asked)).toBe(gone);
    }
    expect(uploads.s3.faults.pending()).toBe(0);
  });
});

describe('deleting over a storage that fails', () => {
  beforeEach(async () => {
    uploads = await startEmbeddedUploads();
  });

  it.each(['analyze', 'api'] as const)('%s deletes although the answer is lost', async (role) => {
    await uploads.put('scan', photo);
    uploads.s3.faults.next({ operation: 'DeleteObject', answer: 'apply-then-reset' });
    await createImageDeletion(uploads.client(role), bucket).delete('scan');
    expect(uploads.s3.objects()).toEqual([]);
    expect(uploads.s3.faults.pending()).toBe(0);
  });

  it('rejects a storage that goes on failing, and leaves the object where it was', async () => {
    await uploads.put('scan', photo);
    uploads.s3.faults.next({ operation: 'DeleteObject', times: tries, answer: broken });
    const images = createUploadedImages(uploads.client('analyze'), bucket);
    await expect(images.delete('scan')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(await images.isGone('scan')).toBe(false);
  });

  it('rejects a whole batch that storage did not take', async () => {
    await uploads.put('scan', photo);
    uploads.s3.faults.next({ operation: 'DeleteObjects', times: tries, answer: broken });
    const batch = createUploadBucket(uploads.client('sweep'), bucket).deleteAll(['scan']);
    await expect(batch).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(uploads.s3.objects()).toHaveLength(1);
  });

  it('answers every key of a batch when an error names none', async () => {
    const client = uploads.client('sweep');
    client.middlewareStack.add(
      () => async () => ({ response: {}, output: { $metadata: {}, Errors: [{}] } }),
      {
        step: 'initialize',
      },
    );
    expect(await createUploadBucket(client, bucket).deleteAll(['scan', 'other'])).toEqual(['scan', 'other']);
  });

  it('answers every key of a batch that the function has no right to delete', async () => {
    await uploads.put('scan', photo);
    const powerless = createUploadBucket(uploads.client('list-only'), bucket);
    expect(await powerless.deleteAll(['scan', 'never-was'])).toEqual(['scan', 'never-was']);
    expect(uploads.s3.objects()).toHaveLength(1);
  });
});

describe('listing', () => {
  beforeEach(async () => {
    uploads = await startEmbeddedUploads();
  });

  it.each([600_000, -600_000])(
    'measures ages by storage’s clock, its own being %i ms off',
    async (skewMs) => {
      await uploads.put('old', photo, 130_000);
      await uploads.put('young', photo, 3_000);
      expect(await agesOf(uploads.client('sweep', { skewMs }))).toEqual({ old: 130, young: 3 });
      await uploads.beginMultipart('old', 130_000);
      await uploads.beginMultipart('young', 3_000);
      const client = uploads.client('sweep', { skewMs });
      expect(await createUploadBucket(client, bucket).abortMultipartUploads(120_000)).toBe(1);
      expect(await uploads.multipartKeys()).toEqual(['young']);
    },
  );

  it('rejects a listing without a Date header, also after one that had it', async () => {
    await uploads.put('old', photo, 130_000);
    const client = uploads.client('sweep');
    expect(await agesOf(client)).toEqual({ old: 130 });
    withoutDate(client);
    await expect(agesOf(client)).rejects.toMatchObject({ code: 'missing-date' });
    const port = createUploadBucket(client, bucket);
    await expect(port.abortMultipartUploads(0)).rejects.toMatchObject({ code: 'missing-date' });
    expect(uploads.s3.objects()).toHaveLength(1);
  });

  it('rejects a function without the right to list', async () => {
    await expect(agesOf(uploads.client('without-list'))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('rejects a listing whose second page never comes, after it gave the first', async () => {
    await fill(1001);
    const client = uploads.client('sweep');
    const pages = createUploadBucket(client, bucket).list()[Symbol.asyncIterator]();
    const first = await pages.next();
    expect(first.value).toHaveLength(1000);
    uploads.s3.faults.next({ operation: 'ListObjectsV2', times: tries, answer: broken });
    await expect(pages.next()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    const port = createUploadBucket(client, bucket);
    const sizes: number[] = [];
    for await (const page of port.list()) {
      sizes.push(page.length);
      expect(await port.deleteAll(page.map(({ key }) => key))).toEqual([]);
    }
    expect(sizes).toEqual([1000, 1]);
    expect(uploads.s3.objects()).toEqual([]);
  });

  it('aborts multipart uploads of every page, also of one key', async () => {
    for (const key of ['a', 'b', 'b', 'b', 'c']) await uploads.beginMultipart(key, 130_000);
    const port = createUploadBucket(inPagesOf(2, uploads.client('sweep')), bucket);
    expect(await port.abortMultipartUploads(120_000)).toBe(5);
    expect(await uploads.multipartKeys()).toEqual([]);
    const pages = uploads.seen.filter(({ operation }) => operation === 'ListMultipartUploads');
    expect(pages.length).toBeGreaterThan(2);
  });

  it('counts no multipart upload that another sweep aborted meanwhile, and goes on', async () => {
    for (const key of ['a', 'b']) await uploads.beginMultipart(key, 130_000);
    const abort = () => createUploadBucket(uploads.client('sweep'), bucket).abortMultipartUploads(120_000);
    let others: number | undefined;
    uploads.s3.faults.before(async (operation) => {
      if (operation !== 'AbortMultipartUpload' || others !== undefined) return;
      others = 0;
      others = await abort();
    });
    expect(await abort()).toBe(0);
    expect(others).toBe(2);
    expect(await uploads.multipartKeys()).toEqual([]);
  });

  it('rejects a storage that does not abort what it lists', async () => {
    await uploads.beginMultipart('a', 130_000);
    uploads.s3.faults.next({ operation: 'AbortMultipartUpload', times: tries, answer: broken });
    const port = createUploadBucket(uploads.client('sweep'), bucket);
    await expect(port.abortMultipartUploads(120_000)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    expect(await uploads.multipartKeys()).toEqual(['a']);
  });
});

/** Ages in whole seconds, by key. */
async function agesOf(client: S3Client): Promise<Record<string, number>> {
  const ages: Record<string, number> = {};
  for await (const page of createUploadBucket(client, bucket).list()) {
    for (const { key, ageMs } of page) ages[key] = Math.round(ageMs / 1000);
  }
  return ages;
}

/** Takes the Date header off every answer from now on. */
function withoutDate(client: S3Client): void {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (...request) => {
    const answered = await handle(...request);
    delete answered.response.headers['date'];
    return answered;
  };
}

/** Lets storage answer its listings in pages of this size. */
function inPagesOf(size: number, client: S3Client): S3Client {
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, MaxUploads: size } }),
    { step: 'initialize' },
  );
  return client;
}

/** Puts so many objects, 25 at a time. */
async function fill(count: number): Promise<void> {
  const rest = Array.from({ length: count }, (_, at) => `scan-${String(at).padStart(4, '0')}`);
  const work = async (): Promise<void> => {
    for (let key = rest.pop(); key !== undefined; key = rest.pop()) await uploads.put(key, tiny);
  };
  await Promise.all(Array.from({ length: 25 }, work));
}
