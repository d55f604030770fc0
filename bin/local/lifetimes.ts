/**
 * Says how long objects lived on this machine, as storage itself saw them come and go: a witness that is
 * independent of what the functions count. Says nothing of which object it was.
 */
import { dwellHistogram, mergeDwell, summarizeDwell, type DwellHistogram } from '../../core/dwell.ts';
import type { VirtualClock } from '../../local/clock.ts';
import type { CloudObservation } from '../../local/cloud.ts';
import type { EmbeddedS3, ObjectSummary } from '../../local/s3/server.ts';
import { createWitness } from '../../local/witness.ts';

/** What is asked of the cloud. */
interface Place {
  readonly storage: Pick<EmbeddedS3, 'objects'>;
  readonly clock: Pick<VirtualClock, 'now'>;
}

export interface Lifetimes {
  readonly observe: (observation: CloudObservation) => void;
  /** One sentence about every object since the start, and the oldest one now. */
  sentence(place: Place): string;
  /** The sentence, when an object's life ended since it was last said. */
  news(place: Place): string | undefined;
}

/** Counts from now on. `objects`: what the bucket holds, once there is one. */
export function createLifetimes(objects: () => readonly ObjectSummary[] | undefined): Lifetimes {
  let counted: DwellHistogram = new Map();
  let saidOf = 0;
  const witness = createWitness(({ lifetimeMs }) => {
    counted = mergeDwell([counted, dwellHistogram([lifetimeMs])]);
  }, objects);
  const lifetimes: Lifetimes = {
    observe: witness.observe,
    sentence({ storage, clock }) {
      const [oldest] = witness.alive(storage.objects(), clock.now());
      const summary = summarizeDwell(counted);
      saidOf = summary?.count ?? 0;
      const now =
        oldest === undefined
          ? 'none is there now'
          : `the oldest now is ${Math.round(oldest.lifetimeMs)} ms old`;
      if (summary === undefined) return `No object came and went; ${now}.`;
      const { count, p50Ms, p99Ms, maxMs } = summary;
      const times =
        count === 1
          ? `One object lived ${maxMs} ms`
          : `${count} objects lived p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`;
      return `${times} at most, from arrival to verified deletion; ${now}.`;
    },
    news(place) {
      witness.alive(place.storage.objects(), place.clock.now());
      return (summarizeDwell(counted)?.count ?? 0) > saidOf ? lifetimes.sentence(place) : undefined;
    },
  };
  return lifetimes;
}
