/**
 * The life of a scan: its states, the legal transitions and the deadlines (design: "The life of an image").
 * Decides; never reads a clock, never writes.
 */
import type { Outcome } from './outcome.ts';

/** The numbers of the scan protocol, in ms. ONE-1 and ONE-2 follow from them; see docs/architecture.md. */
export const protocol = {
  /** A presigned upload address is valid this long. */
  uploadMs: 60_000,
  /** After issue; no claim is made later. */
  deadlineMs: 120_000,
  /** How long one invocation owns a scan; longer than the analysis function may run. */
  leaseMs: 40_000,
  /** An object older than this is deleted by the sweep. */
  objectMaxAgeMs: 120_000,
  /** A heartbeat of the sweep older than this stops new tickets (ONE-5). */
  heartbeatMaxAgeMs: 180_000,
  /** An idempotency record answers retries this long. */
  idempotencyMs: 24 * 60 * 60 * 1000,
} as const;

export const openStates = ['issued', 'claimed'] as const;
export const terminalStates = [
  'completed',
  'inconclusive',
  'rejected',
  'failed',
  'expired',
  'erased',
] as const satisfies readonly Outcome['state'][];
export const scanStates = [...openStates, ...terminalStates] as const;
export type ScanState = (typeof scanStates)[number];
export type TerminalState = (typeof terminalStates)[number];

/** From each state, the states that may follow. A terminal state never changes. */
export const transitions: { readonly [S in ScanState]: readonly ScanState[] } = {
  issued: ['claimed', 'failed', 'expired', 'erased'],
  claimed: ['claimed', 'completed', 'inconclusive', 'rejected', 'failed', 'erased'],
  completed: [],
  inconclusive: [],
  rejected: [],
  failed: [],
  expired: [],
  erased: [],
};

/** What the unit that a ticket took becomes: only a usable result is charged (ONE-3). */
export const chargeOf: { readonly [S in TerminalState]: 'charged' | 'given-back' } = {
  completed: 'charged',
  inconclusive: 'given-back',
  rejected: 'given-back',
  failed: 'given-back',
  expired: 'given-back',
  erased: 'given-back',
};

/** What the person said of the photo before sending it; pinned by the presigned address. */
export interface UploadClaim {
  readonly contentType: ContentType;
  readonly contentLength: number;
  /** SHA-256 of the bytes, base64. */
  readonly sha256: string;
}

/** Content types that a ticket may name; what the photo really is, its bytes say. */
export const contentTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/heic',
  'image/heif',
  'image/avif',
] as const;
export type ContentType = (typeof contentTypes)[number];

/** At most this many bytes a photo: 10 MiB. */
export const maxUploadBytes = 10 * 1024 * 1024;

interface ScanBase {
  /** Random; also the object key. Says nothing about the person. */
  readonly scanId: string;
  /** Epoch ms. */
  readonly issuedAt: number;
  readonly name?: string;
}

interface Ticketed extends ScanBase {
  readonly accountId: string;
  /** The purchase whose unit this scan holds. */
  readonly paymentIntentId: string;
  /** Epoch ms. */
  readonly deadlineAt: number;
  readonly upload: UploadClaim;
}

/** A ticket was given; no event came yet. */
export interface IssuedScan extends Ticketed {
  readonly state: 'issued';
}

/** One invocation's right to the image, for `protocol.leaseMs`. */
export interface Lease {
  readonly leaseId: string;
  /** Epoch ms. */
  readonly leaseUntil: number;
  /** ETag of the object that the event named, unquoted. */
  readonly etag: string;
  /** Orders events of one key; two uploads have two sequencers. */
  readonly sequencer: string;
}

/** One invocation holds the lease. */
export interface ClaimedScan extends Ticketed {
  readonly state: 'claimed';
  readonly lease: Lease;
}

export type OpenScan = IssuedScan | ClaimedScan;

/** A scan that ended. An erased one carries no account. */
export interface TerminalScan extends ScanBase {
  readonly state: TerminalState;
  readonly accountId?: string;
  /** Epoch ms. */
  readonly endedAt: number;
  readonly outcome: Outcome;
}

export type Scan = OpenScan | TerminalScan;

/** Narrows to the two states in which a unit is held and an image may exist. */
export function isOpen(scan: Scan): scan is OpenScan {
  return scan.state === 'issued' || scan.state === 'claimed';
}

/** The end of one scan: from exactly the state and lease that were read, to an outcome. */
export interface Settlement {
  readonly from: OpenScan;
  readonly outcome: Outcome;
  /** Epoch ms. */
  readonly endedAt: number;
}

/** Says whether an open scan may end so; an illegal settlement is a bug, not an outcome. */
export function maySettle(from: OpenScan, outcome: Outcome): boolean {
  return transitions[from.state].includes(outcome.state);
}

const scanIdPattern = /^[A-Za-z0-9_-]{22}$/;

/** The scan that an object key belongs to; undefined for a key that no ticket ever named. */
export function scanIdOfKey(key: string): string | undefined {
  return scanIdPattern.test(key) ? key : undefined;
}

/** What an event for an object asks of the invocation that received it. */
export type ClaimDecision =
  /** Try to take the lease. */
  | 'claim'
  /** Delete the object and nothing else: unknown, terminal, late, or a replayed upload. */
  | 'delete-only'
  /** The same event is being worked on by another invocation: touch nothing. */
  | 'leave';

/** Decides on one event, step 3 of the life of an image. */
export function decideClaim(
  scan: Scan | undefined,
  event: { readonly sequencer: string; readonly leaseId: string; readonly now: number },
): ClaimDecision {
  if (scan === undefined || !isOpen(scan)) return 'delete-only';
  if (scan.state === 'claimed' && scan.lease.leaseId !== event.leaseId && event.now < scan.lease.leaseUntil) {
    return scan.lease.sequencer === event.sequencer ? 'leave' : 'delete-only';
  }
  return event.now < scan.deadlineAt ? 'claim' : 'delete-only';
}

/**
 * How the sweep ends an open scan that nobody ended, or undefined while it must wait. `objectSeen`: the
 * sweep's listing held the scan's object.
 */
export function decideOverdue(scan: OpenScan, now: number, objectSeen: boolean): Outcome | undefined {
  if (now < scan.deadlineAt) return undefined;
  if (scan.state === 'issued') {
    return objectSeen ? { state: 'failed', reason: 'not-analysed' } : { state: 'expired' };
  }
  return now < scan.lease.leaseUntil ? undefined : { state: 'failed', reason: 'interrupted' };
}

/** Shards of the open index: no partition of it is hot. */
export const openShards = 8;

/** The open index's shard of a scan, by the id's first character: six random bits. */
export function openShardOf(scanId: string): string {
  return String((scanId.codePointAt(0) ?? 0) % openShards);
}

/** Longest name of a scan, in Unicode code points: bounds what is stored in any script. */
export const maxNameLength = 60;

/**
 * A person's name for a scan: trimmed, any script, no control or bidirectional-override characters; undefined
 * when it cannot be used.
 */
export function parseScanName(raw: string): string | undefined {
  const name = raw.normalize('NFC').trim();
  // Something must be seen: invisible characters alone are no name.
  if (
    !/[\p{L}\p{N}\p{P}\p{S}]/u.test(name) ||
    /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u.test(name)
  ) {
    return undefined;
  }
  return Array.from(name).length <= maxNameLength ? name : undefined;
}
