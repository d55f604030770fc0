/** The client's only source of time and chance, so that a test owns both. */

/** What waits, measures and spreads retries. */
export interface Timing {
  /** Monotonic, ms. */
  readonly now: () => number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** A signal that aborts after `ms`. */
  readonly timeout: (ms: number) => AbortSignal;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The real clock. */
export const systemTiming: Timing = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- an abort rejects with the caller's own reason, as fetch does
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    });
  },
  timeout: (ms) => AbortSignal.timeout(ms),
  random: () => Math.random(),
};
