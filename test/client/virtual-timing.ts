/** A clock that a test owns: waiting takes no time and is written down; time limits end when the test says so. */
import type { Timing } from '../../client/timing.ts';

export interface VirtualTiming extends Timing {
  /** Every wait, ms. */
  readonly waits: readonly number[];
  /** Ends the time limit of the request that went out last. */
  readonly endLastLimit: () => void;
}

export function virtualTiming(): VirtualTiming {
  let now = 0;
  let last = new AbortController();
  const waits: number[] = [];
  return {
    waits,
    endLastLimit: () => last.abort(new DOMException('time is up', 'TimeoutError')),
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
      // Real promises let other work run in between; so does this one.
      await Promise.resolve();
    },
    timeout: () => {
      last = new AbortController();
      return last.signal;
    },
    random: () => 0.5,
  };
}
