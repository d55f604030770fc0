import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePurchase, unitsLeft } from '../../core/purchase.ts';
import { aPurchase, noon } from '../contract/given.ts';

describe('a purchase', () => {
  it('has what was bought less what was taken', () => {
    expect(unitsLeft(aPurchase('a', { scansTotal: 20, scansUsed: 3 }))).toBe(17);
  });

  it('has nothing once voided, whatever is given back later', () => {
    expect(unitsLeft(aPurchase('a', { voidedAt: noon, scansUsed: 0 }))).toBe(0);
  });

  it('is chosen oldest first, used-up and voided ones never', () => {
    const used = aPurchase('a', { paymentIntentId: 'used', boughtAt: 1, scansUsed: 3 });
    const voided = aPurchase('a', { paymentIntentId: 'voided', boughtAt: 2, voidedAt: 3 });
    const older = aPurchase('a', { paymentIntentId: 'older', boughtAt: 4 });
    const newer = aPurchase('a', { paymentIntentId: 'newer', boughtAt: 5 });
    expect(choosePurchase([newer, voided, older, used])).toBe(older);
    expect(choosePurchase([used, voided])).toBeUndefined();
    expect(choosePurchase([])).toBeUndefined();
  });

  it('is chosen the same whatever order they come in', () => {
    const arbitrary = fc.record({
      paymentIntentId: fc.string({ minLength: 1 }),
      boughtAt: fc.nat(3),
      scansUsed: fc.nat(3),
    });
    const purchases = fc.uniqueArray(arbitrary, { selector: ({ paymentIntentId }) => paymentIntentId });
    fc.assert(
      fc.property(purchases, (given) => {
        const bought = given.map((more) => aPurchase('a', more));
        expect(choosePurchase(bought.toReversed())).toEqual(choosePurchase(bought));
      }),
    );
  });
});
