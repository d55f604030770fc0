/** What a payment makes of a purchase, whatever the order in which answers about it arrive. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changedAt,
  differenceOf,
  mergePurchase,
  purchaseOf,
  refundedOf,
  type Payment,
} from '../../core/payment.ts';
import { choosePurchase, unitsLeft, type Purchase } from '../../core/purchase.ts';

const start = Date.UTC(2026, 10, 21, 12);

function aPayment(more: Partial<Payment> = {}): Payment {
  return {
    paymentIntentId: 'pi_1',
    accountId: 'somebody',
    planId: 'pack-20',
    scans: 20,
    paid: true,
    amount: 499,
    currency: 'EUR',
    paidAt: start,
    refunds: [],
    disputes: [],
    noted: false,
    ...more,
  };
}

function bought(more: Partial<Payment> = {}): Purchase {
  const purchase = purchaseOf(aPayment(more));
  if (purchase === undefined) throw new Error('given: it is paid');
  return purchase;
}

describe('a payment', () => {
  it('makes a purchase of its plan, unused (CAL-8)', () => {
    expect(bought()).toEqual({
      accountId: 'somebody',
      paymentIntentId: 'pi_1',
      boughtAt: start,
      scansTotal: 20,
      scansUsed: 0,
      scansCompleted: 0,
      planId: 'pack-20',
      amount: 499,
      currency: 'EUR',
    });
  });

  it('makes none while it is under way or when it failed', () => {
    expect(purchaseOf(aPayment({ paid: false }))).toBeUndefined();
  });

  it.each([
    [1, 20],
    [24, 20],
    [25, 19],
    [250, 10],
    [498, 1],
  ])(
    'of which %i of 499 went back pays for %i of 20 scans: begun scans stay the person’s',
    (amount, scans) => {
      const purchase = bought({ refunds: [{ amount, at: start + 1 }] });
      expect(purchase).toMatchObject({ scansTotal: scans, amountRefunded: amount });
      expect(unitsLeft(purchase)).toBe(scans);
      expect(purchase.voidedAt).toBeUndefined();
    },
  );

  it('is void once all of it went back, from the refund that made it whole', () => {
    const refunds = [
      { amount: 400, at: start + 9 },
      { amount: 99, at: start + 5 },
    ];
    const purchase = bought({ refunds });
    expect(purchase).toMatchObject({ scansTotal: 0, voidedAt: start + 9, voidReason: 'refunded' });
    expect(choosePurchase([purchase])).toBeUndefined();
  });

  it('is void from its first dispute, and the earlier reason stands', () => {
    const disputes = [{ at: start + 7 }, { at: start + 3 }];
    expect(bought({ disputes })).toMatchObject({ voidedAt: start + 3, voidReason: 'disputed' });
    const refunds = [{ amount: 499, at: start + 1 }];
    expect(bought({ disputes, refunds })).toMatchObject({ voidedAt: start + 1, voidReason: 'refunded' });
  });

  it('never counts more as refunded than was paid', () => {
    expect(refundedOf(aPayment({ refunds: Array.from({ length: 3 }, () => ({ amount: 499, at: 1 })) }))).toBe(
      499,
    );
  });
});

/** What can happen to a payment at Stripe; the moments follow one another, some share a second. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('refund' as const), amount: fc.integer({ min: 1, max: 499 }) }),
  fc.record({ kind: fc.constant('dispute' as const), amount: fc.constant(0) }),
  fc.record({ kind: fc.constant('wait' as const), amount: fc.constant(0) }),
);

/** Every state that the provider could have answered with, oldest first. */
function statesOf(happenings: readonly { kind: 'refund' | 'dispute' | 'wait'; amount: number }[]): Payment[] {
  const states = [aPayment()];
  happenings.forEach(({ kind, amount }, at) => {
    const last = states.at(-1) ?? aPayment();
    const moment = start + Math.floor(at / 2) * 1000;
    if (kind === 'refund' && refundedOf(last) + amount <= last.amount) {
      states.push({ ...last, refunds: [...last.refunds, { amount, at: moment }] });
    }
    if (kind === 'dispute') states.push({ ...last, disputes: [...last.disputes, { at: moment }] });
  });
  return states;
}

function applied(states: readonly Payment[]): Purchase | undefined {
  return states.reduce<Purchase | undefined>((stored, state) => {
    const asked = purchaseOf(state);
    if (asked === undefined) return stored;
    return stored === undefined ? asked : mergePurchase(stored, asked);
  }, undefined);
}

describe('answers about a payment', () => {
  it('lead to the same purchase in any order and number, old ones included', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 8 }),
        fc.array(fc.nat({ max: 1000 }), { maxLength: 20 }),
        fc.nat({ max: 1000 }),
        (happenings, picks, lastAt) => {
          const states = statesOf(happenings);
          const final = states.at(-1) ?? aPayment();
          const seen = picks.map((pick) => states[pick % states.length] ?? final);
          // Somewhere among them the newest is heard.
          seen.splice(lastAt % (seen.length + 1), 0, final);
          expect(applied(seen)).toEqual(applied(states));
          expect(applied(seen)).toEqual(purchaseOf(final));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never give scans back, never lift a void, and never touch what was used', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 8 }),
        fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 20 }),
        fc.nat({ max: 20 }),
        (happenings, picks, used) => {
          const states = statesOf(happenings);
          let stored: Purchase = { ...bought(), scansUsed: used, scansCompleted: used };
          for (const pick of picks) {
            const asked = purchaseOf(states[pick % states.length] ?? aPayment());
            if (asked === undefined) continue;
            const next = mergePurchase(stored, asked);
            expect(next.scansTotal).toBeLessThanOrEqual(stored.scansTotal);
            expect(next.voidedAt ?? Infinity).toBeLessThanOrEqual(stored.voidedAt ?? Infinity);
            expect([next.scansUsed, next.scansCompleted]).toEqual([used, used]);
            expect(mergePurchase(next, asked)).toEqual(next);
            stored = next;
          }
        },
      ),
    );
  });
});

describe('two books', () => {
  it.each([
    ['nothing', undefined, undefined, undefined],
    ['missing', undefined, bought(), 'missing'],
    ['unpaid', bought(), undefined, 'unpaid'],
    ['the same', bought(), bought(), undefined],
    ['the same but for what was used', { ...bought(), scansUsed: 3 }, bought(), undefined],
    ['not voided', bought(), bought({ disputes: [{ at: start }] }), 'not-voided'],
    ['too many scans', bought(), bought({ refunds: [{ amount: 250, at: start }] }), 'too-many-scans'],
    ['too few scans', { ...bought(), scansTotal: 3 }, bought(), 'too-few-scans'],
    ['void without a reason', { ...bought(), voidedAt: start }, bought(), 'too-few-scans'],
  ] as const)('that differ so are told so: %s', (_name, stored, asked, difference) => {
    expect(differenceOf(stored, asked)).toBe(difference);
  });

  it('differ since the last change of the payment', () => {
    const refunds = [{ amount: 1, at: start + 4 }];
    expect(changedAt(aPayment({ refunds, disputes: [{ at: start + 2 }] }))).toBe(start + 4);
    expect(changedAt(aPayment())).toBe(start);
  });
});
