/**
 * The payment provider's events. One tells us that it is time to ask; what it says is not believed. What could not be
 * handled is set aside where whoever is on call sees it, and asked for again: an event is never lost.
 */
import { createHash } from 'node:crypto';
import { applyPayment } from '../../../core/apply-payment.ts';
import { OnceoverError } from '../../../core/errors.ts';
import type { PaymentEvent } from '../../../core/payment-ports.ts';
import type { ApiPorts } from '../ports.ts';

type EventPorts = Pick<
  ApiPorts,
  'payments' | 'paymentEvents' | 'purchases' | 'parkedEvents' | 'erasures' | 'pacing' | 'clock' | 'log'
>;

/** A type that stands for what is no event that we understand. */
const unreadableType = 'unreadable';

/**
 * Resolves when the event needs no second delivery. Throws `signature-refused`, `busy`, and whatever went wrong, which
 * the provider meets as an answer that makes it try again.
 */
export async function takePaymentEvent(
  ports: EventPorts,
  body: string,
  signature: string | undefined,
): Promise<void> {
  const event = await ports.paymentEvents.open(body, signature, ports.clock.now());
  if (event === 'refused') throw new OnceoverError('signature-refused');
  if (event === 'unreadable') {
    // The provider's own, so nothing may be lost; again it would be as unreadable. The books are compared daily.
    await park(ports, hashOf(body), unreadableType);
    return;
  }
  if (event.paymentIntentId === undefined) return;
  await handle(ports, event, event.paymentIntentId);
}

async function handle(
  ports: EventPorts,
  { eventId, type }: PaymentEvent,
  paymentIntentId: string,
): Promise<void> {
  const eventHash = hashOf(eventId);
  let payment;
  try {
    payment = await applyPayment(ports, paymentIntentId);
  } catch (error) {
    await park(ports, eventHash, type, error);
    throw new OnceoverError('internal', { cause: error });
  }
  ports.log.info('payment-event-handled', { payment });
  if (payment === 'busy') {
    await park(ports, eventHash, type);
    throw new OnceoverError('busy', { retryAfterSeconds: 1 });
  }
  await ports.parkedEvents.release(eventHash);
}

/** Sets an event aside; where even that fails, the provider's next try is what keeps it. */
async function park(ports: EventPorts, eventHash: string, type: string, cause?: unknown): Promise<void> {
  ports.log.error('payment-event-parked', cause);
  try {
    await ports.parkedEvents.park(eventHash, type, ports.clock.now());
  } catch (error) {
    throw new OnceoverError('internal', { cause: error });
  }
}

/** Ids of events are long and random: whoever has one finds its hash, and nobody finds it from the hash. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
