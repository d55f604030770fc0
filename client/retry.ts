/**
 * When and how long to wait before the same request goes out again. Decides nothing about safety: whoever
 * calls makes sure that a repeated request does no second thing.
 */
import type { OnceoverApiError } from './error.ts';
import type { Timing } from './timing.ts';

/** Bounds of trying again. */
export const retryBounds = {
  attempts: 4,
  /** Doubles from attempt to attempt, half of it at random. */
  firstWaitMs: 250,
  /** A system that asks for more patience than this gets none: the caller decides. */
  maxRetryAfterSeconds: 20,
} as const;

/** One try: its value, or an error and whether another try may help. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: OnceoverApiError; readonly again: boolean };

/** Tries until it works, may not help, or the bounds are reached; then throws the last error. */
export async function retrying<T>(
  timing: Timing,
  signal: AbortSignal | undefined,
  attempt: (number: number) => Promise<Attempt<T>>,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    const result = await attempt(number);
    if (result.ok) return result.value;
    const waitMs = waitBefore(number, result.error.retryAfterSeconds, timing.random());
    if (!result.again || waitMs === undefined) throw result.error;
    await timing.sleep(waitMs, signal);
  }
}

/** Milliseconds to wait after failed attempt `number` (from 1), or undefined to give up. */
export function waitBefore(
  number: number,
  retryAfterSeconds: number | undefined,
  random: number,
): number | undefined {
  if (number >= retryBounds.attempts) return undefined;
  if (retryAfterSeconds !== undefined) {
    return retryAfterSeconds <= retryBounds.maxRetryAfterSeconds ? retryAfterSeconds * 1000 : undefined;
  }
  const fullMs = retryBounds.firstWaitMs * 2 ** (number - 1);
  return fullMs / 2 + (fullMs / 2) * random;
}

/** Whether the same request may do better later. A 429 without a time is a limit, not a moment. */
export function mayPass(status: number, retryAfterSeconds: number | undefined): boolean {
  return status === 429 ? retryAfterSeconds !== undefined : status >= 500 && status !== 501;
}

/** `Retry-After` in seconds; its date form needs a clock that agrees with the server's, so it is not used. */
export function parseRetryAfter(value: string | null): number | undefined {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}
