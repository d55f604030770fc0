/**
 * What the use-cases need from the world. Implemented by `lambdas/adapters` (AWS, sharp, onnxruntime) and by
 * in-memory stand-ins in `test/`; one contract suite a port runs against every implementation.
 */
import type { Account } from './account.ts';
import type { Consent, RequiredConsent } from './consent.ts';
import type { DwellHistogram } from './dwell.ts';
import type { Finding, ModelIdentity, RejectionReason } from './outcome.ts';
import type { Purchase } from './purchase.ts';
import type { IssuedScan, Lease, OpenScan, Scan, Settlement, UploadClaim } from './scan.ts';

/** Epoch ms. */
export interface Clock {
  now(): number;
}

/** Fresh, unguessable, URL-safe ids. */
export interface Ids {
  next(): string;
}

/** HMAC-SHA-256 of one use's value, base64url: without the key nobody can try values out. */
export type KeyedHash = (use: string, value: string) => string;

/** A decoded image: sRGB, 8 bit, three channels, rows top to bottom, no padding (HWC). */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** width x height x 3 bytes, R G B; the caller zeroes them after use. */
  readonly data: Uint8Array;
}

/** How a model wants its input: the centre of the photo, scaled to exactly width x height. */
export interface InputGeometry {
  readonly width: number;
  readonly height: number;
  /** `cover` crops the centre to the aspect ratio; `contain` pads with mid-grey. */
  readonly fit: 'cover' | 'contain';
  /** Whether a smaller photo may be enlarged; if not it is `too-small`. */
  readonly enlarge: boolean;
}

/** Turns bytes of unknown origin into pixels, within limits, or says why not. Never touches the disk. */
export interface ImageDecoder {
  decode(
    bytes: Uint8Array,
    geometry: InputGeometry,
  ): Promise<
    { readonly ok: true; readonly pixels: Pixels } | { readonly ok: false; readonly reason: RejectionReason }
  >;
}

/** One loaded model. */
export interface Analyzer {
  readonly identity: ModelIdentity;
  readonly geometry: InputGeometry;
  /** Looks once. Failures inside the model are a finding (`model-error`), not an exception. */
  analyze(pixels: Pixels): Promise<Finding>;
}

/** What a client must send to storage, and where, for exactly one photo. */
export interface UploadAddress {
  readonly url: string;
  readonly method: 'PUT';
  /** Every header that the signature covers, but for host and content-length. */
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** Signs upload addresses; cannot read an object. */
export interface UploadSigner {
  /** The address pins key, length, content type, SHA-256 and no-overwrite. */
  sign(scanId: string, upload: UploadClaim, expiresInMs: number): Promise<UploadAddress>;
}

/** Deletes an object by its scan, whether or not it exists. */
export interface ImageDeletion {
  delete(key: string): Promise<void>;
}

/** Deletes, and sees that it did, without a right to read. */
export interface VerifiedDeletion extends ImageDeletion {
  /** True once storage lists no such object. */
  isGone(key: string): Promise<boolean>;
}

/** The one place from which an uploaded object can be read (ONE-4). */
export interface UploadedImages extends ImageDeletion {
  /** Reads the object if it still is the one with this ETag, refusing more than `maxBytes`. */
  read(
    key: string,
    etag: string,
    maxBytes: number,
  ): Promise<
    | { readonly ok: true; readonly bytes: Uint8Array }
    | { readonly ok: false; readonly why: 'gone' | 'changed' | 'too-long' }
  >;
  /** True once storage answers that there is no such object. */
  isGone(key: string): Promise<boolean>;
}

/** One object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  /** The listing's own Date header minus the object's last modification, ms: no clock of ours. */
  readonly ageMs: number;
}

/** Sees and deletes every object; cannot read one. */
export interface UploadBucket {
  /** Pages of the whole bucket, in key order; ends only when the listing reached its end. */
  list(): AsyncIterable<readonly ListedObject[]>;
  /** Deletes up to 1,000 objects; answers the keys that storage did not confirm. */
  deleteAll(keys: readonly string[]): Promise<readonly string[]>;
  /** Aborts multipart uploads older than this (by storage's own clock); answers how many. */
  abortMultipartUploads(olderThanMs: number): Promise<number>;
}

/** One page of a person's history, newest first. */
export interface HistoryPage {
  readonly scans: readonly Scan[];
  /** Opaque; absent on the last page. */
  readonly next?: string;
}

/**
 * Scans and their charges. Each write is conditional and accepts the caller's own earlier write, because the
 * SDK retries and a retry after a lost answer meets its own success.
 */
export interface ScanStore {
  /** Strong read. */
  find(scanId: string): Promise<Scan | undefined>;
  /**
   * Takes the lease: from `issued`, or from a claim whose lease ran out or is this one; only before the
   * deadline. `moved`: the condition failed; read again and decide again.
   */
  claim(scanId: string, lease: Lease, now: number): Promise<'claimed' | 'moved'>;
  /**
   * One transaction: the scan ends, from exactly the state and lease that were read, and its purchase gets the
   * unit back or counts it. `moved`: the scan is no longer as it was read. `purchase-gone`: nothing was
   * written. `conflict`: another transaction was under way; try again.
   */
  settle(settlement: Settlement): Promise<'settled' | 'moved' | 'purchase-gone' | 'conflict'>;
  /** Ends a scan as `erased` where its purchase no longer exists. */
  eraseAlone(from: OpenScan, endedAt: number): Promise<'settled' | 'moved' | 'conflict'>;
  /** Open scans of one shard whose deadline is before `now`; eventually consistent. */
  findOverdue(shard: string, now: number): AsyncIterable<string>;
  history(accountId: string, page: { readonly limit: number; readonly after?: string }): Promise<HistoryPage>;
  /** False when this account has no such scan. Ends as the last writer said. */
  rename(accountId: string, scanId: string, name: string | undefined): Promise<boolean>;
  /** Removes a terminal scan of this account; true also when it is already gone. False: it is still open. */
  removeTerminal(accountId: string, scanId: string): Promise<boolean>;
}

/** What a request made before, found by its idempotency key. */
export interface IdempotencyRecord {
  readonly scanId: string;
  readonly requestHash: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** Everything that a ticket asks about an account, by strong reads. */
export interface Applicant {
  readonly account: Account | undefined;
  readonly consents: readonly Consent[];
  readonly purchases: readonly Purchase[];
  /** Tickets of the given UTC day. */
  readonly ticketsToday: number;
}

/** One ticket: all of it is written, or nothing. */
export interface TicketWrite {
  readonly scan: IssuedScan;
  readonly idempotencyKey: string;
  readonly requestHash: string;
  readonly requiredConsents: readonly RequiredConsent[];
  readonly ticketsPerDay: number;
}

/** Which condition of a ticket did not hold. `conflict`: another transaction was under way; try again. */
export type TicketRefusal = 'account' | 'consent' | 'daily-limit' | 'idempotency' | 'purchase' | 'conflict';

export interface TicketStore {
  findRequest(accountId: string, idempotencyKey: string): Promise<IdempotencyRecord | undefined>;
  /** Strong reads. `now` picks the day. */
  findApplicant(accountId: string, now: number): Promise<Applicant>;
  /**
   * One transaction: account active and adult, consents standing, the day's count raised under its limit, the
   * idempotency record absent or past its time, the scan created, one unit taken.
   */
  issue(ticket: TicketWrite): Promise<'issued' | { readonly refused: readonly TicketRefusal[] }>;
}

/** When the sweep last reached its end (ONE-5). */
export interface HeartbeatStore {
  /** Epoch ms, or undefined before the first sweep. Strong read. */
  read(): Promise<number | undefined>;
  /** Never moves the heartbeat backwards. */
  beat(now: number): Promise<void>;
}

/** What a listing of the whole bucket held. */
export interface BucketSight {
  /** Age of the oldest object, ms; 0 for an empty bucket. */
  readonly oldestAgeMs: number;
  /** Epoch ms. */
  readonly at: number;
}

/** How long objects lived: counts, never which (ONE-1). Statistics: a lost answer may count one twice. */
export interface DwellStore {
  /** Adds lifetimes of objects to the counters of the day of `now`. */
  count(lifetimesMs: readonly number[], now: number): Promise<void>;
  /** Notes the last sight of the whole bucket; never an older one over a newer one. */
  saw(sight: BucketSight): Promise<void>;
  /** The counts of the last `dwellWindowDays` UTC days, eventually consistent. */
  read(now: number): Promise<{ readonly lifetimes: DwellHistogram; readonly sight?: BucketSight }>;
}

/** Waits before another try: jittered, growing with `attempt` (0, 1, ...). */
export interface Pacing {
  pause(attempt: number): Promise<void>;
}

/** Verifies access tokens; knows nothing of whether account and session still stand. */
export interface TokenVerifier {
  /** Whose token this is, of which session; undefined when it is not one of ours, was changed, or ran out. */
  verify(token: string): Promise<{ readonly accountId: string; readonly sessionId: string } | undefined>;
}

/** Finds accounts: every request of a person reads its own, strongly (design: "Erasure"). */
export interface AccountStore {
  find(accountId: string): Promise<Account | undefined>;
}
