/**
 * What the payment provider says of a payment at this moment, and what our purchase must be because of it. Events only
 * say that it is time to look: their content, order and number decide nothing, so any of them, in any order, leads to
 * the same purchase. Everything here only ever grows (refunds, disputes) or shrinks (scans), so an answer that is
 * already old cannot undo a newer one. Pure.
 */
import type { Purchase, VoidReason } from './purchase.ts';

/** Money that was sent back, or is on its way. */
export interface Refund {
  /** In the currency's smallest unit. */
  readonly amount: number;
  /** Epoch ms. */
  readonly at: number;
}

/** Somebody told their bank that they want their money back. */
export interface Dispute {
  /** Epoch ms. */
  readonly at: number;
}

/** A payment for one of our plans, as the provider has it now. */
export interface Payment {
  /** Stripe's payment intent. */
  readonly paymentIntentId: string;
  readonly accountId: string;
  readonly planId: string;
  /** Scans of the plan when it was bought. */
  readonly scans: number;
  /** False while it is under way, and when it failed. */
  readonly paid: boolean;
  /** In the currency's smallest unit, tax included. */
  readonly amount: number;
  /** ISO 4217, upper-case. */
  readonly currency: string;
  /** Epoch ms. */
  readonly paidAt: number;
  /**
   * Every one that was ever made, whatever became of it: one that failed is money that we owe and pay back in another
   * way, not a payment that stands again.
   */
  readonly refunds: readonly Refund[];
  /** Every one that was ever opened, whatever became of it; mere inquiries of a bank are none. */
  readonly disputes: readonly Dispute[];
  /** The provider's note that we gave the scans for it: it outlives the account. */
  readonly noted: boolean;
}

/** What became of a checkout: not paid yet, too old to be paid, money on its way, paid, or a payment that failed. */
export const checkoutStates = ['open', 'expired', 'pending', 'paid', 'failed'] as const;
export type CheckoutState = (typeof checkoutStates)[number];

/** What went back, at most all of it. */
export function refundedOf({ amount, refunds }: Payment): number {
  return Math.min(
    amount,
    refunds.reduce((sum, refund) => sum + refund.amount, 0),
  );
}

/** The purchase that a payment makes, unused; undefined while it is not paid. */
export function purchaseOf(payment: Payment): Purchase | undefined {
  if (!payment.paid) return undefined;
  const { accountId, paymentIntentId, paidAt, scans, planId, amount, currency } = payment;
  const amountRefunded = refundedOf(payment);
  return {
    accountId,
    paymentIntentId,
    boughtAt: paidAt,
    scansTotal: scansPaidFor(scans, amount, amountRefunded),
    scansUsed: 0,
    scansCompleted: 0,
    planId,
    amount,
    currency,
    ...(amountRefunded === 0 ? {} : { amountRefunded }),
    ...voidOf(payment),
  };
}

/** The same part of the scans as of the money, begun scans to the person's favour. */
function scansPaidFor(scans: number, amount: number, refunded: number): number {
  return amount === 0 ? scans : Math.ceil((scans * (amount - refunded)) / amount);
}

/** When and why the rest was voided: by the refund that made it whole, or the first dispute, whichever came first. */
function voidOf(payment: Payment): { readonly voidedAt?: number; readonly voidReason?: VoidReason } {
  const dispute = earliest(payment.disputes.map(({ at }) => at));
  const refund = fullyRefundedAt(payment);
  if (refund !== undefined && (dispute === undefined || refund <= dispute)) {
    return { voidedAt: refund, voidReason: 'refunded' };
  }
  return dispute === undefined ? {} : { voidedAt: dispute, voidReason: 'disputed' };
}

function fullyRefundedAt({ amount, refunds }: Payment): number | undefined {
  let sum = 0;
  for (const refund of refunds.toSorted((a, b) => a.at - b.at)) {
    sum += refund.amount;
    if (sum >= amount) return refund.at;
  }
  return undefined;
}

function earliest(moments: readonly number[]): number | undefined {
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/**
 * What a stored purchase becomes when the provider was asked: never more scans than before, never a void lifted, its
 * counters untouched. Applied twice, or to an older answer, it changes nothing.
 */
export function mergePurchase(stored: Purchase, asked: Purchase): Purchase {
  const amountRefunded = Math.max(stored.amountRefunded ?? 0, asked.amountRefunded ?? 0);
  return {
    ...asked,
    boughtAt: stored.boughtAt,
    scansTotal: Math.min(stored.scansTotal, asked.scansTotal),
    scansUsed: stored.scansUsed,
    scansCompleted: stored.scansCompleted,
    ...(amountRefunded === 0 ? {} : { amountRefunded }),
    ...earlierVoid(stored, asked),
  };
}

/** The earlier void of the two: what a later answer knows besides cannot make it younger. */
function earlierVoid(one: Purchase, other: Purchase): Pick<Purchase, 'voidedAt' | 'voidReason'> {
  const { voidedAt, voidReason } = comesFirst(other, one) ? other : one;
  return {
    ...(voidedAt === undefined ? {} : { voidedAt }),
    ...(voidReason === undefined ? {} : { voidReason }),
  };
}

/** At the same moment the refund counts as the reason, as in `voidOf`. */
function comesFirst(one: Purchase, other: Purchase): boolean {
  if (one.voidedAt === undefined || other.voidedAt === undefined) return other.voidedAt === undefined;
  return one.voidedAt < other.voidedAt || (one.voidedAt === other.voidedAt && one.voidReason === 'refunded');
}

/** What differs between the provider's books and ours, or within ours. */
export const differenceKinds = [
  /** Paid, and no purchase here. */
  'missing',
  /** A purchase here that nobody paid for. */
  'unpaid',
  /** Refunded or disputed there, still usable here. */
  'not-voided',
  /** More scans here than the money pays for. */
  'too-many-scans',
  /** Void, or fewer scans, without a reason there. */
  'too-few-scans',
  /** `scansUsed` is not `scansCompleted` plus the open scans. */
  'miscounted',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

/** How a stored purchase differs from what the provider says; undefined when it does not. */
export function differenceOf(
  stored: Purchase | undefined,
  asked: Purchase | undefined,
): Exclude<DifferenceKind, 'miscounted'> | undefined {
  if (asked === undefined) return stored === undefined ? undefined : 'unpaid';
  if (stored === undefined) return 'missing';
  if (stored.voidedAt === undefined && asked.voidedAt !== undefined) return 'not-voided';
  if (stored.scansTotal > asked.scansTotal) return 'too-many-scans';
  const lacking = stored.scansTotal < asked.scansTotal;
  return lacking || (stored.voidedAt !== undefined && asked.voidedAt === undefined)
    ? 'too-few-scans'
    : undefined;
}

/** When a payment last changed: a difference that is younger may only wait for its event. */
export function changedAt({ paidAt, refunds, disputes }: Payment): number {
  return Math.max(paidAt, ...refunds.map(({ at }) => at), ...disputes.map(({ at }) => at));
}

/** A difference that lasts longer is an alarm: every event came by then, or will not come. */
export const driftToleratedMs = 300_000;
