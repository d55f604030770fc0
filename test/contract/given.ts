/** What contract suites and use-case tests start from: one adult account with consent and scans. */
import { createHash } from 'node:crypto';
import { isBand, type Band, type Outcome } from '../../core/outcome.ts';
import type { TicketWrite } from '../../core/ports.ts';
import type { Purchase } from '../../core/purchase.ts';
import { protocol, type ClaimedScan, type IssuedScan, type Lease } from '../../core/scan.ts';
import { randomIds } from '../../lambdas/adapters/random-ids.ts';

export const noon = Date.UTC(2026, 10, 21, 12);
export const required = [{ purpose: 'image-processing', sinceVersion: 1 }] as const;

/** As the product makes them: none that a command would take for an option. */
export function freshId(): string {
  return randomIds.next();
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

export function band(label: string): Band {
  if (!isBand(label)) throw new RangeError(`${label} is not a band`);
  return label;
}

export function anAccount(accountId: string) {
  return { accountId, state: 'active', adultAffirmedAt: noon, policyVersion: '1.0' } as const;
}

export function aConsent(granted = true) {
  return { purpose: 'image-processing', version: 1, granted, at: noon } as const;
}

export function aPurchase(accountId: string, more: Partial<Purchase> = {}): Purchase {
  return {
    accountId,
    paymentIntentId: 'pi_first',
    boughtAt: noon,
    scansTotal: 3,
    scansUsed: 0,
    scansCompleted: 0,
    ...more,
  };
}

export function anIssuedScan(accountId: string, more: Partial<IssuedScan> = {}): IssuedScan {
  const issuedAt = more.issuedAt ?? noon;
  return {
    scanId: freshId(),
    accountId,
    state: 'issued',
    issuedAt,
    deadlineAt: issuedAt + protocol.deadlineMs,
    paymentIntentId: 'pi_first',
    upload: { contentType: 'image/jpeg', contentLength: 4, sha256: sha256(new Uint8Array(4)) },
    ...more,
  };
}

export function aTicket(scan: IssuedScan, more: Partial<TicketWrite> = {}): TicketWrite {
  return {
    scan,
    idempotencyKey: freshId(),
    requestHash: 'hash',
    requiredConsents: required,
    ticketsPerDay: 20,
    ...more,
  };
}

export function aLease(more: Partial<Lease> = {}): Lease {
  return {
    leaseId: freshId(),
    leaseUntil: noon + protocol.leaseMs,
    etag: 'abc',
    sequencer: '01',
    ...more,
  };
}

export function claimedBy(scan: IssuedScan, lease: Lease): ClaimedScan {
  return { ...scan, state: 'claimed', lease };
}

const model = { name: 'test', version: '1.0.0', digest: 'ab'.repeat(32) };
const deletion = { deletedAt: noon + 900, msFromUpload: 900 };

/** One outcome of each state. */
export const outcomes = {
  completed: { state: 'completed', band: band('no-clear-difference'), model, deletion },
  inconclusive: { state: 'inconclusive', reason: 'blurred', model, deletion },
  rejected: { state: 'rejected', reason: 'corrupt-image', deletion },
  failed: { state: 'failed', reason: 'interrupted', deletion },
  expired: { state: 'expired' },
  erased: { state: 'erased' },
} as const satisfies { readonly [S in Outcome['state']]: Outcome };
