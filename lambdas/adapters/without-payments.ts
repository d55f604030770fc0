/** Where nothing is sold: every question about a payment is refused as if the provider were away. */
import {
  PaymentProviderError,
  type Checkouts,
  type EventVerifier,
  type PaymentProvider,
} from '../../core/payment-ports.ts';

async function refuse(): Promise<never> {
  throw new PaymentProviderError(new Error('this deployment has no payment provider'));
}

/** Knows no provider, so it takes no event for one of its. */
export const withoutPayments: {
  readonly checkouts: Checkouts;
  readonly payments: PaymentProvider;
  readonly paymentEvents: EventVerifier;
} = {
  checkouts: { open: refuse, find: refuse },
  payments: {
    find: refuse,
    list: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
    note: refuse,
    refund: refuse,
    receipt: refuse,
  },
  paymentEvents: { open: async () => 'refused' },
};
