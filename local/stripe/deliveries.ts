/**
 * Sends the stand-in's events to the API, signed as Stripe signs them: over the bytes, with the moment. What is not
 * taken is sent again, later and later, by the virtual clock. On request events come several times and out of order.
 * Must not look into what it sends.
 */
import { createHmac } from 'node:crypto';
import type { VirtualClock } from '../clock.ts';
import type { StripeEvent } from './books.ts';

/** How events travel. */
export interface DeliveryMode {
  /** How many more times each is sent. Default: 0 */
  readonly duplicates: number;
  /** Each is sent at a random moment within so many milliseconds. Default: 0, in order */
  readonly disorderMs: number;
  /** Whether nothing is sent by itself. Default: false */
  readonly hold: boolean;
}

export interface Deliveries {
  readonly mode: DeliveryMode;
  set(mode: Partial<DeliveryMode>): void;
  /** Every event so far, oldest first. */
  readonly events: () => readonly StripeEvent[];
  readonly enqueue: (event: StripeEvent) => void;
  /** Sends one once, now, and answers the status; undefined: there was no answer. */
  send(event: StripeEvent): Promise<number | undefined>;
  /** Resolves when nothing is on its way. Retries that wait for their time are not. */
  idle(): Promise<void>;
  close(): void;
}

/** Stripe tries for three days. */
const retryAfterMs = [5_000, 60_000, 300_000, 3_600_000, 3 * 3_600_000, 12 * 3_600_000, 24 * 3_600_000];
const answerWithinMs = 20_000;
const mostKept = 10_000;

/** The header of a body that is signed now. */
export function signatureOf(body: string, secret: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

export function createDeliveries(options: {
  readonly clock: Pick<VirtualClock, 'now' | 'setTimer'>;
  readonly secret: string;
  readonly target: () => string;
  /** From 0 to 1. Default: any */
  readonly random?: () => number;
}): Deliveries {
  const { clock, secret, random = Math.random } = options;
  const events: StripeEvent[] = [];
  const underWay = new Set<Promise<unknown>>();
  const cancels = new Set<() => void>();
  let mode: DeliveryMode = { duplicates: 0, disorderMs: 0, hold: false };
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  async function send(event: StripeEvent): Promise<number | undefined> {
    const body = JSON.stringify(event, undefined, 2);
    try {
      const { status } = await fetch(options.target(), {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signatureOf(body, secret, clock.now()),
        },
        body,
        signal: AbortSignal.timeout(answerWithinMs),
      });
      return status;
    } catch {
      return undefined;
    }
  }

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
    return work;
  }

  function later(ms: number, work: () => Promise<void>): void {
    const cancel = clock.setTimer(clock.now() + ms, () => {
      cancels.delete(cancel);
      return track(work());
    });
    cancels.add(cancel);
  }

  async function attempt(event: StripeEvent, tries: number): Promise<void> {
    const status = await send(event);
    const wait = retryAfterMs[tries];
    if (closed || (status !== undefined && status < 300) || wait === undefined) return;
    later(wait, () => attempt(event, tries + 1));
  }

  return {
    get mode() {
      return mode;
    },
    set(changes) {
      mode = { ...mode, ...changes };
    },
    events: () => events,
    enqueue(event) {
      events.push(event);
      if (events.length > mostKept) events.shift();
      if (mode.hold) return;
      for (let copy = 0; copy <= mode.duplicates; copy += 1) {
        if (mode.disorderMs > 0) later(random() * mode.disorderMs, () => attempt(event, 0));
        else last = track(last.then(() => attempt(event, 0)));
      }
    },
    send,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
    close() {
      closed = true;
      for (const cancel of cancels) cancel();
    },
  };
}
