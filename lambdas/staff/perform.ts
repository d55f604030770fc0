/** Each thing that staff may do, once it was admitted and written down. Shows what its role's classes hold and nothing else. */
import { parseAddress, type Account } from '../../core/account.ts';
import { anomaliesOf } from '../../core/audit.ts';
import { answerMail } from '../../core/mail.ts';
import { parseText } from '../../core/message.ts';
import type { ParkedEvents, PaymentProvider, PurchaseStore } from '../../core/payment-ports.ts';
import type {
  AuditBooks,
  AuditRow,
  AuthorityRequests,
  CommunicationStore,
  HoldingsStore,
  IdentityStore,
  Mailer,
  MemberStore,
  UsageStore,
  WrittenRow,
} from '../../core/people-ports.ts';
import type { Policy } from '../../core/policy.ts';
import type { AccountStore, DwellStore, HeartbeatStore, KeyedHash } from '../../core/ports.ts';
import { requestErasure, type RequestErasurePorts } from '../../core/request-erasure.ts';
import { caseLivesMs, type StaffAnswer, type StaffRefusal, type StaffRequest } from '../../core/staff.ts';
import { dayOf, reportedDays, reportUsage } from '../../core/usage.ts';
import type { Log } from '../runtime/log.ts';
import { answerAuthority, openAuthorityRequest, refuseAuthority } from './authority.ts';

export interface PerformPorts extends RequestErasurePorts {
  readonly audit: AuditBooks;
  readonly accounts: AccountStore;
  readonly identities: Pick<IdentityStore, 'findByAddress'>;
  readonly members: Pick<MemberStore, 'reinstate'>;
  readonly keyedHash: KeyedHash;
  readonly communications: Pick<
    CommunicationStore,
    | 'listWaiting'
    | 'listMessages'
    | 'answerMessage'
    | 'listSurveys'
    | 'listFeedback'
    | 'listReports'
    | 'listMinors'
    | 'listMinorReports'
    | 'settleMinorReports'
  >;
  readonly purchases: Pick<PurchaseStore, 'list' | 'find'>;
  readonly payments: Pick<PaymentProvider, 'refund'>;
  readonly authorities: AuthorityRequests;
  readonly holdings: HoldingsStore;
  readonly usage: Pick<UsageStore, 'read'>;
  readonly heartbeat: Pick<HeartbeatStore, 'read'>;
  readonly dwell: Pick<DwellStore, 'read'>;
  readonly parkedEvents: Pick<ParkedEvents, 'list'>;
  readonly mailer: Mailer;
  readonly log: Log;
  readonly policy: Policy;
}

/** Writes a further row of the same request. */
export type Noted = (more?: Partial<Pick<AuditRow, 'accountId' | 'refused'>>) => Promise<void>;

/** What a list shows at once. */
const listSize = 50;
const dayMs = 24 * 60 * 60 * 1000;
/** Rows are kept for a year. */
const mostDays = 366;
/** Of rows, as JSON: what fits into an answer of Lambda's, 6 MB, beside what else is in it. */
const mostBytes = 5_000_000;

/** Does it. `staff`: who asked, as it was proven. */
export async function perform(
  ports: PerformPorts,
  request: StaffRequest,
  staff: string,
  noted: Noted,
): Promise<StaffAnswer> {
  const { communications } = ports;
  switch (request.action) {
    case 'find':
      return find(ports, request.email, noted);
    case 'account':
      return withCase(ports, request, async () => showAccount(await ports.accounts.find(request.accountId)));
    case 'inbox':
      return done(await communications.listWaiting(listSize));
    case 'messages':
      return withCase(ports, request, async () => done(await communications.listMessages(request.accountId)));
    case 'answer':
      return answer(ports, request);
    case 'surveys':
      return done(await communications.listSurveys(listSize));
    case 'feedback':
      return done(await communications.listFeedback(request.accountId));
    case 'reports':
      return done(await communications.listReports());
    case 'transactions':
      return done(await ports.purchases.list(request.accountId));
    case 'refund':
      return refund(ports, request);
    case 'usage':
      return done(await reportOf(ports, request.since));
    case 'audit':
      return done(await audit(ports, request));
    case 'minors':
      return done(await communications.listMinors(listSize));
    case 'minor':
      return done(await communications.listMinorReports(request.accountId));
    case 'confirm-minor':
      return confirmMinor(ports, request.accountId);
    case 'reject-minor':
      return rejectMinor(ports, request.accountId);
    case 'authority-open':
      return openAuthorityRequest(ports, request, staff);
    case 'authority-list':
      return done(await ports.authorities.list());
    case 'authority-answer':
      return answerAuthority(ports, request.requestId, staff, noted);
    case 'authority-refuse':
      return refuseAuthority(ports, request.requestId, staff);
    case 'operations':
      return done(await operations(ports));
  }
}

function done(value: unknown): StaffAnswer {
  return { ok: true, answer: value };
}

function refused(code: StaffRefusal): StaffAnswer {
  return { ok: false, code };
}

/** Says which account an address signs in to; the address itself is written nowhere, the account is. */
async function find(ports: PerformPorts, email: string, noted: Noted): Promise<StaffAnswer> {
  const address = parseAddress(email);
  if (address === undefined) return { ok: false, code: 'invalid-request', fields: ['email'] };
  const accountId = await ports.identities.findByAddress(ports.keyedHash('address', address));
  if (accountId === undefined) return refused('not-found');
  await noted({ accountId });
  return done({ accountId });
}

/** What support needs of an account; the address is no part of it: answers go out by themselves. */
function showAccount(account: Account | undefined): StaffAnswer {
  if (account === undefined) return refused('not-found');
  const { accountId, state, language, openedAt, adultAffirmedAt, policyVersion, policyAcceptedAt } = account;
  return done({ accountId, state, language, openedAt, adultAffirmedAt, policyVersion, policyAcceptedAt });
}

/** Whoever says that a message waits must have one: unanswered, or answered lately. */
async function withCase(
  ports: PerformPorts,
  { accountId, reason }: { readonly accountId: string; readonly reason: string },
  show: () => Promise<StaffAnswer>,
): Promise<StaffAnswer> {
  if (reason !== 'message-waiting') return show();
  const since = ports.clock.now() - caseLivesMs;
  const messages = await ports.communications.listMessages(accountId);
  const isOpen = messages.some(({ answer: given }) => given === undefined || given.at > since);
  return isOpen ? show() : refused('no-such-case');
}

/** The answer stands in the person's list first; then mail tells them. */
async function answer(
  ports: PerformPorts,
  { accountId, messageId, text: raw }: Extract<StaffRequest, { action: 'answer' }>,
): Promise<StaffAnswer> {
  const text = parseText(raw);
  if (text === undefined) return { ok: false, code: 'invalid-request', fields: ['text'] };
  const at = ports.clock.now();
  const message = await ports.communications.answerMessage(accountId, messageId, { text, at });
  const account = await ports.accounts.find(accountId);
  if (message === undefined || account === undefined) return refused('not-found');
  if (account.email === undefined) return done({ mail: 'no-address' });
  const language = account.language ?? ports.policy.languages[0] ?? 'en';
  try {
    const mail = answerMail(ports.policy.product.name, language, message.text, text);
    return done({ mail: await ports.mailer.send(account.email, mail) });
  } catch (error) {
    // It stands in the list; asked again, the mail is tried again.
    ports.log.error('mail-failed', error);
    return done({ mail: 'failed' });
  }
}

/** Sends the money back at the provider, whose own event then blocks what is unused. Done twice, it is done once. */
async function refund(
  ports: PerformPorts,
  { accountId, paymentIntentId }: Extract<StaffRequest, { action: 'refund' }>,
): Promise<StaffAnswer> {
  const purchase = await ports.purchases.find(accountId, paymentIntentId);
  if (purchase === undefined) return refused('not-found');
  await ports.payments.refund(paymentIntentId);
  return done({ refunded: paymentIntentId });
}

async function reportOf({ usage, clock }: PerformPorts, since: string) {
  const days = reportedDays(since, clock.now()).slice(-mostDays);
  return reportUsage(since, await usage.read(days));
}

/** Rows of days, the newest where they are too many, and first what is out of the ordinary among all of them. */
async function audit(
  { audit: books, clock }: PerformPorts,
  { since, until }: Extract<StaffRequest, { action: 'audit' }>,
) {
  const now = clock.now();
  const first = Math.max(Date.parse(since), now - mostDays * dayMs);
  const last = until !== undefined && until < dayOf(now) ? until : dayOf(now);
  const rows: WrittenRow[] = [];
  for (let at = first; dayOf(at) <= last; at += dayMs) rows.push(...(await books.rowsOf(dayOf(at))));
  const leftOut = rows.length - newestThatFit(rows);
  return { anomalies: anomaliesOf(rows), rows: rows.slice(leftOut), leftOut };
}

/** How many: a note may be of characters that JSON writes with six bytes each. */
function newestThatFit(rows: readonly WrittenRow[]): number {
  let [count, bytes] = [0, 0];
  for (const row of rows.toReversed()) {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes > mostBytes) break;
    count += 1;
  }
  return count;
}

/** A minor's account goes, by the same mechanism as any that its person has erased (CAL-7). */
async function confirmMinor(ports: PerformPorts, accountId: string): Promise<StaffAnswer> {
  if ((await ports.communications.listMinorReports(accountId)).length === 0) return refused('no-such-case');
  const erasure = await requestErasure(ports, accountId, 'minor');
  if (erasure === 'busy') return refused('busy');
  return erasure === 'inactive' ? refused('not-found') : done({ erasure: erasure.reference });
}

/** The report was wrong: the account may be used again; its sessions stay over. */
async function rejectMinor(ports: PerformPorts, accountId: string): Promise<StaffAnswer> {
  if ((await ports.communications.listMinorReports(accountId)).length === 0) return refused('no-such-case');
  if (!(await ports.members.reinstate(accountId))) return refused('not-found');
  await ports.communications.settleMinorReports(accountId);
  return done({ state: 'active' });
}

/** Whether the cleaner lives, and which events of the payment provider were set aside; nothing about a person. */
async function operations({ heartbeat, dwell, parkedEvents, clock }: PerformPorts) {
  const [cleanerSeenAt, { sight }, parked] = await Promise.all([
    heartbeat.read(),
    dwell.read(clock.now()),
    parkedEvents.list(),
  ]);
  return { cleanerSeenAt, sight, parkedEvents: parked.slice(0, listSize) };
}
