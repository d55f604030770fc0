/**
 * In-memory scans, tickets and heartbeat: the same rules as the database's conditions, one write at a time. It can
 * apply a write and drop the answer, or answer a conflict, like the real thing.
 */
import type { Account } from '../../core/account.ts';
import type { Consent } from '../../core/consent.ts';
import { refuseAccount } from '../../core/account.ts';
import { stands } from '../../core/consent.ts';
import type {
  HeartbeatStore,
  IdempotencyRecord,
  ScanStore,
  TicketRefusal,
  TicketStore,
  TicketWrite,
} from '../../core/ports.ts';
import { unitsLeft, type Purchase } from '../../core/purchase.ts';
import {
  chargeOf,
  isOpen,
  openShardOf,
  protocol,
  type OpenScan,
  type Scan,
  type Settlement,
} from '../../core/scan.ts';

/** The answer of a write that was applied got lost. */
export class LostAnswerError extends Error {
  override readonly name = 'LostAnswerError';
}

type Write = 'claim' | 'settle' | 'eraseAlone' | 'issue';

/** Everything that the stores hold, open to a test. */
export interface MemoryLedger {
  readonly scans: ScanStore;
  readonly tickets: TicketStore;
  readonly heartbeat: HeartbeatStore;
  readonly put: {
    account(account: Account): void;
    consent(accountId: string, consent: Consent): void;
    purchase(purchase: Purchase): void;
    removePurchase(accountId: string, paymentIntentId: string): void;
  };
  readonly purchase: (accountId: string, paymentIntentId: string) => Purchase | undefined;
  readonly all: () => readonly Scan[];
  /** The next such write is applied (`lost`) or not (`conflict`), and answered so. */
  readonly fail: (write: Write, how: 'lost' | 'conflict') => void;
}

function purchaseKey(accountId: string, paymentIntentId: string): string {
  return `${accountId}/${paymentIntentId}`;
}

function dayKey(accountId: string, now: number): string {
  return `${accountId}/${new Date(now).toISOString().slice(0, 10)}`;
}

/** An empty ledger. */
export function createMemoryLedger(): MemoryLedger {
  const scans = new Map<string, Scan>();
  const accounts = new Map<string, Account>();
  const consents = new Map<string, Map<string, Consent>>();
  const purchases = new Map<string, Purchase>();
  const requests = new Map<string, IdempotencyRecord>();
  const days = new Map<string, number>();
  const faults: { write: Write; how: 'lost' | 'conflict' }[] = [];
  let beat: number | undefined;

  /** Applies one write, under the fault that a test planted for it. */
  async function write<T>(kind: Write, apply: () => T, conflict: T): Promise<T> {
    const at = faults.findIndex((fault) => fault.write === kind);
    const [fault] = at === -1 ? [] : faults.splice(at, 1);
    if (fault?.how === 'conflict') return conflict;
    const answer = apply();
    if (fault?.how === 'lost') throw new LostAnswerError(`the answer of ${kind} was lost`);
    return answer;
  }

  /** The scan that a settlement may end: exactly as it was read. */
  function unmoved(from: OpenScan): boolean {
    const now = scans.get(from.scanId);
    if (now === undefined || now.state !== from.state) return false;
    return now.state !== 'claimed' || from.state !== 'claimed' || now.lease.leaseId === from.lease.leaseId;
  }

  function end({ from, outcome, endedAt }: Settlement): void {
    const { scanId, issuedAt, accountId } = from;
    const name = scans.get(scanId)?.name;
    const erased = outcome.state === 'erased';
    scans.set(scanId, {
      scanId,
      issuedAt,
      ...(erased || name === undefined ? {} : { name }),
      ...(erased ? {} : { accountId }),
      state: outcome.state,
      endedAt,
      outcome,
    });
  }

  function settle(settlement: Settlement): 'settled' | 'moved' | 'purchase-gone' {
    const { from, outcome } = settlement;
    if (!unmoved(from)) return 'moved';
    const key = purchaseKey(from.accountId, from.paymentIntentId);
    const purchase = purchases.get(key);
    if (purchase === undefined) return 'purchase-gone';
    purchases.set(
      key,
      chargeOf[outcome.state] === 'charged'
        ? { ...purchase, scansCompleted: purchase.scansCompleted + 1 }
        : { ...purchase, scansUsed: purchase.scansUsed - 1 },
    );
    end(settlement);
    return 'settled';
  }

  function refusalsOf(ticket: TicketWrite): readonly TicketRefusal[] {
    const { accountId, issuedAt, paymentIntentId, scanId } = ticket.scan;
    const record = requests.get(`${accountId}/${ticket.idempotencyKey}`);
    const purchase = purchases.get(purchaseKey(accountId, paymentIntentId));
    const held = consents.get(accountId);
    const known =
      scans.has(scanId) || (record !== undefined && record.createdAt > issuedAt - protocol.idempotencyMs);
    return [
      ...(refuseAccount(accounts.get(accountId)) === undefined ? [] : (['account'] as const)),
      ...((days.get(dayKey(accountId, issuedAt)) ?? 0) < ticket.ticketsPerDay
        ? []
        : (['daily-limit'] as const)),
      ...(known ? (['idempotency'] as const) : []),
      ...(purchase !== undefined && unitsLeft(purchase) > 0 ? [] : (['purchase'] as const)),
      ...(ticket.requiredConsents.every((required) => stands(held?.get(required.purpose), required))
        ? []
        : (['consent'] as const)),
    ];
  }

  function issue(ticket: TicketWrite): 'issued' | { readonly refused: readonly TicketRefusal[] } {
    const refused = refusalsOf(ticket);
    if (refused.length > 0) return { refused };
    const { scan, idempotencyKey, requestHash } = ticket;
    const day = dayKey(scan.accountId, scan.issuedAt);
    const key = purchaseKey(scan.accountId, scan.paymentIntentId);
    const purchase = purchases.get(key);
    if (purchase !== undefined) purchases.set(key, { ...purchase, scansUsed: purchase.scansUsed + 1 });
    days.set(day, (days.get(day) ?? 0) + 1);
    requests.set(`${scan.accountId}/${idempotencyKey}`, {
      scanId: scan.scanId,
      requestHash,
      createdAt: scan.issuedAt,
    });
    scans.set(scan.scanId, scan);
    return 'issued';
  }

  const ofAccount = (accountId: string): Scan[] =>
    [...scans.values()]
      .filter((scan) => scan.accountId === accountId)
      .toSorted((a, b) => b.issuedAt - a.issuedAt || (a.scanId < b.scanId ? 1 : -1));

  const store: ScanStore = {
    find: async (scanId) => scans.get(scanId),
    claim: async (scanId, lease, now) =>
      write(
        'claim',
        () => {
          const scan = scans.get(scanId);
          if (scan === undefined || !isOpen(scan) || scan.deadlineAt <= now) return 'moved';
          if (
            scan.state === 'claimed' &&
            scan.lease.leaseUntil > now &&
            scan.lease.leaseId !== lease.leaseId
          ) {
            return 'moved';
          }
          scans.set(scanId, { ...scan, state: 'claimed', lease });
          return 'claimed';
        },
        'moved',
      ),
    settle: async (settlement) => write('settle', () => settle(settlement), 'conflict'),
    eraseAlone: async (from, endedAt) =>
      write(
        'eraseAlone',
        () => {
          if (!unmoved(from)) return 'moved';
          end({ from, outcome: { state: 'erased' }, endedAt });
          return 'settled';
        },
        'conflict',
      ),
    async *findOverdue(shard, now) {
      for (const scan of scans.values()) {
        if (isOpen(scan) && scan.deadlineAt <= now && openShardOf(scan.scanId) === shard) yield scan.scanId;
      }
    },
    async history(accountId, { limit, after }) {
      const all = ofAccount(accountId);
      const from = after === undefined ? 0 : all.findIndex(({ scanId }) => scanId === after) + 1;
      const page = all.slice(from, from + limit);
      const last = page.at(-1);
      return last === undefined || from + limit >= all.length
        ? { scans: page }
        : { scans: page, next: last.scanId };
    },
    async rename(accountId, scanId, name) {
      const scan = scans.get(scanId);
      if (scan?.accountId !== accountId) return false;
      const { name: _old, ...rest } = scan;
      scans.set(scanId, name === undefined ? rest : { ...rest, name });
      return true;
    },
    async removeTerminal(accountId, scanId) {
      const scan = scans.get(scanId);
      if (scan?.accountId !== accountId) return true;
      if (isOpen(scan)) return false;
      scans.delete(scanId);
      return true;
    },
  };

  return {
    scans: store,
    tickets: {
      findRequest: async (accountId, key) => requests.get(`${accountId}/${key}`),
      findApplicant: async (accountId, now) => ({
        account: accounts.get(accountId),
        consents: [...(consents.get(accountId)?.values() ?? [])],
        purchases: [...purchases.values()].filter((purchase) => purchase.accountId === accountId),
        ticketsToday: days.get(dayKey(accountId, now)) ?? 0,
      }),
      issue: async (ticket) => write('issue', () => issue(ticket), { refused: ['conflict'] }),
    },
    heartbeat: {
      read: async () => beat,
      async beat(now) {
        beat = Math.max(beat ?? now, now);
      },
    },
    put: {
      account: (account) => void accounts.set(account.accountId, account),
      consent(accountId, consent) {
        const held = consents.get(accountId) ?? new Map<string, Consent>();
        consents.set(accountId, held.set(consent.purpose, consent));
      },
      purchase: (purchase) =>
        void purchases.set(purchaseKey(purchase.accountId, purchase.paymentIntentId), purchase),
      removePurchase: (accountId, id) => void purchases.delete(purchaseKey(accountId, id)),
    },
    purchase: (accountId, id) => purchases.get(purchaseKey(accountId, id)),
    all: () => [...scans.values()],
    fail: (kind, how) => void faults.push({ write: kind, how }),
  };
}
