/**
 * Stripe's events, once they are known to be Stripe's: signed over the very bytes that came, within the replay window.
 * Of an event only its id, its type and the payment that it is about are read; what it says of that payment may be old.
 */
import { Stripe } from 'stripe';
import { z } from 'zod';
import type { EventVerifier, PaymentEvent } from '../../core/payment-ports.ts';

/** Stripe signs each delivery anew, so an older signature is a replay. */
const replayWindowSeconds = 300;

const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish();
const eventShape = z.object({
  id: z.string().min(1).max(255),
  object: z.literal('event'),
  type: z.string().regex(/^[a-z0-9_.]{1,100}$/),
  data: z.object({
    object: z.object({ id: z.string().optional(), object: z.string(), payment_intent: reference }),
  }),
});

/** Objects that belong to a payment; an event about any other is not for us. */
const aboutPayments: ReadonlySet<string> = new Set(['checkout.session', 'charge', 'dispute', 'refund']);

/** `secrets`: the endpoint's signing secret, or two of them while it is being replaced. */
export function createStripeEvents(stripe: Stripe, secrets: readonly string[]): EventVerifier {
  const signing = signingOf(stripe);

  async function isSigned(body: string, signature: string, now: number): Promise<boolean> {
    for (const secret of secrets) {
      try {
        await signing.verifyHeaderAsync(body, signature, secret, replayWindowSeconds, undefined, now);
        return true;
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
      }
    }
    return false;
  }

  return {
    async open(body, signature, now) {
      if (signature === undefined || isFromTheFuture(signature, now)) return 'refused';
      if (!(await isSigned(body, signature, now))) return 'refused';
      return readEvent(body) ?? 'unreadable';
    },
  };
}

function signingOf({ webhooks }: Stripe): NonNullable<Stripe['webhooks']['signature']> {
  if (webhooks.signature === null) throw new Error('the library was built without signatures');
  return webhooks.signature;
}

/** The library looks for old signatures alone. */
function isFromTheFuture(signature: string, now: number): boolean {
  const seconds = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature)?.[1] ?? Number.NaN);
  return !(seconds <= now / 1000 + replayWindowSeconds);
}

function readEvent(body: string): PaymentEvent | undefined {
  const parsed = eventShape.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  const { id: eventId, type, data } = parsed.data;
  const { object, id, payment_intent: intent } = data.object;
  const paymentIntentId =
    object === 'payment_intent' ? id : aboutPayments.has(object) ? (intent ?? undefined) : undefined;
  return { eventId, type, ...(paymentIntentId === undefined ? {} : { paymentIntentId }) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
