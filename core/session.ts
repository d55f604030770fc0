/**
 * Sessions without a password (CAL-5): how long codes and sessions live, how often one may try, and what a refresh
 * token means when it comes. Decides; never reads a clock, never writes.
 */
import type { Account } from './account.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** The numbers of signing in, in ms unless the name says otherwise. */
export const signIn = {
  /** A one-time code is worth something this long. */
  codeMs: 10 * minute,
  /** Digits of a code. */
  codeDigits: 8,
  /** Wrong tries that a code survives; with its digits and the limits below, one guess in a million a day. */
  codeAttempts: 5,
  /** A session that is not used ends after this long, */
  idleMs: 30 * day,
  /** and any session after this long. */
  longestMs: 180 * day,
  /** A refresh token that comes again this soon had its answer lost; later it was stolen. */
  repeatMs: 30_000,
} as const;

/** One bound on how often something may be asked. */
export interface Limit {
  /** Which counter. */
  readonly name: string;
  readonly windowMs: number;
  readonly most: number;
}

/** How often codes may be asked for and tried, and reports and messages sent. Tests of many bring many sources. */
export const limits = {
  codesOfAddress: [
    { name: 'codes-address-quarter', windowMs: 15 * minute, most: 5 },
    { name: 'codes-address-day', windowMs: day, most: 20 },
  ],
  codesOfSource: [{ name: 'codes-source', windowMs: 15 * minute, most: 30 }],
  triesOfSource: [{ name: 'tries-source', windowMs: 15 * minute, most: 60 }],
  reportsOfSource: [{ name: 'reports-source', windowMs: day, most: 5 }],
  messagesOfAccount: [{ name: 'messages-account', windowMs: day, most: 20 }],
  checkoutsOfAccount: [{ name: 'checkouts-account', windowMs: day, most: 50 }],
  erasuresOfAccount: [{ name: 'erasures-account', windowMs: day, most: 20 }],
} as const satisfies Record<string, readonly Limit[]>;

/** One sign-in on one device. */
export interface Session {
  readonly accountId: string;
  readonly sessionId: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms of the last refresh. */
  readonly refreshedAt: number;
  /** Epoch ms. */
  readonly expiresAt: number;
  /** Which refresh token is the present one: each has a number, and each use makes the next. */
  readonly generation: number;
}

/** A session that begins now. */
export function beginSession(accountId: string, sessionId: string, now: number): Session {
  return {
    accountId,
    sessionId,
    createdAt: now,
    refreshedAt: now,
    expiresAt: now + signIn.idleMs,
    generation: 1,
  };
}

/** The session after a refresh: the next token, and more time unless the longest is reached. */
export function renewSession(session: Session, now: number): Session {
  return {
    ...session,
    refreshedAt: now,
    expiresAt: Math.min(now + signIn.idleMs, session.createdAt + signIn.longestMs),
    generation: session.generation + 1,
  };
}

/** Says whether a session still stands: it exists, has time left, and the person did not end all of them. */
export function sessionStands(session: Session | undefined, account: Account, now: number): boolean {
  if (session === undefined || session.accountId !== account.accountId) return false;
  return now < session.expiresAt && session.createdAt > (account.sessionsEndedAt ?? 0);
}

/** What a refresh token asks for, by its number. */
export type RefreshDecision =
  /** The present one: the next is made. */
  | 'renew'
  /** The one before, moments later: the answer was lost, and the present one is given again. */
  | 'repeat'
  /** An old one: somebody has a copy. The session ends. */
  | 'reused';

/** Decides on a token whose signature was good and whose session stands. */
export function decideRefresh(session: Session, generation: number, now: number): RefreshDecision {
  if (generation === session.generation) return 'renew';
  const wasLast = generation === session.generation - 1;
  return wasLast && now - session.refreshedAt <= signIn.repeatMs ? 'repeat' : 'reused';
}

/** A code as a person may type it, without blanks and hyphens; undefined when it has not the form of one. */
export function parseCode(raw: string): string | undefined {
  const digits = raw.replaceAll(/[\s-]/g, '');
  return digits.length === signIn.codeDigits && /^\d+$/.test(digits) ? digits : undefined;
}
