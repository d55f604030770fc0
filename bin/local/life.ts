/**
 * Tells the life of photos as it happens in the embedded cloud, in a person's words. Photos are numbered in the
 * order they arrive; nothing printed here names a scan, a key or an account (ONE-6).
 */
import type { CloudObservation } from '../../local/cloud.ts';

/** Where a photo is between its arrival and its verified deletion. */
interface Arrived {
  readonly number: number;
  readonly at: number;
  deletedAt?: number;
}

/** A line of the life: what happened, and the particulars. */
export type Tell = (what: string, particulars: string) => void;

/** Follows storage and functions, and tells each step of each photo. */
export function createLife(tell: Tell): {
  readonly observe: (observation: CloudObservation) => void;
  /** Takes a line that a function logged; the settlement is known from there. */
  readonly log: (line: string) => void;
  /** Objects that arrived and whose deletion was not seen verified. */
  readonly unverified: () => number;
} {
  const arrived = new Map<string, Arrived>();
  let count = 0;
  return {
    observe(observation) {
      if (observation.source !== 'storage' || observation.key === undefined) return;
      const { key, operation, status, at } = observation;
      const photo = arrived.get(key);
      if (operation === 'PutObject' && status === 200) {
        count += 1;
        arrived.set(key, { number: count, at });
        tell('bytes uploaded', `photo ${count}: ${bytes(observation.size ?? 0)}, straight to storage`);
        return;
      }
      if (photo === undefined) return;
      if (operation === 'GetObject') {
        tell('event received', `photo ${photo.number}: the analysis reads it into memory, once`);
      } else if (operation === 'DeleteObject' && status === 204) {
        photo.deletedAt = at;
        const lived = Math.max(0, Math.round(at - photo.at));
        tell(
          'image deleted',
          `photo ${photo.number}: ${lived} ms after it arrived, before anything parsed it`,
        );
      } else if (operation === 'HeadObject' && status === 404) {
        arrived.delete(key);
        tell('verified gone', `photo ${photo.number}: storage answers 404`);
      }
    },
    log(line) {
      const entry = settlementOf(line);
      if (entry !== undefined) tell('result stored', entry);
    },
    unverified: () => arrived.size,
  };
}

function bytes(size: number): string {
  return `${size.toLocaleString('en-US')} bytes`;
}

/** The state that a function logged as settled; undefined for every other line. */
function settlementOf(line: string): string | undefined {
  if (!line.includes('"scan-settled"')) return undefined;
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null || !('state' in entry)) return undefined;
  const reason = 'reason' in entry ? ` (${String(entry.reason)})` : '';
  return `${String(entry.state)}${reason}, and nothing else of the photo`;
}
