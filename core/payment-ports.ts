/**
 * What taking money needs from the world, beside `ports.ts`. Implemented by `lambdas/adapters` and by stand-ins in
 * `test/`.
 */
import type { CheckoutState, Payment } from './payment.ts';
import type { Purchase } from './purchase.ts';

/** One checkout to be opened. All that leaves to the provider is here. */
export interface CheckoutOrder {
  readonly accountId: string;
  /** For the provider's receipt; an account without an address has none. */
  readonly email?: string;
  /** What the provider shows, in the person's language. */
  readonly title: string;
  readonly language: string;
  readonly planId: string;
  readonly scans: number;
  /** In the currency's smallest unit, tax included. */
  readonly amount: number;
  /** ISO 4217, upper-case. */
  readonly currency: string;
  /** The same key and order: the same checkout. Says nothing about the person. */
  readonly idempotencyKey: string;
}

/** A checkout as the provider has it now. */
export interface OpenedCheckout {
  readonly accountId: string;
  readonly state: CheckoutState;
  /** Once somebody tried to pay. */
  readonly paymentIntentId?: string;
}

/** Where the payment provider takes money. Throws `PaymentProviderError` when it cannot be asked. */
export interface Checkouts {
  /** `key-reused`: the key was used for another order. */
  open(order: CheckoutOrder): Promise<{ readonly url: string } | 'key-reused'>;
  /** Undefined: none of ours has this id. */
  find(checkoutId: string): Promise<OpenedCheckout | undefined>;
}

/** The payment provider's books. Throws `PaymentProviderError` when it cannot be asked. */
export interface PaymentProvider {
  /** As it is now. `not-ours`: a payment for something else; undefined: there is none with this id. */
  find(paymentIntentId: string): Promise<Payment | 'not-ours' | undefined>;
  /** Every payment for one of our plans, as it is now. */
  list(): AsyncIterable<Payment>;
  /** Notes at the provider that the scans of a payment were given. */
  note(paymentIntentId: string): Promise<void>;
  /** Sends back what is left of a payment; done twice, it is done once. */
  refund(paymentIntentId: string): Promise<void>;
  /** Where the provider shows its receipt; undefined when there is none. */
  receipt(paymentIntentId: string): Promise<string | undefined>;
}

/** The provider did not answer, or not as it promises. Nothing is known of what it did. */
export class PaymentProviderError extends Error {
  override readonly name = 'PaymentProviderError';
  readonly code = 'payment-provider-failed';

  constructor(cause: unknown) {
    super('the payment provider could not be asked', { cause });
  }
}

/** An event of the provider, once its signature was checked. */
export interface PaymentEvent {
  readonly eventId: string;
  /** As the provider names it, for example `charge.refunded`. */
  readonly type: string;
  /** The payment to look at; undefined when the event is about something else. */
  readonly paymentIntentId?: string;
}

/** Tells the provider's own events from everybody else's. */
export interface EventVerifier {
  /** `refused`: not signed by the provider, or not lately. `unreadable`: signed, and no event that we understand. */
  open(
    body: string,
    signature: string | undefined,
    now: number,
  ): Promise<PaymentEvent | 'refused' | 'unreadable'>;
}

/** Purchases as payments make them. Units are taken and given back elsewhere. */
export interface PurchaseStore {
  /** Strong reads. */
  list(accountId: string): Promise<readonly Purchase[]>;
  /** Strong read. */
  find(accountId: string, paymentIntentId: string): Promise<Purchase | undefined>;
  /**
   * Makes the purchase, or merges it into the one that is there (`mergePurchase`). `stands`: nothing was to be done.
   * `account-gone`: there is no such account, and nothing was written. `conflict`: try again.
   */
  keep(asked: Purchase): Promise<'kept' | 'stands' | 'account-gone' | 'conflict'>;
}

/** Reads every purchase, for the books. */
export interface PurchaseBooks {
  /** In no order; strong reads. */
  all(): AsyncIterable<Purchase>;
}

/** An event that could not be handled, without anything about a person. */
export interface ParkedEvent {
  /** SHA-256 of the event's id, hex. */
  readonly eventHash: string;
  /** As the provider names it. */
  readonly type: string;
  /** Epoch ms of the first time. */
  readonly firstAt: number;
  readonly attempts: number;
}

/** Events that could not be handled, where whoever is on call sees them. */
export interface ParkedEvents {
  /** Counts one more attempt; the first moment stays. */
  park(eventHash: string, type: string, now: number): Promise<void>;
  /** It was handled after all. */
  release(eventHash: string): Promise<void>;
  /** Those that were not, oldest first. */
  list(): Promise<readonly ParkedEvent[]>;
}
