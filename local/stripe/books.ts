/**
 * The books of the Stripe stand-in: checkouts, payments, charges, refunds and disputes in Stripe's own shape, as far as
 * onceover uses them, and the events that each change makes. Knows no HTTP. Holds the addresses for receipts and no
 * card: whoever pays here chooses what the card would do.
 */
import { randomBytes } from 'node:crypto';
import type { KeptMap } from '../data/kept-map.ts';

/** Version of the API whose shapes these are. */
export const apiVersion = '2026-10-28.endive';

type Metadata = Readonly<Record<string, string>>;

export interface Session {
  readonly id: string;
  readonly object: 'checkout.session';
  readonly mode: 'payment';
  readonly status: 'open' | 'complete' | 'expired';
  readonly payment_status: 'paid' | 'unpaid';
  readonly payment_intent: string | null;
  /** What is paid, tax included. */
  readonly amount_total: number;
  readonly automatic_tax: { readonly enabled: boolean; readonly status: 'complete' | null };
  readonly total_details: { readonly amount_tax: number };
  readonly currency: string;
  readonly customer_email: string | null;
  readonly customer_details: { readonly email: string | null } | null;
  readonly locale: string | null;
  readonly success_url: string;
  readonly cancel_url: string | null;
  readonly url: string | null;
  readonly metadata: Metadata;
  /** What the payment will carry; Stripe does not show it. */
  readonly intentMetadata: Metadata;
  /** What is bought; Stripe has it among the line items. */
  readonly title: string;
  readonly created: number;
  readonly expires_at: number;
  readonly livemode: false;
}

export interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly amount_received: number;
  readonly currency: string;
  readonly status: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded';
  readonly latest_charge: string | null;
  /** Our checkouts make none; a payment of before may have one. */
  readonly customer: string | null;
  readonly metadata: Metadata;
  readonly created: number;
  readonly livemode: false;
}

export interface Customer {
  readonly id: string;
  readonly object: 'customer';
  readonly email: string;
}

export interface Charge {
  readonly id: string;
  readonly object: 'charge';
  readonly payment_intent: string;
  readonly amount: number;
  readonly amount_refunded: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly paid: boolean;
  readonly refunded: boolean;
  readonly disputed: boolean;
  readonly billing_details: { readonly email: string | null };
  readonly receipt_url: string | null;
  readonly created: number;
  readonly livemode: false;
}

export interface StoredRefund {
  readonly id: string;
  readonly object: 'refund';
  readonly payment_intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'failed';
  readonly created: number;
}

export interface StoredDispute {
  readonly id: string;
  readonly object: 'dispute';
  readonly payment_intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'needs_response' | 'warning_needs_response' | 'warning_closed' | 'won' | 'lost';
  readonly reason: 'fraudulent';
  readonly created: number;
}

type Thing = Session | Intent | Customer | Charge | StoredRefund | StoredDispute;

/** What happened, with the object as it was then. */
export interface StripeEvent {
  readonly id: string;
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly livemode: false;
  readonly pending_webhooks: number;
  readonly type: string;
  readonly data: { readonly object: Thing };
}

/** What a card, a bank or a person does. */
export const payments = ['pays', 'is-declined', 'asks-the-bank', 'comes-later', 'never-comes'] as const;
export type PaymentWay = (typeof payments)[number];

/** A request that Stripe would refuse, in its words. */
export class StripeRefusal extends Error {
  override readonly name = 'StripeRefusal';
  readonly status: number;
  readonly code: string;
  readonly param: string | undefined;

  constructor(status: number, code: string, message: string, param?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

export interface NewSession {
  readonly amount: number;
  readonly currency: string;
  readonly title: string;
  readonly email: string | null;
  readonly locale: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string | null;
  readonly metadata: Metadata;
  readonly intentMetadata: Metadata;
  /** Whether Stripe works out the tax. Default: false */
  readonly automaticTax?: boolean;
  /** Whether the amount has the tax in it already. Default: true */
  readonly taxIncluded?: boolean;
}

/** A payment that is there from the start, as if it had been paid before. */
export interface SeededPayment {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Metadata;
}

export type Books = ReturnType<typeof createBooks>;

/** Stripe asks where somebody lives; whoever pays here lives where it is 19 %. */
const taxPercent = 19;

function taxOf({ amount, taxIncluded = true }: NewSession): number {
  return Math.round(taxIncluded ? (amount * taxPercent) / (100 + taxPercent) : (amount * taxPercent) / 100);
}

const expiresAfterSeconds = 24 * 60 * 60;

/** `origin`: where pages are; `onEvent` is told of each event, in order. */
export function createBooks(options: {
  readonly now: () => number;
  readonly origin: () => string;
  readonly onEvent: (event: StripeEvent) => void;
  /** Outlives the process. Default: memory. */
  readonly kept?: KeptMap<Thing>;
}) {
  const { kept } = options;
  const things = new Map<string, Thing>(kept?.entries() ?? []);
  const seconds = (): number => Math.floor(options.now() / 1000);
  const id = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

  function put<T extends Thing>(thing: T): T {
    kept?.commit([[thing.id, thing]]);
    // Replaced at its place: lists are in the order of creation.
    things.set(thing.id, thing);
    return thing;
  }

  function happened(type: string, object: Thing): void {
    options.onEvent({
      id: id('evt'),
      object: 'event',
      api_version: apiVersion,
      created: seconds(),
      livemode: false,
      pending_webhooks: 1,
      type,
      data: { object },
    });
  }

  function all<O extends Thing['object']>(object: O): readonly Extract<Thing, { object: O }>[] {
    const isOne = (thing: Thing): thing is Extract<Thing, { object: O }> => thing.object === object;
    return [...things.values()].filter(isOne);
  }

  function find<O extends Thing['object']>(object: O, thingId: string): Extract<Thing, { object: O }> {
    const found = all(object).find((thing) => thing.id === thingId);
    if (found === undefined) throw new StripeRefusal(404, 'resource_missing', `No such ${object}`, 'id');
    return found;
  }

  function findSession(sessionId: string): Session {
    const session = find('checkout.session', sessionId);
    return session.status === 'open' && seconds() >= session.expires_at
      ? put({ ...session, status: 'expired', url: null })
      : session;
  }

  function openSession(given: NewSession): Session {
    const sessionId = id('cs_test');
    const { automaticTax = false, taxIncluded = true } = given;
    const tax = automaticTax ? taxOf(given) : 0;
    return put({
      id: sessionId,
      object: 'checkout.session',
      mode: 'payment',
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      amount_total: taxIncluded ? given.amount : given.amount + tax,
      automatic_tax: { enabled: automaticTax, status: automaticTax ? 'complete' : null },
      total_details: { amount_tax: tax },
      currency: given.currency,
      customer_email: given.email,
      customer_details: given.email === null ? null : { email: given.email },
      locale: given.locale,
      success_url: given.successUrl,
      cancel_url: given.cancelUrl,
      url: `${options.origin()}/pay/${sessionId}`,
      metadata: given.metadata,
      intentMetadata: given.intentMetadata,
      title: given.title,
      created: seconds(),
      expires_at: seconds() + expiresAfterSeconds,
      livemode: false,
    });
  }

  /** Nobody can pay it any more. */
  function expireSession(sessionId: string): Session {
    const session = findSession(sessionId);
    if (session.status !== 'open') {
      throw new StripeRefusal(400, 'resource_missing', 'Only an open checkout can expire.');
    }
    const expired = put({ ...session, status: 'expired' as const, url: null });
    happened('checkout.session.expired', expired);
    return expired;
  }

  /** Puts a customer behind a payment, as other ways of paying do. */
  function giveCustomer(intentId: string, email: string): Customer {
    const customer = put<Customer>({ id: id('cus'), object: 'customer', email });
    put({ ...find('payment_intent', intentId), customer: customer.id });
    return customer;
  }

  function deleteCustomer(customerId: string): { readonly id: string; readonly deleted: true } {
    find('customer', customerId);
    things.delete(customerId);
    kept?.commit([[customerId, null]]);
    for (const intent of all('payment_intent')) {
      if (intent.customer === customerId) put({ ...intent, customer: null });
    }
    return { id: customerId, deleted: true };
  }

  /** The payment of a checkout: made at the first try, and the same at the next. */
  function intentOf(session: Session): Intent {
    if (session.payment_intent !== null) return find('payment_intent', session.payment_intent);
    const intent = put<Intent>({
      id: id('pi'),
      object: 'payment_intent',
      amount: session.amount_total,
      amount_received: 0,
      currency: session.currency,
      status: 'requires_payment_method',
      latest_charge: null,
      customer: null,
      metadata: session.intentMetadata,
      created: seconds(),
      livemode: false,
    });
    put({ ...session, payment_intent: intent.id });
    happened('payment_intent.created', intent);
    return intent;
  }

  function charge(intent: Intent, email: string | null, status: Charge['status']): Charge {
    const chargeId = id('ch');
    return put({
      id: chargeId,
      object: 'charge',
      payment_intent: intent.id,
      amount: intent.amount,
      amount_refunded: 0,
      currency: intent.currency,
      status,
      paid: status === 'succeeded',
      refunded: false,
      disputed: false,
      billing_details: { email },
      receipt_url: status === 'succeeded' ? `${options.origin()}/receipts/${chargeId}` : null,
      created: seconds(),
      livemode: false,
    });
  }

  function complete(session: Session, intent: Intent, paid: boolean): void {
    const done = put({
      ...findSession(session.id),
      status: 'complete' as const,
      payment_status: paid ? ('paid' as const) : ('unpaid' as const),
      payment_intent: intent.id,
      customer_details: { email: session.customer_email },
      url: null,
    });
    happened('checkout.session.completed', done);
  }

  /** What one try of a person brings: `paid`, `declined`, `bank` (its page comes next) or `later`. */
  function pay(sessionId: string, way: PaymentWay): 'paid' | 'declined' | 'bank' | 'later' {
    const session = findSession(sessionId);
    if (session.status !== 'open') {
      throw new StripeRefusal(400, 'checkout_session_not_open', 'This checkout is over.');
    }
    const intent = intentOf(session);
    if (way === 'is-declined') return decline(session, intent);
    if (way === 'asks-the-bank') {
      happened('payment_intent.requires_action', put({ ...intent, status: 'requires_action' }));
      return 'bank';
    }
    if (way === 'pays') {
      succeed(intent, session.customer_email);
      complete(session, intent, true);
      return 'paid';
    }
    const pending = charge(intent, session.customer_email, 'pending');
    const processing = put({ ...intent, status: 'processing' as const, latest_charge: pending.id });
    happened('payment_intent.processing', processing);
    complete(session, processing, false);
    return 'later';
  }

  function decline(session: Session, intent: Intent): 'declined' {
    const failed = charge(intent, session.customer_email, 'failed');
    happened('charge.failed', failed);
    happened(
      'payment_intent.payment_failed',
      put({ ...intent, status: 'requires_payment_method', latest_charge: failed.id }),
    );
    return 'declined';
  }

  function succeed(intent: Intent, email: string | null): Intent {
    const before = intent.latest_charge === null ? undefined : find('charge', intent.latest_charge);
    const paid =
      before?.status === 'pending'
        ? put({
            ...before,
            status: 'succeeded' as const,
            paid: true,
            receipt_url: `${options.origin()}/receipts/${before.id}`,
          })
        : charge(intent, email, 'succeeded');
    happened('charge.succeeded', paid);
    const done = put({
      ...intent,
      status: 'succeeded' as const,
      amount_received: intent.amount,
      latest_charge: paid.id,
    });
    happened('payment_intent.succeeded', done);
    return done;
  }

  /** The bank's answer to `asks-the-bank`. */
  function answerOfBank(sessionId: string, confirmed: boolean): 'paid' | 'declined' {
    const session = findSession(sessionId);
    const intent = intentOf(session);
    if (session.status !== 'open' || intent.status !== 'requires_action') {
      throw new StripeRefusal(400, 'payment_intent_unexpected_state', 'Nobody waits for the bank here.');
    }
    if (!confirmed) return decline(session, intent);
    succeed(intent, session.customer_email);
    complete(session, intent, true);
    return 'paid';
  }

  /** Money that was on its way comes, or does not. False when it is on its way no more. */
  function settle(intentId: string, comes: boolean): boolean {
    const intent = find('payment_intent', intentId);
    if (intent.status !== 'processing') return false;
    const session = all('checkout.session').find((one) => one.payment_intent === intentId);
    if (comes) {
      succeed(intent, session?.customer_email ?? null);
      if (session !== undefined) {
        happened('checkout.session.async_payment_succeeded', put({ ...session, payment_status: 'paid' }));
      }
      return true;
    }
    if (intent.latest_charge !== null) {
      happened('charge.failed', put({ ...find('charge', intent.latest_charge), status: 'failed' }));
    }
    happened('payment_intent.payment_failed', put({ ...intent, status: 'requires_payment_method' }));
    if (session !== undefined) happened('checkout.session.async_payment_failed', session);
    return true;
  }

  function paidCharge(intentId: string): Charge {
    const { latest_charge: chargeId, status } = find('payment_intent', intentId);
    if (chargeId === null || status !== 'succeeded') {
      throw new StripeRefusal(400, 'payment_intent_unexpected_state', 'This payment has not succeeded.');
    }
    return find('charge', chargeId);
  }

  function refund(intentId: string, amount?: number): StoredRefund {
    const paid = paidCharge(intentId);
    const left = paid.amount - paid.amount_refunded;
    if (left === 0) throw new StripeRefusal(400, 'charge_already_refunded', 'Nothing is left of it.');
    if (paid.disputed) throw new StripeRefusal(400, 'charge_disputed', 'It is disputed.');
    if (amount !== undefined && (amount < 1 || amount > left)) {
      throw new StripeRefusal(400, 'amount_too_large', 'More than what is left.', 'amount');
    }
    const refunded = paid.amount_refunded + (amount ?? left);
    const stored = put<StoredRefund>({
      id: id('re'),
      object: 'refund',
      payment_intent: intentId,
      charge: paid.id,
      amount: amount ?? left,
      currency: paid.currency,
      status: 'succeeded',
      created: seconds(),
    });
    const after = put({ ...paid, amount_refunded: refunded, refunded: refunded === paid.amount });
    happened('refund.created', stored);
    happened('charge.refunded', after);
    return stored;
  }

  /** A bank sends a refund back. */
  function failRefund(refundId: string): void {
    const stored = find('refund', refundId);
    if (stored.status === 'failed') return;
    const failed = put({ ...stored, status: 'failed' as const });
    const paid = find('charge', stored.charge);
    put({ ...paid, amount_refunded: paid.amount_refunded - stored.amount, refunded: false });
    happened('refund.failed', failed);
  }

  /** `inquiry`: the bank only asks. */
  function dispute(intentId: string, inquiry = false): StoredDispute {
    const paid = paidCharge(intentId);
    const stored = put<StoredDispute>({
      id: id('du'),
      object: 'dispute',
      payment_intent: intentId,
      charge: paid.id,
      amount: paid.amount,
      currency: paid.currency,
      status: inquiry ? 'warning_needs_response' : 'needs_response',
      reason: 'fraudulent',
      created: seconds(),
    });
    if (!inquiry) put({ ...paid, disputed: true });
    happened('charge.dispute.created', stored);
    return stored;
  }

  function closeDispute(disputeId: string, status: 'won' | 'lost' | 'warning_closed'): void {
    happened('charge.dispute.closed', put({ ...find('dispute', disputeId), status }));
  }

  function updateIntent(intentId: string, metadata: Metadata): Intent {
    const intent = find('payment_intent', intentId);
    return put({ ...intent, metadata: { ...intent.metadata, ...metadata } });
  }

  /** Makes no event, and nothing when it is there. */
  function seed(given: SeededPayment): void {
    if (things.has(given.id)) return;
    const intent: Intent = {
      id: given.id,
      object: 'payment_intent',
      amount: given.amount,
      amount_received: given.amount,
      currency: given.currency,
      status: 'succeeded',
      latest_charge: null,
      customer: null,
      metadata: given.metadata,
      created: seconds(),
      livemode: false,
    };
    put({ ...intent, latest_charge: charge(intent, null, 'succeeded').id });
  }

  return {
    all,
    find,
    findSession,
    openSession,
    expireSession,
    giveCustomer,
    deleteCustomer,
    pay,
    answerOfBank,
    settle,
    refund,
    failRefund,
    dispute,
    closeDispute,
    updateIntent,
    seed,
  };
}
