/**
 * What signing in, joining and writing to us need from the world, beside `ports.ts`. Implemented by
 * `lambdas/adapters` and by in-memory stand-ins in `test/`; one contract suite a port runs against each.
 */
import type { Account } from './account.ts';
import type { Consent } from './consent.ts';
import type { ReplayProgress } from './erasure.ts';
import type { Act } from './evidence.ts';
import type { Mail } from './mail.ts';
import type { Feedback, Message, Report } from './message.ts';
import type { OpenScan } from './scan.ts';
import type { RetentionProgress, RetentionStep, StoredItem } from './retention.ts';
import type { Limit, Session } from './session.ts';
import type { StaffAction, StaffCategory, StaffProof, StaffReason, StaffRefusal, Unlisted } from './staff.ts';
import type { DataClass, TableName } from './tables.ts';
import type { UsageDay, UsageEvent } from './usage.ts';

/** Who asks for a code. */
export interface CodeRequest {
  /** As `parseAddress` made it. */
  readonly address: string;
  readonly language: string;
}

/** What somebody shows to sign in. */
export interface CodeTry {
  readonly address: string;
  /** What `begin` gave. */
  readonly challenge: string;
  readonly code: string;
}

/** Tokens of one session. */
export interface Tokens {
  readonly accountId: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
}

/** Somebody showed that they read the mail of an address: the account that it belongs to, and tokens for it. */
export interface ProvenAddress {
  readonly accountId: string;
  readonly sessionId: string;
  /** Makes the tokens; nothing is signed before account and session are written. */
  tokens(): Promise<Tokens>;
}

/**
 * Who proves that an address is somebody's, and signs tokens: the local issuer or Cognito. Keeps sessions, or learns
 * of them; whether an account is active is asked elsewhere.
 */
export interface SignInProvider {
  /** Sends a code to the address. Does the same whether or not anybody has an account with it. */
  begin(request: CodeRequest): Promise<{ readonly challenge: string }>;
  /**
   * Uses up the code and answers whose address it is; undefined: the code is wrong, used, too old or tried too often.
   */
  verify(attempt: CodeTry): Promise<ProvenAddress | undefined>;
  /** The next tokens of a session; undefined when the token is not one of ours, the session is over, or was stolen. */
  refresh(refreshToken: string): Promise<Tokens | undefined>;
  /** Ends every session of an account where the provider keeps any of its own. */
  endAll(accountId: string): Promise<void>;
}

/** A one-time code, hashed. */
export interface StoredCode {
  readonly codeId: string;
  readonly codeHash: string;
  readonly addressHash: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** One-time codes and what addresses lead to. */
export interface IdentityStore {
  putCode(code: StoredCode, triesLeft: number): Promise<void>;
  /**
   * Takes one try from a code that is unused and in time, and answers it as it then is; undefined when there is no
   * such code, or no try left.
   */
  takeTry(codeId: string, now: number): Promise<Omit<StoredCode, 'codeId'> | undefined>;
  /** Marks a code as used; false when it was. */
  useCode(codeId: string, now: number): Promise<boolean>;
  /** The account of an address: the given one if it had none. Written for no account that was erased. */
  claimAddress(addressHash: string, accountId: string): Promise<string>;
  findByAddress(addressHash: string): Promise<string | undefined>;
}

/** Signs access tokens. */
export interface TokenSigner {
  sign(
    accountId: string,
    sessionId: string,
    now: number,
  ): Promise<{ readonly accessToken: string; readonly expiresInSeconds: number }>;
}

/** Counts, by keyed hashes, and answers when it is too often. */
export interface LimitStore {
  /** Counts one more; undefined, or milliseconds until another is allowed. */
  take(limit: Limit, hash: string, now: number): Promise<number | undefined>;
}

/** Accounts as they are opened and changed, and their sessions. */
export interface MemberStore {
  /** Writes the account unless there is one, or was one that is erased. */
  open(account: Account): Promise<void>;
  /** False when there is no such active account. */
  setLanguage(accountId: string, language: string): Promise<boolean>;
  /** Strong read. */
  findSession(accountId: string, sessionId: string): Promise<Session | undefined>;
  /** False when there is no such active account: then nothing is written. */
  putSession(session: Session): Promise<boolean>;
  /** `moved`: it is no longer the one that was read. */
  renewSession(from: Session, to: Session): Promise<'renewed' | 'moved'>;
  /** Strong read. */
  listSessions(accountId: string): Promise<readonly Session[]>;
  /** False when there was no such session. */
  endSession(accountId: string, sessionId: string): Promise<boolean>;
  /** A suspended account may be used again; false when it is none. */
  reinstate(accountId: string): Promise<boolean>;
  /** One write: every session that began by now is over. */
  endSessions(accountId: string, now: number): Promise<void>;
}

/** Everything that an account said, and what of it stands. */
export interface Joining {
  readonly consents: readonly Consent[];
  /** Oldest first. */
  readonly acts: readonly Act[];
}

/** What an account still has under way, by strong reads. */
export interface OpenWork {
  readonly scans: readonly OpenScan[];
  /** Tickets of the days around now: when none of them changed, no ticket came since. */
  readonly tickets: readonly { readonly day: string; readonly count: number }[];
}

/** Ends what an account has under way, together with the reason for it: all of it is written, or nothing. */
export interface Stop {
  readonly accountId: string;
  /** Absent: only this part of the work is ended, before the rest goes with its reason. */
  readonly cause?:
    | { readonly kind: 'withdrawal'; readonly consent: Consent; readonly act: Act }
    | { readonly kind: 'suspension'; readonly report: Report };
  readonly work: OpenWork;
  /** Epoch ms. */
  readonly at: number;
}

/** Acts, consents, and their end. */
export interface JoiningStore {
  /** Strong reads. */
  read(accountId: string): Promise<Joining>;
  /**
   * One transaction: the act as evidence, and what follows from it. `stands`: what it would bring about is so
   * already, and nothing was written. `inactive`: no active account. `conflict`: try again.
   */
  record(accountId: string, act: Act): Promise<'recorded' | 'stands' | 'inactive' | 'conflict'>;
  findOpenWork(accountId: string, now: number): Promise<OpenWork>;
  /** `moved`: a scan or a ticket came in between, or a purchase is gone; read again. */
  stop(stop: Stop): Promise<'stopped' | 'moved' | 'conflict'>;
}

/** A message that nobody answered yet, or something else that staff look at: whose, which and when. */
export interface WaitingMessage {
  readonly accountId: string;
  readonly messageId: string;
  /** Epoch ms. */
  readonly at: number;
}

/** One thing that somebody of the staff asked for. */
export interface AuditRow {
  readonly auditId: string;
  readonly at: number;
  readonly staff: string;
  readonly category: StaffCategory;
  readonly action: StaffAction;
  readonly reason: StaffReason;
  readonly note: string;
  readonly accountId?: string;
  /** Why nothing was done or shown. */
  readonly refused?: StaffRefusal;
}

/** A row as it stands: whatever code wrote it, its words are shown as they are. */
export type WrittenRow = Omit<AuditRow, 'category' | 'action' | 'reason' | 'refused'> & {
  readonly category: string;
  readonly action: string;
  readonly reason: string;
  readonly refused?: string;
};

/** What staff did; only ever added. */
export interface AuditLog {
  record(row: AuditRow): Promise<void>;
}

/** What staff did, for whoever audits. */
export interface AuditBooks {
  /** Rows of a UTC day, oldest first; strong reads. */
  rowsOf(day: string): Promise<readonly WrittenRow[]>;
}

/** Who asks, as the cloud's own identity service says. */
export interface StaffIdentity {
  /** Undefined when the proof is not about this text, is too old, or is nobody's of the staff. */
  verify(
    proof: StaffProof,
    text: string,
  ): Promise<{ readonly staff: string; readonly category: StaffCategory } | undefined>;
}

/** What an authority asked for, under counsel's reference, and what became of it (CAL-14). */
export interface AuthorityRequest {
  readonly requestId: string;
  readonly accountId: string;
  readonly authority: string;
  readonly counselReference: string;
  readonly classes: readonly DataClass[];
  /** Who asked for it to be answered, and when, epoch ms. */
  readonly openedBy: string;
  readonly openedAt: number;
  readonly state: 'open' | 'answered' | 'refused';
  readonly decidedBy?: string;
  readonly decidedAt?: number;
  /** How many items were handed over. */
  readonly disclosed?: number;
}

export interface AuthorityRequests {
  add(request: AuthorityRequest): Promise<void>;
  /** Strong read. */
  find(requestId: string): Promise<AuthorityRequest | undefined>;
  /** Newest first; strong reads. */
  list(): Promise<readonly AuthorityRequest[]>;
  /** False when it is not open any more. */
  decide(
    requestId: string,
    decision: Required<Pick<AuthorityRequest, 'state' | 'decidedBy' | 'decidedAt' | 'disclosed'>>,
  ): Promise<boolean>;
}

/** What a person is told of a row, in words of today's lists. */
export interface AccessEntry {
  readonly at: number;
  readonly category: StaffCategory | Unlisted;
  readonly action: StaffAction | Unlisted;
  readonly reason: StaffReason;
}

/** One page of something, in an order of its own. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; absent on the last page. */
  readonly next?: string;
}

/** What staff did about one account. */
export interface AccessLog {
  /** Newest first; eventually consistent. Throws OnceoverError `invalid-request` for a cursor of somebody else. */
  page(accountId: string, after: string | undefined): Promise<Page<AccessEntry>>;
}

/** An item and the table that it is in. */
export interface KeptIn {
  readonly table: TableName;
  readonly item: StoredItem;
}

/** Everything that is stored about one person, in every table. */
export interface HoldingsStore {
  /**
   * In the order of the tables; of those named alone, where some are. Throws OnceoverError `invalid-request` for a cursor
   * that it did not give.
   */
  page(
    account: Account,
    after: string | undefined,
    now: number,
    only?: ReadonlySet<TableName>,
  ): Promise<Page<KeptIn>>;
}

/** Every stored item, for retention. */
export interface KeptItems {
  /** Pages of a part of a table; strong reads. */
  pages(step: RetentionStep): AsyncIterable<readonly StoredItem[]>;
  /** Deletes it if its time is over still; false: it was given more time meanwhile. */
  remove(table: TableName, item: StoredItem, now: number): Promise<boolean>;
}

/** How far the day's retention came; nothing about a person. */
export interface RetentionLog {
  /** Strong read. */
  read(): Promise<RetentionProgress | undefined>;
  write(progress: RetentionProgress): Promise<void>;
}

/** How far the erasures after a restored backup came; nothing about a person. */
export interface ReplayLog {
  /** Strong read. */
  read(): Promise<ReplayProgress | undefined>;
  write(progress: ReplayProgress): Promise<void>;
}

/** Counts of use, by day. Statistics: a lost answer may count one twice. */
export interface UsageStore {
  count(event: UsageEvent, now: number): Promise<void>;
  read(days: readonly string[]): Promise<readonly UsageDay[]>;
}

/** Messages, answers to surveys, reports. */
export interface CommunicationStore {
  /** False when there is no such active account: then nothing is written. */
  addMessage(accountId: string, message: Message): Promise<boolean>;
  /** Newest first. Strong read. */
  listMessages(accountId: string): Promise<readonly Message[]>;
  /** False when the account has no such message. */
  removeMessage(accountId: string, messageId: string): Promise<boolean>;
  /** The message with its answer; undefined when there is none with this id. */
  answerMessage(
    accountId: string,
    messageId: string,
    answer: { readonly text: string; readonly at: number },
  ): Promise<Message | undefined>;
  /** Messages without an answer, oldest first: whose, which, when; eventually consistent, no word of them. */
  listWaiting(limit: number): Promise<readonly WaitingMessage[]>;
  /** Reports of weaknesses, newest first. */
  listReports(): Promise<readonly Report[]>;
  /** Accounts that were reported as a minor's and that nobody decided about, oldest first; eventually consistent. */
  listMinors(limit: number): Promise<readonly WaitingMessage[]>;
  /** Reports that an account is a minor's, newest first. Strong read. */
  listMinorReports(accountId: string): Promise<readonly Report[]>;
  /** Somebody decided about them. */
  settleMinorReports(accountId: string): Promise<void>;
  /** False when there is no such active account: then nothing is written. */
  addFeedback(accountId: string, feedback: Feedback): Promise<boolean>;
  /** Answers to surveys: whose, which, when, newest first; eventually consistent, no word of them. */
  listSurveys(limit: number): Promise<readonly WaitingMessage[]>;
  /** Newest first. Strong read. */
  listFeedback(accountId: string): Promise<readonly Feedback[]>;
  /** False when the account has no such answers. */
  removeFeedback(accountId: string, feedbackId: string): Promise<boolean>;
  /** A report that belongs to no account. */
  addReport(report: Report): Promise<void>;
}

/** Sends mail. Knows nothing of what it says. */
export interface Mailer {
  /** `suppressed`: mail to this address came back before, so none was sent. */
  send(address: string, mail: Mail): Promise<'sent' | 'suppressed'>;
}

/** Whom a version of the policy is told to (CAL-16). */
export interface AudienceStore {
  /** Active accounts with an address that were neither told of this version nor accepted it; in no order, page by page. */
  untold(version: string): AsyncIterable<string>;
  /**
   * Takes somebody for one run, so that two runs at once tell them once. False: another run has them, or told them. A run
   * that ended without a word gives them up after a quarter of an hour.
   */
  take(accountId: string, version: string, now: number): Promise<boolean>;
  /** Notes that an account was told of a version; never makes one that is gone. */
  noteTold(accountId: string, version: string): Promise<void>;
}

/** Why no more mail goes to an address. */
export const suppressionReasons = ['bounced', 'complained'] as const;

/** Addresses that mail came back from, by keyed hash. */
export interface SuppressionStore {
  isSuppressed(addressHash: string): Promise<boolean>;
  suppress(addressHash: string, why: (typeof suppressionReasons)[number], at: number): Promise<void>;
}
