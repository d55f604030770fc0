/**
 * The queue of asynchronous invocations of one function, on the virtual clock: retries, maximum event age,
 * throttling, and the faults that a test asks for. Deliveries of one event share a request id, as Lambda's
 * do. It lives in memory; with a kept map, every event and its attempts outlive the process, and an attempt that
 * the process did not survive counts as a crash of the function.
 *
 * Not as on Lambda: a throttled event starts as soon as an environment is free, first come first served,
 * where Lambda backs off for 1 s to 5 min.
 */
import { randomUUID } from 'node:crypto';
import type { FunctionDefinition, FunctionName } from '../../lib/functions.ts';
import type { VirtualClock } from '../clock.ts';
import type { KeptMap } from '../data/kept-map.ts';
import type { FunctionPool } from './function-pool.ts';
import type { InvocationResult } from './protocol.ts';

/**
 * What happens to one event on its way: nothing, it never arrives, it arrives twice at once, or later. A
 * delay is the sender's: the event's age counts from its arrival.
 */
export type Delivery = 'normal' | 'lost' | 'duplicated' | { readonly delayMs: number };

export type DropReason = 'too-old' | 'retries-exhausted';

export type QueueEvent =
  | {
      readonly type: 'event-lost' | 'event-throttled';
      readonly functionName: FunctionName;
      readonly requestId: string;
    }
  | {
      readonly type: 'event-retry';
      readonly functionName: FunctionName;
      readonly requestId: string;
      /** Virtual moment of the next attempt. */
      readonly atMs: number;
    }
  | {
      readonly type: 'event-dropped';
      readonly functionName: FunctionName;
      readonly requestId: string;
      readonly reason: DropReason;
      readonly ageMs: number;
    };

export interface EventQueue {
  /** Takes an event; resolves when its first attempt ended, or at once when none starts now. Never rejects. */
  accept(requestId: string, eventJson: string, delivery: Delivery): Promise<void>;
  /** Starts what waits for room, as far as there is room. Call when an environment became free. */
  drain(): void;
  /** Goes on with what an earlier process kept. Call once. */
  resume(): void;
  /** Cancels every timer and forgets what waits; what is kept stays kept. */
  close(): void;
}

export interface EventQueueOptions {
  readonly definition: FunctionDefinition;
  readonly clock: VirtualClock;
  readonly pool: FunctionPool;
  /** Runs an attempt; the runner counts it as running. */
  readonly attempt: (requestId: string, eventJson: string) => Promise<InvocationResult>;
  readonly observe: (event: QueueEvent) => void;
  /** Shared by the queues of all functions. Default: events are lost with the process. */
  readonly kept?: KeptMap<KeptEvent>;
}

interface QueuedEvent {
  /** Its own: the deliveries of one event share a request id. */
  readonly id: string;
  readonly requestId: string;
  readonly eventJson: string;
  readonly arrivedAtMs: number;
  failures: number;
}

/** What an event is about to do: an attempt at a moment, an attempt when there is room, or an attempt that runs. */
type Phase =
  | { readonly phase: 'due'; readonly atMs: number }
  | { readonly phase: 'waiting' }
  | { readonly phase: 'running'; readonly startedAtMs: number };

/** An event as it is kept, under its id. Moments are virtual. */
export type KeptEvent = Readonly<Omit<QueuedEvent, 'id'>> & { readonly functionName: FunctionName } & Phase;

/** Lambda waits a minute before the first retry and two before the second. */
const retryDelayMs = 60_000;

export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { definition, clock, pool, observe } = options;
  const functionName = definition.name;
  const waiting: { readonly event: QueuedEvent; readonly cancelExpiry: () => void }[] = [];
  const cancels = new Set<() => void>();
  let closed = false;

  function at(atMs: number, fire: () => void | Promise<void>): () => void {
    const stop = clock.setTimer(atMs, () => {
      cancels.delete(cancel);
      return fire();
    });
    const cancel = (): void => {
      cancels.delete(cancel);
      stop();
    };
    cancels.add(cancel);
    return cancel;
  }

  function keep({ id, ...event }: QueuedEvent, phase: Phase): void {
    if (!closed) options.kept?.commit([[id, { functionName, ...event, ...phase }]]);
  }

  function forget({ id }: QueuedEvent): void {
    if (options.kept?.get(id) !== undefined) options.kept.commit([[id, null]]);
  }

  function drop(event: QueuedEvent, reason: DropReason): void {
    forget(event);
    const ageMs = clock.now() - event.arrivedAtMs;
    observe({ type: 'event-dropped', functionName, requestId: event.requestId, reason, ageMs });
  }

  async function deliver(event: QueuedEvent): Promise<void> {
    if (clock.now() - event.arrivedAtMs >= definition.maximumEventAgeMs) drop(event, 'too-old');
    else if (pool.hasRoom()) await attempt(event);
    else wait(event);
  }

  function wait(event: QueuedEvent): void {
    keep(event, { phase: 'waiting' });
    observe({ type: 'event-throttled', functionName, requestId: event.requestId });
    const cancelExpiry = at(event.arrivedAtMs + definition.maximumEventAgeMs, () => {
      waiting.splice(waiting.indexOf(entry), 1);
      drop(event, 'too-old');
    });
    const entry = { event, cancelExpiry };
    waiting.push(entry);
  }

  async function attempt(event: QueuedEvent): Promise<void> {
    keep(event, { phase: 'running', startedAtMs: clock.now() });
    const result = await options.attempt(event.requestId, event.eventJson);
    if ('payload' in result) forget(event);
    else if (!closed) fail(event, clock.now());
  }

  function fail(event: QueuedEvent, atMs: number): void {
    event.failures += 1;
    if (event.failures > definition.asyncRetries) drop(event, 'retries-exhausted');
    else retryAt(event, atMs + retryDelayMs * event.failures);
  }

  function retryAt(event: QueuedEvent, atMs: number): void {
    keep(event, { phase: 'due', atMs });
    observe({ type: 'event-retry', functionName, requestId: event.requestId, atMs });
    at(atMs, () => deliver(event));
  }

  function resume(): void {
    for (const [id, kept] of options.kept?.entries() ?? []) {
      if (kept.functionName !== functionName) continue;
      const { requestId, eventJson, arrivedAtMs, failures } = kept;
      const event = { id, requestId, eventJson, arrivedAtMs, failures };
      if (kept.phase === 'running') fail(event, kept.startedAtMs);
      else at(kept.phase === 'due' ? kept.atMs : clock.now(), () => deliver(event));
    }
  }

  return {
    resume,
    async accept(requestId, eventJson, delivery) {
      if (closed) return;
      const eventAt = (arrivedAtMs: number): QueuedEvent => ({
        id: randomUUID(),
        requestId,
        eventJson,
        arrivedAtMs,
        failures: 0,
      });
      const arrive = (): Promise<void> => deliver(eventAt(clock.now()));
      if (delivery === 'lost') observe({ type: 'event-lost', functionName, requestId });
      else if (delivery === 'duplicated') await Promise.all([arrive(), arrive()]);
      else if (delivery === 'normal') await arrive();
      else {
        const atMs = clock.now() + delivery.delayMs;
        const event = eventAt(atMs);
        keep(event, { phase: 'due', atMs });
        at(atMs, () => deliver(event));
      }
    },
    drain() {
      while (pool.hasRoom()) {
        const next = waiting.shift();
        if (next === undefined) return;
        next.cancelExpiry();
        // Owned by the runner, which counts every attempt as running until it ended.
        void attempt(next.event);
      }
    },
    close() {
      closed = true;
      waiting.length = 0;
      for (const cancel of cancels) cancel();
    },
  };
}
