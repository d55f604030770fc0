/** In-memory uploads: one bucket as the analysis sees it and as the sweep sees it, with misfortune on order. */
import { createHash } from 'node:crypto';
import type { UploadBucket, UploadedImages } from '../../core/ports.ts';

/** Storage that refuses or does not answer. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

type Call = 'read' | 'delete' | 'isGone' | 'list' | 'deleteAll' | 'abort';

export interface MemoryImages {
  readonly images: UploadedImages;
  readonly bucket: UploadBucket;
  /** Puts an object, replacing none; answers its ETag. */
  put(key: string, bytes: Uint8Array, ageMs?: number): string;
  readonly keys: () => readonly string[];
  /** What was called, in order. */
  readonly calls: readonly string[];
  /** The next such call throws; `applied`: after it took effect. */
  fail(call: Call, how?: 'refused' | 'applied'): void;
  /** Runs after the next delete, as a replayed upload would. */
  afterDelete(then: () => void): void;
  /** Keys that the next batch deletion does not confirm. */
  refuseInBatch(...keys: string[]): void;
  /** Leaves a multipart upload that somebody began and never finished. */
  beginMultipart(key: string, ageMs: number): void;
  /** Keys of the multipart uploads that are still there. */
  readonly multipartKeys: () => readonly string[];
}

/** An empty bucket. */
export function createMemoryImages(calls: string[] = []): MemoryImages {
  const objects = new Map<string, { bytes: Uint8Array; etag: string; ageMs: number }>();
  const faults: { call: Call; how: 'refused' | 'applied' }[] = [];
  const thens: (() => void)[] = [];
  let refused: readonly string[] = [];
  let unfinished: readonly { readonly key: string; readonly ageMs: number }[] = [];

  async function run<T>(call: Call, apply: () => T): Promise<T> {
    calls.push(call);
    const at = faults.findIndex((fault) => fault.call === call);
    const [fault] = at === -1 ? [] : faults.splice(at, 1);
    if (fault?.how === 'refused') throw new StorageError(call);
    const answer = apply();
    if (fault?.how === 'applied') throw new StorageError(call);
    return answer;
  }

  return {
    images: {
      read: (key, etag, maxBytes) =>
        run('read', () => {
          const found = objects.get(key);
          if (found === undefined) return { ok: false, why: 'gone' };
          if (found.etag !== etag) return { ok: false, why: 'changed' };
          if (found.bytes.length > maxBytes) return { ok: false, why: 'too-long' };
          return { ok: true, bytes: found.bytes.slice() };
        }),
      async delete(key) {
        await run('delete', () => objects.delete(key));
        thens.shift()?.();
      },
      isGone: (key) => run('isGone', () => !objects.has(key)),
    },
    bucket: {
      async *list() {
        const all = await run('list', () => [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)));
        for (let at = 0; at < all.length; at += 2) {
          yield all.slice(at, at + 2).map(([key, { ageMs }]) => ({ key, ageMs }));
        }
      },
      deleteAll: (keys) =>
        run('deleteAll', () => {
          const unconfirmed = keys.filter((key) => refused.includes(key));
          refused = refused.filter((key) => !unconfirmed.includes(key));
          for (const key of keys) if (!unconfirmed.includes(key)) objects.delete(key);
          return unconfirmed;
        }),
      abortMultipartUploads: (olderThanMs) =>
        run('abort', () => {
          const before = unfinished.length;
          unfinished = unfinished.filter(({ ageMs }) => ageMs < olderThanMs);
          return before - unfinished.length;
        }),
    },
    put(key, bytes, ageMs = 0) {
      if (objects.has(key)) throw new StorageError('exists');
      const etag = createHash('md5').update(bytes).digest('hex');
      objects.set(key, { bytes, etag, ageMs });
      return etag;
    },
    keys: () => [...objects.keys()],
    calls,
    fail: (call, how = 'refused') => void faults.push({ call, how }),
    afterDelete: (then) => void thens.push(then),
    refuseInBatch: (...keys) => void (refused = keys),
    beginMultipart: (key, ageMs) => void (unfinished = [...unfinished, { key, ageMs }]),
    multipartKeys: () => unfinished.map(({ key }) => key),
  };
}
