/** Bounds in time for awaits whose other side may never answer. */

/** A wait that took longer than it may. The work itself may still be going on. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'deadline-exceeded';
}

/**
 * Settles as `promise` does, or rejects with a DeadlineError after `ms`, whichever comes first. A rejection of
 * `promise` that comes too late is swallowed: the caller has answered already.
 */
export async function withDeadline<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`not done within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
