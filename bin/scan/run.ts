/**
 * Takes photos in their order, a few at a time, and stops asking when the answer cannot change any more. Holds
 * results, never photos: each is read when its turn comes and forgotten with its result.
 */
import { stopOf, type PhotoResult } from './result.ts';

export interface Run {
  readonly photos: readonly string[];
  readonly concurrency: number;
  /** Takes one photo to its result; rejects only when `signal` aborted or the run cannot go on. */
  readonly take: (photo: string) => Promise<PhotoResult>;
  readonly signal: AbortSignal;
  readonly onResult: (result: PhotoResult) => void;
}

export interface RunEnd {
  /** In the order of the photos. */
  readonly results: readonly PhotoResult[];
  readonly undone: number;
}

/** Runs until the photos are through, one of them stops the run, or the signal aborts. */
export async function runPhotos({ photos, concurrency, take, signal, onResult }: Run): Promise<RunEnd> {
  const results: (PhotoResult | undefined)[] = photos.map(() => undefined);
  const queue = photos.entries();
  let isStopped = false;
  const work = async () => {
    for (const [index, photo] of queue) {
      // `return` would close the shared queue as well; that is what stopping means.
      if (isStopped || signal.aborted) return;
      try {
        const result = await take(photo);
        results[index] = result;
        isStopped ||= stopOf(result) !== undefined;
        onResult(result);
      } catch (error) {
        isStopped = true;
        if (!signal.aborted) throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: concurrency }, work));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  const ended = results.filter((result) => result !== undefined);
  return { results: ended, undone: photos.length - ended.length };
}
