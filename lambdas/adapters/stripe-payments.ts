/**
 * Payments through Stripe Checkout. What leaves: the plan, its price, the address for the receipt, and the account's
 * random id, by which an event finds its way back. Cards and names are typed into Stripe's page and never come here.
 * Answers are read as what they are worth to us; nothing else of them is kept.
 */
import { Stripe } from 'stripe';
import { z } from 'zod';
import {
  PaymentProviderError,
  type CheckoutOrder,
  type Checkouts,
  type OpenedCheckout,
  type PaymentProvider,
} from '../../core/payment-ports.ts';
import type { Payment } from '../../core/payment.ts';

export interface StripeCheckoutOptions {
  /** Tells our payments from others of the same Stripe account. */
  readonly productId: string;
  readonly productName: string;
  /** Where the person comes back to. */
  readonly successUrl: string;
  readonly cancelUrl: string;
  /** Whether Stripe works out the tax that is in the price (it then asks for a country). */
  readonly automaticTax: boolean;
}

/** What our checkouts write, and nobody else does. */
const ourMetadata = z.object({
  product: z.string(),
  account: z.string().min(1),
  plan: z.string().min(1),
  scans: z.coerce.number().int().positive(),
  noted: z.literal('yes').optional(),
});

/** Disputes that are only a bank's question, or never took money. */
const inquiry: ReadonlySet<string> = new Set([
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'prevented',
]);

const mostOfOne = 1000;

/** Checkouts over Stripe's library. */
export function createStripeCheckouts(stripe: Stripe, options: StripeCheckoutOptions): Checkouts {
  return {
    open: (order) => asking(() => openCheckout(stripe, options, order)),
    find: (checkoutId) => asking(() => findCheckout(stripe, options.productId, checkoutId)),
  };
}

/** Stripe's books over its library; `productId` tells our payments from others of the same Stripe account. */
export function createStripePayments(stripe: Stripe, productId: string): PaymentProvider {
  async function stateOf(intent: Stripe.PaymentIntent): Promise<Payment | 'not-ours'> {
    if (intent.metadata['product'] !== productId) return 'not-ours';
    const { account, plan, scans, noted } = ourMetadata.parse(intent.metadata);
    const paid = intent.status === 'succeeded';
    const of = { payment_intent: intent.id, limit: 100 };
    const [refunds, disputes] = paid
      ? await Promise.all([
          stripe.refunds.list(of).autoPagingToArray({ limit: mostOfOne }),
          stripe.disputes.list(of).autoPagingToArray({ limit: mostOfOne }),
        ])
      : [[], []];
    return {
      paymentIntentId: intent.id,
      accountId: account,
      planId: plan,
      scans,
      paid,
      amount: paid ? intent.amount_received : intent.amount,
      currency: intent.currency.toUpperCase(),
      paidAt: 1000 * (chargeOf(intent)?.created ?? intent.created),
      refunds: refunds.map(({ amount, created }) => ({ amount, at: created * 1000 })),
      disputes: disputes
        .filter(({ status }) => !inquiry.has(status))
        .map(({ created }) => ({ at: created * 1000 })),
      noted: noted === 'yes',
    };
  }

  return {
    find: (paymentIntentId) =>
      asking(async () => {
        const intent = await retrieve(stripe, paymentIntentId);
        return intent === undefined ? undefined : stateOf(intent);
      }),
    async *list() {
      let after: string | undefined;
      do {
        const from = after;
        const page = await asking(() =>
          stripe.paymentIntents.list({
            limit: 100,
            expand: ['data.latest_charge'],
            ...(from === undefined ? {} : { starting_after: from }),
          }),
        );
        for (const intent of page.data) {
          const payment = await asking(() => stateOf(intent));
          if (payment !== 'not-ours') yield payment;
        }
        after = page.has_more ? page.data.at(-1)?.id : undefined;
      } while (after !== undefined);
    },
    note: (paymentIntentId) =>
      asking(async () => {
        await stripe.paymentIntents.update(paymentIntentId, { metadata: { noted: 'yes' } });
      }),
    refund: (paymentIntentId) =>
      asking(async () => {
        await stripe.refunds.create(
          { payment_intent: paymentIntentId },
          { idempotencyKey: `account-erased-${paymentIntentId}` },
        );
      }),
    receipt: (paymentIntentId) =>
      asking(async () => {
        const intent = await retrieve(stripe, paymentIntentId);
        return (intent === undefined ? undefined : chargeOf(intent)?.receipt_url) ?? undefined;
      }),
  };
}

async function openCheckout(
  stripe: Stripe,
  { productId, productName, successUrl, cancelUrl, automaticTax }: StripeCheckoutOptions,
  order: CheckoutOrder,
): ReturnType<Checkouts['open']> {
  const metadata = {
    product: productId,
    account: order.accountId,
    plan: order.planId,
    scans: String(order.scans),
  };
  try {
    const session = await stripe.checkout.sessions.create(
      {
        mode: 'payment',
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: order.currency.toLowerCase(),
              unit_amount: order.amount,
              product_data: { name: `${productName}: ${order.title}` },
              ...(automaticTax ? { tax_behavior: 'inclusive' as const } : {}),
            },
          },
        ],
        ...(automaticTax ? { automatic_tax: { enabled: true } } : {}),
        ...(order.email === undefined ? {} : { customer_email: order.email }),
        locale: order.language === 'de' ? 'de' : 'en',
        success_url: namingTheCheckout(successUrl),
        cancel_url: cancelUrl,
        metadata,
        // Refunds and disputes know the payment and not the checkout.
        payment_intent_data: { metadata },
      },
      { idempotencyKey: order.idempotencyKey },
    );
    if (session.url === null) throw new Error('a hosted checkout has an address');
    return { url: session.url };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeIdempotencyError) return 'key-reused';
    throw error;
  }
}

/** Stripe puts the checkout's id there, as its text and not as part of a query that somebody encodes. */
function namingTheCheckout(successUrl: string): string {
  return `${successUrl}${successUrl.includes('?') ? '&' : '?'}id={CHECKOUT_SESSION_ID}`;
}

async function findCheckout(
  stripe: Stripe,
  productId: string,
  checkoutId: string,
): ReturnType<Checkouts['find']> {
  const session = await unlessMissing(
    stripe.checkout.sessions.retrieve(checkoutId, { expand: ['payment_intent'] }),
  );
  const { product, account } = session?.metadata ?? {};
  if (session === undefined || product !== productId || account === undefined) return undefined;
  const { payment_intent: payment } = session;
  const intent = payment === null || typeof payment === 'string' ? undefined : payment;
  return {
    accountId: account,
    state: stateOfCheckout(session, intent),
    ...(intent === undefined ? {} : { paymentIntentId: intent.id }),
  };
}

function stateOfCheckout(
  { status, payment_status: paymentStatus }: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent | undefined,
): OpenedCheckout['state'] {
  if (status === 'expired') return 'expired';
  if (status !== 'complete') return 'open';
  if (paymentStatus !== 'unpaid') return 'paid';
  const hasFailed = intent?.status === 'requires_payment_method' || intent?.status === 'canceled';
  return hasFailed ? 'failed' : 'pending';
}

function retrieve(stripe: Stripe, id: string): Promise<Stripe.PaymentIntent | undefined> {
  return unlessMissing(stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }));
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing') {
      return undefined;
    }
    throw error;
  }
}

/** The charge that made the payment; only there when it was asked for with it. */
function chargeOf({ latest_charge: charge }: Stripe.PaymentIntent): Stripe.Charge | undefined {
  return charge === null || typeof charge === 'string' ? undefined : charge;
}

/** What Stripe's library throws, as ours: its messages quote what was sent. */
async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) throw new PaymentProviderError(error);
    throw error;
  }
}
