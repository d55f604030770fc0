/**
 * The ticket: one photo may be uploaded and looked at once (step 1 of the life of an image). The request's own
 * key is looked up before any limit; then everything is checked by strong reads, to answer precisely, and again
 * by the conditions of the one transaction that writes it all.
 */
import { refuseAccount } from '../../core/account.ts';
import { missingConsents, type RequiredConsent } from '../../core/consent.ts';
import type { TicketRequest } from '../../core/contract.ts';
import { OnceoverError } from '../../core/errors.ts';
import { currentVersion, mustAcceptAgain } from '../../core/policy.ts';
import type { Applicant, IdempotencyRecord, UploadAddress } from '../../core/ports.ts';
import { choosePurchase, type Purchase } from '../../core/purchase.ts';
import {
  contentTypes,
  maxUploadBytes,
  parseScanName,
  protocol,
  type ContentType,
  type IssuedScan,
  type Scan,
} from '../../core/scan.ts';
import type { Cleaner } from './cleaner.ts';
import { belongsTo } from './own-scan.ts';
import type { ApiPorts } from './ports.ts';
import { unusableName } from './problems.ts';
import type { AdmittedRequest } from './request-hash.ts';

type TicketPorts = Pick<
  ApiPorts,
  | 'tickets'
  | 'scans'
  | 'signer'
  | 'clock'
  | 'ids'
  | 'pacing'
  | 'hashRequest'
  | 'log'
  | 'policy'
  | 'ticketsPerDay'
> & { readonly cleaner: Cleaner };

/** Who asks, with which key, for what. */
export interface TicketCall {
  readonly accountId: string;
  readonly idempotencyKey: string;
  readonly body: TicketRequest;
}

/** A scan, and its upload address while one is of use. */
export interface IssuedTicket {
  readonly scan: Scan;
  readonly upload?: UploadAddress;
  /** The same request had made this scan before. */
  readonly replayed: boolean;
}

/** Conflicts are tried again for about this long, and so often. */
const patienceMs = 2_000;
const maxAttempts = 12;

/**
 * Issues a ticket, or answers with the one that the same request made before.
 *
 * @throws OnceoverError with the code that says what is wrong or missing.
 */
export async function issueTicket(ports: TicketPorts, call: TicketCall): Promise<IssuedTicket> {
  const request = admitRequest(call.body);
  const requestHash = ports.hashRequest(call.accountId, request);
  // One id for every attempt: an attempt that was written although its answer was lost is recognised by it.
  const scanId = ports.ids.next();
  const startedAt = ports.clock.now();
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const now = ports.clock.now();
    if (now - startedAt > patienceMs) break;
    const record = await ports.tickets.findRequest(call.accountId, call.idempotencyKey);
    if (record !== undefined && now - record.createdAt < protocol.idempotencyMs) {
      const ticket = await replay(ports, call.accountId, record, requestHash);
      return { ...ticket, replayed: record.scanId !== scanId };
    }
    const purchase = await admitApplicant(ports, call.accountId, now);
    const scan = newScan(scanId, purchase, request, now);
    const answer = await ports.tickets.issue({
      scan,
      idempotencyKey: call.idempotencyKey,
      requestHash,
      requiredConsents: consentsForScan(ports),
      ticketsPerDay: ports.ticketsPerDay,
    });
    if (answer === 'issued') {
      return { scan, upload: await sign(ports, scan, protocol.uploadMs), replayed: false };
    }
    // Whatever refused it, the next round reads anew and knows the precise answer.
    ports.log.info('ticket-conflict', { attempt });
    await ports.pacing.pause(attempt);
  }
  throw new OnceoverError('busy', { retryAfterSeconds: 1 });
}

/** Checks what the schema leaves to codes of its own. */
function admitRequest({ contentType, contentLength, sha256, name: rawName }: TicketRequest): AdmittedRequest {
  if (!isContentType(contentType)) {
    throw new OnceoverError('unsupported-content-type', { extra: { contentTypes } });
  }
  if (contentLength > maxUploadBytes) {
    throw new OnceoverError('too-many-bytes', { extra: { maxUploadBytes } });
  }
  const upload = { contentType, contentLength, sha256 };
  if (rawName === undefined) return { upload };
  const name = parseScanName(rawName);
  if (name === undefined) throw unusableName();
  return { upload, name };
}

function isContentType(text: string): text is ContentType {
  return contentTypes.some((known) => known === text);
}

/** The purchase that gives the unit, once everything else that a ticket asks holds. */
async function admitApplicant(ports: TicketPorts, accountId: string, now: number): Promise<Purchase> {
  const [applicant, { alive }] = await Promise.all([
    ports.tickets.findApplicant(accountId, now),
    ports.cleaner.look(),
  ]);
  refusePerson(ports, applicant, consentsForScan(ports));
  if (!alive) throw new OnceoverError('cleaner-not-alive', { retryAfterSeconds: 60 });
  // Before the day's limit: tomorrow there would be nothing left either.
  const purchase = choosePurchase(applicant.purchases);
  if (purchase === undefined) throw new OnceoverError('no-scans-left');
  if (applicant.ticketsToday >= ports.ticketsPerDay) {
    throw new OnceoverError('too-many-scans', { retryAfterSeconds: secondsToMidnight(now) });
  }
  return purchase;
}

function refusePerson(
  { policy }: TicketPorts,
  { account, consents }: Applicant,
  required: readonly RequiredConsent[],
): void {
  const refusal = refuseAccount(account);
  if (refusal !== undefined) throw new OnceoverError(refusal);
  if (mustAcceptAgain(policy, account?.policyVersion)) {
    throw new OnceoverError('policy-changed', { extra: { version: currentVersion(policy).version } });
  }
  const purposes = missingConsents(consents, required);
  if (purposes.length > 0) throw new OnceoverError('consent-required', { extra: { purposes } });
}

function consentsForScan({ policy }: TicketPorts): readonly RequiredConsent[] {
  return policy.consents.filter(({ requiredFor }) => requiredFor === 'scan');
}

/** The daily limit counts UTC days. */
function secondsToMidnight(now: number): number {
  const day = 24 * 60 * 60 * 1000;
  return Math.ceil((day - (now % day)) / 1000);
}

function newScan(scanId: string, purchase: Purchase, request: AdmittedRequest, now: number): IssuedScan {
  return {
    state: 'issued',
    scanId,
    accountId: purchase.accountId,
    paymentIntentId: purchase.paymentIntentId,
    issuedAt: now,
    deadlineAt: now + protocol.deadlineMs,
    ...request,
  };
}

/** The scan that this key made, with an address for the seconds that remain while no photo has arrived. */
async function replay(
  ports: TicketPorts,
  accountId: string,
  record: IdempotencyRecord,
  requestHash: string,
): Promise<Omit<IssuedTicket, 'replayed'>> {
  if (record.requestHash !== requestHash) throw new OnceoverError('idempotency-key-reused');
  const scan = await ports.scans.find(record.scanId);
  if (scan === undefined || !belongsTo(scan, accountId)) throw new OnceoverError('scan-gone');
  if (scan.state !== 'issued') return { scan };
  const remainingMs = scan.issuedAt + protocol.uploadMs - ports.clock.now();
  // Signatures count whole seconds: less than one is none.
  return remainingMs < 1000 ? { scan } : { scan, upload: await sign(ports, scan, remainingMs) };
}

function sign(ports: TicketPorts, scan: IssuedScan, expiresInMs: number): Promise<UploadAddress> {
  return ports.signer.sign(scan.scanId, scan.upload, expiresInMs);
}
