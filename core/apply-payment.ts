/**
 * Brings our purchase to what the provider says of its payment now. The one way in which a purchase comes to be: for
 * webhooks, whatever their event said, and for the daily reconciliation. Safe to run twice, at once and in any order.
 */
import { purchaseOf, refundedOf, type Payment } from './payment.ts';
import type { ErasureLedger } from './erasure-ports.ts';
import type { PaymentProvider, PurchaseStore } from './payment-ports.ts';
import type { Pacing } from './ports.ts';

export interface ApplyPaymentPorts {
  readonly payments: Pick<PaymentProvider, 'find' | 'note' | 'refund'>;
  readonly purchases: Pick<PurchaseStore, 'keep'>;
  readonly erasures: ErasureLedger;
  readonly pacing: Pacing;
}

/** What became of it. */
export const paymentAnswers = [
  /** The purchase was made or changed. */
  'kept',
  /** It was so already. */
  'stands',
  /** Nothing was paid yet, or ever. */
  'unpaid',
  /** The account is erased: the money goes back, and nothing is stored. */
  'refunded',
  /** The account is erased, and this payment's scans had been given before, or its money went back. */
  'account-erased',
  /** Paid for an account that there never was here: nothing is done, and the books tell it. */
  'account-unknown',
  /** A payment for something else, or none. */
  'not-ours',
  /** Other writes kept being in the way; the provider sends its event again. */
  'busy',
] as const;
export type PaymentAnswer = (typeof paymentAnswers)[number];

const maxAttempts = 8;

/** Asks the provider, then writes. Throws what a port throws. */
export async function applyPayment(
  ports: ApplyPaymentPorts,
  paymentIntentId: string,
): Promise<PaymentAnswer> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    // Asked again each time: what was in the way may have been a newer answer.
    const payment = await ports.payments.find(paymentIntentId);
    if (payment === undefined || payment === 'not-ours') return 'not-ours';
    const asked = purchaseOf(payment);
    if (asked === undefined) return 'unpaid';
    if (await ports.erasures.has(payment.accountId)) return giveBack(ports, payment);
    const answer = await ports.purchases.keep(asked);
    if (answer === 'account-gone') {
      // Erased between the two, or never here: the ledger knows which.
      return (await ports.erasures.has(payment.accountId)) ? giveBack(ports, payment) : 'account-unknown';
    }
    if (answer !== 'conflict') {
      if (!payment.noted) await ports.payments.note(paymentIntentId);
      return answer;
    }
    await ports.pacing.pause(attempt);
  }
  return 'busy';
}

/**
 * Nobody is left to have scans for it. What was noted had its scans before the account went, and what is disputed is
 * for the banks to decide.
 */
async function giveBack({ payments }: ApplyPaymentPorts, payment: Payment): Promise<PaymentAnswer> {
  const settled = payment.noted || payment.disputes.length > 0 || refundedOf(payment) >= payment.amount;
  if (settled) return 'account-erased';
  await payments.refund(payment.paymentIntentId);
  return 'refunded';
}
