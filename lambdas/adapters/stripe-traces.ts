/**
 * What Stripe has of a person beside payments: checkouts that wait to be paid, with the address, and customers. Payments
 * themselves it keeps, as the law wants; they name the account by a random id that leads nowhere any more.
 */
import { Stripe } from 'stripe';
import type { PaymentTraces } from '../../core/erasure-ports.ts';
import { PaymentProviderError } from '../../core/payment-ports.ts';

/** Traces over Stripe's library; `productId` tells our checkouts from others of the same Stripe account. */
export function createStripeTraces(stripe: Stripe, productId: string): PaymentTraces {
  async function expireCheckouts(accountId: string, email: string): Promise<void> {
    const open = { customer_details: { email }, status: 'open', limit: 100 } as const;
    for await (const { id, metadata } of stripe.checkout.sessions.list(open)) {
      if (metadata?.['product'] !== productId || metadata['account'] !== accountId) continue;
      await unless('resource_missing', () => stripe.checkout.sessions.expire(id));
    }
  }

  async function deleteCustomer(paymentIntentId: string): Promise<void> {
    const intent = await unless('resource_missing', () => stripe.paymentIntents.retrieve(paymentIntentId));
    const customer = intent?.customer ?? null;
    if (customer === null) return;
    const id = typeof customer === 'string' ? customer : customer.id;
    await unless('resource_missing', () => stripe.customers.del(id));
  }

  return {
    async forget({ accountId, email, paymentIntentIds }) {
      try {
        if (email !== undefined) await expireCheckouts(accountId, email);
        for (const paymentIntentId of paymentIntentIds) await deleteCustomer(paymentIntentId);
      } catch (error) {
        if (error instanceof Stripe.errors.StripeError) throw new PaymentProviderError(error);
        throw error;
      }
    },
  };
}

/** Undefined where Stripe refuses with this code. */
async function unless<T>(code: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === code) return undefined;
    throw error;
  }
}
