/** The contract of ScanStore, TicketStore and HeartbeatStore, run against every implementation. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../core/account.ts';
import type { Consent } from '../../core/consent.ts';
import type { HeartbeatStore, ScanStore, TicketStore } from '../../core/ports.ts';
import type { Purchase } from '../../core/purchase.ts';
import { openShardOf, protocol, type IssuedScan } from '../../core/scan.ts';
import {
  aConsent,
  aLease,
  anAccount,
  anIssuedScan,
  aPurchase,
  aTicket,
  claimedBy,
  freshId,
  noon,
  outcomes,
} from './given.ts';

/** One implementation, with the means to prepare and to read back. */
export interface LedgerUnderTest {
  readonly scans: ScanStore;
  readonly tickets: TicketStore;
  readonly heartbeat: HeartbeatStore;
  putAccount(account: Account): Promise<void>;
  putConsent(accountId: string, consent: Consent): Promise<void>;
  putPurchase(purchase: Purchase): Promise<void>;
  removePurchase(accountId: string, paymentIntentId: string): Promise<void>;
  purchase(accountId: string, paymentIntentId: string): Promise<Purchase | undefined>;
}

export function ledgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`the ledger contract, ${name}`, () => {
    let ledger: LedgerUnderTest;
    beforeAll(async () => {
      ledger = await open();
    });

    async function givenAccount(purchase: Partial<Purchase> = {}): Promise<string> {
      const accountId = freshId();
      await ledger.putAccount(anAccount(accountId));
      await ledger.putConsent(accountId, aConsent());
      await ledger.putPurchase(aPurchase(accountId, purchase));
      return accountId;
    }

    async function givenIssued(more: Partial<IssuedScan> = {}): Promise<IssuedScan> {
      const scan = anIssuedScan(await givenAccount(), more);
      expect(await ledger.tickets.issue(aTicket(scan))).toBe('issued');
      return scan;
    }

    const unitsOf = async ({ accountId, paymentIntentId }: IssuedScan) => {
      const purchase = await ledger.purchase(accountId, paymentIntentId);
      return [purchase?.scansUsed, purchase?.scansCompleted];
    };

    describe('a ticket', () => {
      it('writes scan, record, count and unit together', async () => {
        const scan = anIssuedScan(await givenAccount());
        const ticket = aTicket(scan);
        expect(await ledger.tickets.issue(ticket)).toBe('issued');
        expect(await ledger.scans.find(scan.scanId)).toEqual(scan);
        expect(await ledger.tickets.findRequest(scan.accountId, ticket.idempotencyKey)).toEqual({
          scanId: scan.scanId,
          requestHash: 'hash',
          createdAt: noon,
        });
        const applicant = await ledger.tickets.findApplicant(scan.accountId, noon);
        expect(applicant.ticketsToday).toBe(1);
        expect(applicant.purchases).toEqual([aPurchase(scan.accountId, { scansUsed: 1 })]);
        expect(applicant.account).toEqual(anAccount(scan.accountId));
        expect(applicant.consents).toEqual([aConsent()]);
      });

      it.each([
        ['a suspended account', 'account', { account: { state: 'suspended' } }],
        ['an account without affirmed adulthood', 'account', { account: { adultAffirmedAt: undefined } }],
        ['a withdrawn consent', 'consent', { consent: aConsent(false) }],
        ['a consent to an older text', 'consent', { consent: { ...aConsent(), version: 0 } }],
        ['a used-up purchase', 'purchase', { purchase: { scansUsed: 3 } }],
        ['a voided purchase', 'purchase', { purchase: { voidedAt: noon } }],
      ] as const)('rejects %s and writes nothing', async (_title, refusal, given) => {
        const accountId = await givenAccount('purchase' in given ? given.purchase : {});
        if ('account' in given) {
          const { adultAffirmedAt, ...account } = { ...anAccount(accountId), ...given.account };
          await ledger.putAccount(adultAffirmedAt === undefined ? account : { ...account, adultAffirmedAt });
        }
        if ('consent' in given) await ledger.putConsent(accountId, given.consent);
        const before = await ledger.purchase(accountId, 'pi_first');
        const scan = anIssuedScan(accountId);
        expect(await ledger.tickets.issue(aTicket(scan))).toEqual({ refused: [refusal] });
        expect(await ledger.scans.find(scan.scanId)).toBeUndefined();
        expect((await ledger.tickets.findApplicant(accountId, noon)).ticketsToday).toBe(0);
        expect(await ledger.purchase(accountId, 'pi_first')).toEqual(before);
      });

      it('rejects the ticket beyond the day’s limit, and admits it the next day', async () => {
        const accountId = await givenAccount();
        const limited = { ticketsPerDay: 1 };
        await ledger.tickets.issue(aTicket(anIssuedScan(accountId), limited));
        expect(await ledger.tickets.issue(aTicket(anIssuedScan(accountId), limited))).toEqual({
          refused: ['daily-limit'],
        });
        const tomorrow = anIssuedScan(accountId, { issuedAt: noon + protocol.idempotencyMs });
        expect(await ledger.tickets.issue(aTicket(tomorrow, limited))).toBe('issued');
      });

      it('rejects a second ticket under one idempotency key within 24 hours only', async () => {
        const accountId = await givenAccount();
        const idempotencyKey = freshId();
        await ledger.tickets.issue(aTicket(anIssuedScan(accountId), { idempotencyKey }));
        expect(await ledger.tickets.issue(aTicket(anIssuedScan(accountId), { idempotencyKey }))).toEqual({
          refused: ['idempotency'],
        });
        const later = anIssuedScan(accountId, { issuedAt: noon + protocol.idempotencyMs });
        expect(await ledger.tickets.issue(aTicket(later, { idempotencyKey }))).toBe('issued');
      });

      it('never sells a unit twice to tickets that race for the last one', async () => {
        const accountId = await givenAccount({ scansTotal: 1 });
        let left = Array.from({ length: 8 }, () => aTicket(anIssuedScan(accountId)));
        let issued = 0;
        // A conflict says nothing about the unit: whoever met one tries again.
        for (let round = 0; round < 20 && left.length > 0; round += 1) {
          const answers = await Promise.all(left.map((ticket) => ledger.tickets.issue(ticket)));
          issued += answers.filter((answer) => answer === 'issued').length;
          left = left.filter((_ticket, at) => {
            const answer = answers[at];
            return answer !== undefined && answer !== 'issued' && answer.refused.includes('conflict');
          });
        }
        expect([issued, left.length]).toEqual([1, 0]);
        expect((await ledger.purchase(accountId, 'pi_first'))?.scansUsed).toBe(1);
      });
    });

    describe('a claim', () => {
      it('takes an issued scan before its deadline', async () => {
        const scan = await givenIssued();
        const lease = aLease();
        expect(await ledger.scans.claim(scan.scanId, lease, noon)).toBe('claimed');
        expect(await ledger.scans.find(scan.scanId)).toEqual(claimedBy(scan, lease));
      });

      it('accepts its own earlier write', async () => {
        const scan = await givenIssued();
        const lease = aLease();
        await ledger.scans.claim(scan.scanId, lease, noon);
        expect(await ledger.scans.claim(scan.scanId, lease, noon)).toBe('claimed');
      });

      it('rejects a live lease of another, and takes over one that ran out', async () => {
        const scan = await givenIssued();
        await ledger.scans.claim(scan.scanId, aLease(), noon);
        const later = aLease({ leaseUntil: noon + 2 * protocol.leaseMs });
        expect(await ledger.scans.claim(scan.scanId, later, noon + protocol.leaseMs - 1)).toBe('moved');
        expect(await ledger.scans.claim(scan.scanId, later, noon + protocol.leaseMs)).toBe('claimed');
      });

      it('rejects a scan past its deadline, and a scan that never was', async () => {
        const scan = await givenIssued();
        expect(await ledger.scans.claim(scan.scanId, aLease(), scan.deadlineAt)).toBe('moved');
        expect(await ledger.scans.claim(freshId(), aLease(), noon)).toBe('moved');
      });
    });

    describe('a settlement', () => {
      it.each([
        ['completed', [1, 1]],
        ['inconclusive', [0, 0]],
        ['rejected', [0, 0]],
        ['failed', [0, 0]],
        ['erased', [0, 0]],
      ] as const)('to %s moves scan and unit together', async (state, units) => {
        const scan = await givenIssued({ name: 'left arm' });
        const from = claimedBy(scan, aLease());
        await ledger.scans.claim(scan.scanId, from.lease, noon);
        const outcome = outcomes[state];
        expect(await ledger.scans.settle({ from, outcome, endedAt: noon + 1000 })).toBe('settled');
        const { scanId, issuedAt, accountId } = scan;
        expect(await ledger.scans.find(scanId)).toEqual({
          scanId,
          issuedAt,
          state,
          endedAt: noon + 1000,
          outcome,
          ...(state === 'erased' ? {} : { accountId, name: 'left arm' }),
        });
        expect(await unitsOf(scan)).toEqual(units);
      });

      it('to expired ends an issued scan', async () => {
        const scan = await givenIssued();
        const settlement = { from: scan, outcome: outcomes.expired, endedAt: noon };
        expect(await ledger.scans.settle(settlement)).toBe('settled');
        expect(await unitsOf(scan)).toEqual([0, 0]);
      });

      it('rejects a second one, whatever its outcome: nothing moves twice (ONE-3)', async () => {
        const scan = await givenIssued();
        await ledger.scans.settle({ from: scan, outcome: outcomes.expired, endedAt: noon });
        for (const outcome of [outcomes.expired, outcomes.erased, outcomes.failed]) {
          expect(await ledger.scans.settle({ from: scan, outcome, endedAt: noon })).toBe('moved');
        }
        expect(await unitsOf(scan)).toEqual([0, 0]);
      });

      it('rejects a scan whose state or lease is not the one that was read', async () => {
        const scan = await givenIssued();
        const mine = claimedBy(scan, aLease());
        await ledger.scans.claim(scan.scanId, aLease(), noon);
        expect(await ledger.scans.settle({ from: mine, outcome: outcomes.failed, endedAt: noon })).toBe(
          'moved',
        );
        expect(await ledger.scans.settle({ from: scan, outcome: outcomes.expired, endedAt: noon })).toBe(
          'moved',
        );
        expect(await unitsOf(scan)).toEqual([1, 0]);
      });

      it('never creates a purchase: without one the scan alone is erased', async () => {
        const scan = await givenIssued();
        await ledger.removePurchase(scan.accountId, scan.paymentIntentId);
        expect(await ledger.scans.settle({ from: scan, outcome: outcomes.expired, endedAt: noon })).toBe(
          'purchase-gone',
        );
        expect((await ledger.scans.find(scan.scanId))?.state).toBe('issued');
        expect(await ledger.scans.eraseAlone(scan, noon)).toBe('settled');
        expect(await ledger.scans.eraseAlone(scan, noon)).toBe('moved');
        const erased = await ledger.scans.find(scan.scanId);
        expect(erased).toMatchObject({ state: 'erased' });
        expect(erased).not.toHaveProperty('accountId');
        expect(await ledger.purchase(scan.accountId, scan.paymentIntentId)).toBeUndefined();
      });
    });

    it('finds overdue open scans in their shard, and no others', async () => {
      const overdue = await givenIssued();
      const fresh = await givenIssued({ issuedAt: noon + 1000 });
      const ended = await givenIssued();
      await ledger.scans.settle({ from: ended, outcome: outcomes.expired, endedAt: noon });
      const found: string[] = [];
      const shards = new Set([overdue, fresh, ended].map(({ scanId }) => openShardOf(scanId)));
      for (const shard of shards) {
        found.push(...(await Array.fromAsync(ledger.scans.findOverdue(shard, overdue.deadlineAt))));
      }
      expect(found).toContain(overdue.scanId);
      expect(found).not.toContain(fresh.scanId);
      expect(found).not.toContain(ended.scanId);
    });

    describe('the history', () => {
      it('pages newest first, each scan once, without erased ones', async () => {
        const accountId = await givenAccount({ scansTotal: 10 });
        const scans = [0, 1, 2, 3, 4].map((age) => anIssuedScan(accountId, { issuedAt: noon - age }));
        for (const scan of scans) await ledger.tickets.issue(aTicket(scan));
        const [erased] = scans.splice(1, 1);
        if (erased === undefined) throw new Error('five were given');
        await ledger.scans.settle({ from: erased, outcome: outcomes.erased, endedAt: noon });
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await ledger.scans.history(accountId, {
            limit: 3,
            ...(after === undefined ? {} : { after }),
          });
          seen.push(...page.scans.map(({ scanId }) => scanId));
          after = page.next;
        } while (after !== undefined);
        expect(seen).toEqual(scans.map(({ scanId }) => scanId));
      });

      it('takes a name and gives it back, for its owner only', async () => {
        const scan = await givenIssued();
        expect(await ledger.scans.rename(scan.accountId, scan.scanId, 'knee')).toBe(true);
        expect((await ledger.scans.find(scan.scanId))?.name).toBe('knee');
        expect(await ledger.scans.rename(freshId(), scan.scanId, 'mine')).toBe(false);
        expect(await ledger.scans.rename(scan.accountId, freshId(), 'nothing')).toBe(false);
        expect(await ledger.scans.rename(scan.accountId, scan.scanId, undefined)).toBe(true);
        expect(await ledger.scans.find(scan.scanId)).toEqual(scan);
      });

      it('removes a terminal scan for its owner only, and never an open one (CAL-4: no unit moves)', async () => {
        const scan = await givenIssued();
        expect(await ledger.scans.removeTerminal(scan.accountId, scan.scanId)).toBe(false);
        const from = claimedBy(scan, aLease());
        await ledger.scans.claim(scan.scanId, from.lease, noon);
        await ledger.scans.settle({ from, outcome: outcomes.completed, endedAt: noon });
        await ledger.scans.removeTerminal(freshId(), scan.scanId);
        expect(await ledger.scans.find(scan.scanId)).toBeDefined();
        expect(await ledger.scans.removeTerminal(scan.accountId, scan.scanId)).toBe(true);
        expect(await ledger.scans.find(scan.scanId)).toBeUndefined();
        expect(await ledger.scans.removeTerminal(scan.accountId, scan.scanId)).toBe(true);
        expect(await unitsOf(scan)).toEqual([1, 1]);
      });
    });

    it('keeps a heartbeat that never goes back (ONE-5)', async () => {
      expect(await ledger.heartbeat.read()).toBeUndefined();
      await ledger.heartbeat.beat(noon);
      await ledger.heartbeat.beat(noon - 1000);
      await ledger.heartbeat.beat(noon);
      expect(await ledger.heartbeat.read()).toBe(noon);
    });
  });
}
