/**
 * The clock of the embedded cloud: real time plus an offset that only grows. Storage, tables, runner,
 * scheduler and functions all live on it, so that a test or a person can let minutes pass at once. It must
 * not hold the process open, and never goes back.
 */

export interface VirtualClock {
  /** Epoch milliseconds of virtual time. */
  now(): number;
  /** Milliseconds that virtual time is ahead of real time. */
  offset(): number;
  /**
   * Lets `ms` pass at once. Timers that fall due fire in due order, each at its own moment and awaited
   * before the next; what a timer leaves running is not waited for. Calls queue up; a timer must not
   * await one. Rejects with the first error that a timer throws.
   */
  advance(ms: number): Promise<void>;
  /**
   * Calls `fire` once when virtual time reaches `atMs`, never synchronously. An error of a timer that
   * fires in real time is an unhandled rejection: a bug, and it ends the process. Returns a cancel.
   */
  setTimer(atMs: number, fire: () => void | Promise<void>): () => void;
  /** Calls `listener` with the new offset at each step of an advance, before timers fire. Returns a cancel. */
  onShift(listener: (offset: number) => void): () => void;
}

interface Timer {
  readonly atMs: number;
  readonly fire: () => void | Promise<void>;
}

/** setTimeout takes 31 bits; a later timer is looked at again then. */
const longestWaitMs = 2 ** 31 - 1;

/** A clock that starts at real time, or as far ahead of it as an earlier one was. */
export function createVirtualClock(startOffset = 0): VirtualClock {
  let offset = startOffset;
  let advancing: Promise<void> = Promise.resolve();
  let wake: NodeJS.Timeout | undefined;
  /** In due order; equal moments in the order they were set. */
  const timers: Timer[] = [];
  const listeners = new Set<(offset: number) => void>();

  const now = (): number => Date.now() + offset;

  function shiftTo(next: number): void {
    if (next <= offset) return;
    offset = next;
    for (const listener of listeners) listener(offset);
  }

  function arm(): void {
    clearTimeout(wake);
    const first = timers[0];
    if (first === undefined) return;
    const waitMs = Math.min(Math.max(first.atMs - now(), 0), longestWaitMs);
    wake = setTimeout(fireInRealTime, waitMs).unref();
  }

  function fireInRealTime(): void {
    for (let first = timers[0]; first !== undefined && first.atMs <= now(); first = timers[0]) {
      timers.shift();
      // Not awaited: in real time nothing waits for a timer, and its error must surface.
      void (async () => first.fire())();
    }
    arm();
  }

  async function runUntil(targetOffset: number): Promise<void> {
    for (;;) {
      const first = timers[0];
      if (first === undefined || first.atMs > Date.now() + targetOffset) break;
      timers.shift();
      shiftTo(first.atMs - Date.now());
      await first.fire();
    }
    shiftTo(targetOffset);
    arm();
  }

  return {
    now,
    offset: () => offset,
    async advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`advance takes 0 ms or more, got ${ms}`);
      const mine = advancing.then(() => runUntil(offset + ms));
      // One failed advance must not fail those that queue behind it.
      advancing = mine.catch(() => {});
      await mine;
    },
    setTimer(atMs, fire) {
      const timer: Timer = { atMs, fire };
      const later = timers.findIndex((other) => other.atMs > atMs);
      timers.splice(later === -1 ? timers.length : later, 0, timer);
      arm();
      return () => {
        const index = timers.indexOf(timer);
        if (index === -1) return;
        timers.splice(index, 1);
        arm();
      };
    },
    onShift(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
