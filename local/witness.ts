/**
 * Measures how long objects live from storage's own observations: arrival to deletion, verified where somebody
 * asked. Independent of what the functions say of themselves. Keeps numbers, and keys only while an object lives.
 */
import type { ObjectSummary } from './s3/server.ts';
import type { CloudObservation } from './cloud.ts';

/** One object's life, ms. */
export interface Life {
  readonly key: string;
  readonly lifetimeMs: number;
}

export interface Witness {
  readonly observe: (observation: CloudObservation) => void;
  /**
   * Ends the lives of objects that are no longer there, and answers those that still are, oldest first. `there`:
   * what the bucket holds now.
   */
  alive(there: readonly ObjectSummary[], now: number): readonly Life[];
}

/**
 * Tells each life that ended to `ended`. `objects`: what the bucket holds, asked when a batch was deleted, which
 * names no key; undefined before there is a bucket to ask.
 */
export function createWitness(
  ended: (life: Life) => void,
  objects: () => readonly ObjectSummary[] | undefined,
): Witness {
  const arrivedAt = new Map<string, number>();
  /** Deleted, and not yet verified: a deletion's moment stands if nobody asks. */
  const deletedAt = new Map<string, number>();

  function end(key: string, at: number): void {
    const since = arrivedAt.get(key);
    if (since === undefined) return;
    arrivedAt.delete(key);
    deletedAt.delete(key);
    ended({ key, lifetimeMs: Math.max(0, at - since) });
  }

  function endMissing(there: readonly ObjectSummary[], at: number): void {
    const keys = new Set(there.map(({ key }) => key));
    for (const key of arrivedAt.keys()) if (!keys.has(key)) end(key, deletedAt.get(key) ?? at);
  }

  return {
    observe(observation) {
      if (observation.source !== 'storage') return;
      const { key, operation, status, at } = observation;
      if (operation === 'DeleteObjects' && status === 200) {
        const there = objects();
        if (there !== undefined) endMissing(there, at);
      }
      if (key === undefined) return;
      const created = operation === 'PutObject' || operation === 'CompleteMultipartUpload';
      if (created && status === 200) {
        const gone = deletedAt.get(key);
        // A replayed upload: the first object's life ended with its deletion.
        if (gone !== undefined) end(key, gone);
        arrivedAt.set(key, at);
      } else if (operation === 'DeleteObject' && status === 204) deletedAt.set(key, at);
      else if (operation === 'HeadObject' && status === 404) end(key, at);
    },
    alive(there, now) {
      endMissing(there, now);
      return there
        .map(({ key, lastModifiedAt }) => ({ key, lifetimeMs: now - (arrivedAt.get(key) ?? lastModifiedAt) }))
        .toSorted((a, b) => b.lifetimeMs - a.lifetimeMs);
    },
  };
}
