/**
 * The contracts of UploadedImages, ImageDeletion and UploadBucket, run against every implementation. They say
 * what a port answers; what an implementation meets on the wire is tested beside that implementation.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ImageDeletion, ListedObject, UploadBucket, UploadedImages } from '../../core/ports.ts';
import { freshId } from './given.ts';

/** One bucket that starts empty, its ports, and the means to prepare it past them. */
export interface UploadsUnderTest {
  readonly images: UploadedImages;
  readonly deletion: ImageDeletion;
  readonly bucket: UploadBucket;
  /** Puts an object of this age, replacing none; answers its ETag, unquoted. */
  put(key: string, bytes: Uint8Array, ageMs?: number): Promise<string>;
  /** Keys in the bucket, in order. */
  keys(): readonly string[] | Promise<readonly string[]>;
  /** Keys that the next batch deletion does not confirm. */
  refuseInBatch(...keys: string[]): void;
  beginMultipart(key: string, ageMs: number): Promise<void>;
  multipartKeys(): Promise<readonly string[]>;
}

const photo = Uint8Array.from({ length: 70_000 }, (_, at) => at % 251);

/** Storage keeps whole seconds, so an age may be up to one more. */
const secondMs = 1000;

export function imagesContract(name: string, open: () => Promise<UploadsUnderTest>): void {
  describe(`the contract of uploads, ${name}`, () => {
    let uploads: UploadsUnderTest;
    beforeEach(async () => {
      uploads = await open();
    });
    const under = (): UploadsUnderTest => uploads;
    describe('uploaded images', () => {
      readContract(under);
    });
    describe.each(['images', 'deletion'] as const)('%s', (port) => {
      deletionContract(under, port);
    });
    describe('the upload bucket', () => {
      listContract(under);
      batchContract(under);
      multipartContract(under);
    });
  });
}

function readContract(under: () => UploadsUnderTest): void {
  it('are read whole, as often as asked, and stay where they are', async () => {
    const key = freshId();
    const etag = await under().put(key, photo);
    for (let time = 0; time < 2; time += 1) {
      expect(await under().images.read(key, etag, photo.length)).toEqual({ ok: true, bytes: photo });
    }
    expect(await under().keys()).toEqual([key]);
  });

  it('are handed out as bytes of the caller’s own, to be zeroed', async () => {
    const key = freshId();
    const etag = await under().put(key, photo);
    const first = await under().images.read(key, etag, photo.length);
    if (first.ok) first.bytes.fill(0);
    expect(await under().images.read(key, etag, photo.length)).toEqual({ ok: true, bytes: photo });
  });

  it('rejects an object longer than the bound, and takes one that just fits', async () => {
    const key = freshId();
    const etag = await under().put(key, photo);
    expect(await under().images.read(key, etag, photo.length - 1)).toEqual({ ok: false, why: 'too-long' });
    expect(await under().images.read(key, etag, photo.length)).toMatchObject({ ok: true });
  });

  it('rejects an object that is another one by now, before it looks at its length', async () => {
    const key = freshId();
    const etag = await under().put(key, photo);
    await under().images.delete(key);
    await under().put(key, photo.toReversed());
    expect(await under().images.read(key, etag, photo.length)).toEqual({ ok: false, why: 'changed' });
    expect(await under().images.read(key, etag, 1)).toEqual({ ok: false, why: 'changed' });
  });

  it('rejects an object that is gone, or never was', async () => {
    const key = freshId();
    const etag = await under().put(key, photo);
    await under().images.delete(key);
    expect(await under().images.read(key, etag, photo.length)).toEqual({ ok: false, why: 'gone' });
    expect(await under().images.read(freshId(), etag, photo.length)).toEqual({ ok: false, why: 'gone' });
  });

  it('are gone once they are deleted, never before, and not for good', async () => {
    const key = freshId();
    expect(await under().images.isGone(key)).toBe(true);
    await under().put(key, photo);
    expect(await under().images.isGone(key)).toBe(false);
    await under().images.delete(key);
    expect(await under().images.isGone(key)).toBe(true);
    await under().put(key, photo);
    expect(await under().images.isGone(key)).toBe(false);
  });
}

function deletionContract(under: () => UploadsUnderTest, port: 'images' | 'deletion'): void {
  it('deletes its object and no other', async () => {
    const [key, other] = ['scan', 'scan-2'];
    await under().put(key, photo);
    await under().put(other, photo);
    await under()[port].delete(key);
    expect(await under().keys()).toEqual([other]);
  });

  it('deletes again, and what never was, without complaint', async () => {
    const key = freshId();
    await under().put(key, photo);
    for (let time = 0; time < 3; time += 1) await under()[port].delete(key);
    await under()[port].delete(freshId());
    expect(await under().keys()).toEqual([]);
  });

  it('deletes under any key, since anybody privileged chooses keys', async () => {
    const keys = ['a/b c+d%20é', '../x', '?delete', 'A'.repeat(600), '日本/語'];
    for (const key of keys) {
      await under().put(key, photo);
      expect(await under().keys()).toEqual([key]);
      await under()[port].delete(key);
      expect(await under().keys()).toEqual([]);
    }
  });
}

async function listed(bucket: UploadBucket): Promise<readonly ListedObject[]> {
  const all: ListedObject[] = [];
  for await (const page of bucket.list()) all.push(...page);
  return all;
}

function listContract(under: () => UploadsUnderTest): void {
  it('lists nothing when it is empty', async () => {
    expect(await listed(under().bucket)).toEqual([]);
  });

  it('lists every object with its age, in the order of keys', async () => {
    const ages = { c: 250_000, a: 0, 'b/é +': 121_000, B: 5_000 };
    for (const [key, ageMs] of Object.entries(ages)) await under().put(key, photo, ageMs);
    const found = await listed(under().bucket);
    expect(found.map(({ key }) => key)).toEqual(['B', 'a', 'b/é +', 'c']);
    for (const { key, ageMs } of found) {
      const trueAgeMs = Object.entries(ages).find(([one]) => one === key)?.[1] ?? Number.NaN;
      expect(Math.abs(ageMs - trueAgeMs), key).toBeLessThanOrEqual(secondMs);
    }
  });

  it('lists what is left while the pages before are deleted', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await under().put(key, photo);
    const seen: string[] = [];
    for await (const page of under().bucket.list()) {
      seen.push(...page.map(({ key }) => key));
      expect(await under().bucket.deleteAll(page.map(({ key }) => key))).toEqual([]);
    }
    expect(seen).toEqual(keys);
    expect(await under().keys()).toEqual([]);
  });
}

function batchContract(under: () => UploadsUnderTest): void {
  it('deletes many at once, present or not, and no others', async () => {
    const keys = ['a/b c+d%20é', '<x>&"y"', 'plain'];
    for (const key of [...keys, 'stays']) await under().put(key, photo);
    expect(await under().bucket.deleteAll([...keys, 'never-was'])).toEqual([]);
    expect(await under().keys()).toEqual(['stays']);
  });

  it('answers the keys that were not confirmed, and deletes the others', async () => {
    for (const key of ['a', 'b', 'c']) await under().put(key, photo);
    under().refuseInBatch('b');
    expect(await under().bucket.deleteAll(['a', 'b', 'c'])).toEqual(['b']);
    expect(await under().keys()).toEqual(['b']);
    expect(await under().bucket.deleteAll(['b'])).toEqual([]);
    expect(await under().keys()).toEqual([]);
  });

  it('deletes nothing when it is given nothing', async () => {
    await under().put('a', photo);
    expect(await under().bucket.deleteAll([])).toEqual([]);
    expect(await under().keys()).toEqual(['a']);
  });
}

function multipartContract(under: () => UploadsUnderTest): void {
  it('aborts the multipart uploads that are old enough, and says how many', async () => {
    await under().beginMultipart('old', 121_000);
    await under().beginMultipart('older', 240_000);
    await under().beginMultipart('older', 241_000);
    await under().beginMultipart('young', 5_000);
    expect(await under().bucket.abortMultipartUploads(120_000)).toBe(3);
    expect(await under().multipartKeys()).toEqual(['young']);
    expect(await under().bucket.abortMultipartUploads(120_000)).toBe(0);
  });
}
