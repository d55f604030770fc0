/**
 * Erasure (CAL-6, CAL-15): what can be erased, when each pass over what is stored is due, and what is kept of it. Decides;
 * never reads a clock, never writes.
 */
import type { RunProgress } from './retention.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** What a person has erased: everything, or a part while the account stays. */
export const erasureScopes = ['account', 'history', 'messages'] as const;
export type ErasureScope = (typeof erasureScopes)[number];
/** A part of what an account has. */
export type ErasurePart = Exclude<ErasureScope, 'account'>;

/** Why. `restored`: it had been erased, and a restored backup brought it back. */
export const erasureCauses = ['requested', 'minor', 'restored'] as const;
export type ErasureCause = (typeof erasureCauses)[number];

export const erasureTimes = {
  /** Of the second pass after the request: longer than any function may run, so that no writer of before is left. */
  quietMs: 16 * minute,
  /** Of the third pass after the second. */
  thirdAfterMs: day,
  /** The second pass has proved everything gone by then; later is an alarm. */
  boundMs: 60 * minute,
  /** How long the end of an erasure can be asked for. */
  toldMs: 90 * day,
  /** As long as the payment provider must keep payments that name the account. */
  ledgerKeptMs: 10 * 365 * day,
  /** A user of the identity provider who never signed in is deleted after this long, */
  unverifiedMs: day,
  /** and cannot become an account from then on: longer than the provider could still be about to say who it is. */
  barredMs: 2 * day,
} as const;

/** One erasure under way, or done. Names nobody: the account's random id and a keyed hash, and those only until the end. */
export interface Erasure {
  /** Random; by it the person follows the erasure without an account. */
  readonly reference: string;
  readonly scope: ErasureScope;
  readonly cause: ErasureCause;
  /** Epoch ms. From then on the account is severed; of a part, what was written by then goes. */
  readonly requestedAt: number;
  /** Of a part that a backup brought back: what was written by then goes. Default: `requestedAt` */
  readonly until?: number;
  /** How many passes found everything gone. */
  readonly passes: number;
  /** What the next pass is about; undefined after the last. */
  readonly work?: ErasureWork;
  /** Epoch ms of the second pass. */
  readonly doneAt?: number;
}

/** What a pass must know. */
export interface ErasureWork {
  readonly accountId: string;
  /** Keyed hash of the account's address; an account of a test or of the terminal has none. */
  readonly addressHash?: string;
  /** Epoch ms of the next pass. */
  readonly dueAt: number;
}

/** An erasure that still has passes to come. */
export type PendingErasure = Erasure & { readonly work: ErasureWork };

/** How far a run came that erases again what a restored backup brought back. */
export interface ReplayProgress extends RunProgress {
  /** Epoch ms. Which backup: one that was restored later is looked at from its beginning. */
  readonly restoredAt: number;
}

const allPasses = 3;

/** The erasure after a pass that found everything gone. */
export function afterPass(erasure: PendingErasure, now: number): Erasure {
  const { work, ...rest } = erasure;
  const passes = erasure.passes + 1;
  // A second look too early would prove nothing: it counts as the first one again.
  if (passes === 2 && now < erasure.requestedAt + erasureTimes.quietMs) return erasure;
  const doneAt = passes === 2 ? { doneAt: now } : {};
  if (passes >= allPasses) return { ...rest, passes };
  const dueAt =
    passes === 1
      ? Math.max(now, erasure.requestedAt + erasureTimes.quietMs)
      : now + erasureTimes.thirdAfterMs;
  return { ...rest, ...doneAt, passes, work: { ...work, dueAt } };
}

/** Whether it should have been done by now. */
export function isOverdue({ doneAt, requestedAt }: Erasure, now: number): boolean {
  return doneAt === undefined && now > requestedAt + erasureTimes.boundMs;
}
