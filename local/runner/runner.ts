/**
 * Runs functions as Lambda would: bundles in child processes, invoked synchronously or through a queue
 * with retries, within reserved concurrency and timeouts. `bin/local.ts` and the tests start one; nothing
 * here knows what a function does.
 *
 * Enforced: emptied variables, one invocation at a time per process, reserved concurrency, timeout and
 * start limit in real time, 6 MB payloads, JavaScript heap, async retries, event age, virtual `Date`.
 * Not enforced: native memory, CPU share, network and file system isolation, freezing between invocations
 * (a promise left behind goes on running here; on Lambda it stops), back-off of throttled events.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundleModule } from '../../lib/bundle.ts';
import type { FunctionDefinition, FunctionName } from '../../lib/functions.ts';
import type { VirtualClock } from '../clock.ts';
import type { KeptMap } from '../data/kept-map.ts';
import {
  createEventQueue,
  type Delivery,
  type EventQueue,
  type KeptEvent,
  type QueueEvent,
} from './event-queue.ts';
import { maxPayloadBytes } from './environment.ts';
import { createFunctionPool, type FunctionPool, type PoolEvent } from './function-pool.ts';
import type { InvocationErrorKind, InvocationResult } from './protocol.ts';

export type RunnerEvent =
  | PoolEvent
  | QueueEvent
  | { readonly type: 'invocation-throttled'; readonly functionName: FunctionName };

export interface RunnerFunction {
  readonly definition: FunctionDefinition;
  /** Folder of the bundle, as `bundleFunction` made it. */
  readonly dir: string;
  /** Variables of the function: region, credentials, endpoints, settings. Nothing else reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds that this function's clock is wrong by. Default: 0. */
  readonly skewMs?: number;
}

export interface RunnerOptions {
  readonly clock: VirtualClock;
  readonly functions: readonly RunnerFunction[];
  /** Takes each line that a function writes to stdout or stderr, the last ones before a crash included. */
  readonly log: (functionName: FunctionName, line: string) => void;
  /** Takes what happens to environments, invocations and events; never an event's content. Default: nothing. */
  readonly observe?: (event: RunnerEvent) => void;
  /** Told of each event given up: its age or its attempts ran out. Default: nothing. */
  readonly onDropped?: (event: Extract<RunnerEvent, { type: 'event-dropped' }>) => void;
  /** Asynchronous events outlive the process there. Default: they live in memory. */
  readonly kept?: KeptMap<KeptEvent>;
}

export interface Runner {
  /** Invokes and waits. Never rejects for what the function does; throws a RangeError for an unknown name. */
  invoke(name: FunctionName, event: unknown): Promise<InvocationResult>;
  /**
   * Queues an event; `attempted` resolves when its first attempt ended, or at once when none starts now,
   * and never rejects. Throws a RangeError for an unknown name or an event over 1 MB.
   */
  invokeAsync(
    name: FunctionName,
    event: unknown,
  ): { readonly requestId: string; readonly attempted: Promise<void> };
  /** What happens to the next events of a function, one entry an event; later ones arrive normally. */
  planDeliveries(name: FunctionName, ...deliveries: readonly Delivery[]): void;
  /** Takes back the deliveries that no event met; answers how many those were. */
  unplanDeliveries(name: FunctionName): number;
  /** Events given up so far. */
  dropped(name: FunctionName): number;
  /** SIGKILLs a function's processes; resolves with how many were at work, when all are gone. */
  kill(name: FunctionName): Promise<number>;
  /** Invocations of a function under way. */
  busy(name: FunctionName): number;
  /** Resolves when no invocation runs and no event is due. Retries that lie ahead are not waited for. */
  idle(): Promise<void>;
  /** Ends every process and forgets every event. Invocations that run end as crashes. */
  close(): Promise<void>;
}

/** Lambda's limit for an asynchronous event. */
const maxAsyncEventBytes = 1024 * 1024;

interface Running {
  readonly pool: FunctionPool;
  readonly queue: EventQueue;
  readonly deliveries: Delivery[];
  dropped: number;
}

/** Prepares the bootstrap; functions start with their first invocation. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const bootstrap = await bundleBootstrap();
  const running = new Map<FunctionName, Running>();
  const idleWaiters: (() => void)[] = [];
  let active = 0;

  /** Counts an attempt as running, then lets waiting events in and tells whoever waits for idleness. */
  async function counted(run: Running, requestId: string, eventJson: string): Promise<InvocationResult> {
    active += 1;
    try {
      return await run.pool.invoke(requestId, eventJson);
    } finally {
      run.queue.drain();
      active -= 1;
      // Later: what follows from this result (a retry is planned) happens before anyone is told.
      setImmediate(tellIdle);
    }
  }

  function tellIdle(): void {
    if (active === 0) for (const resolve of idleWaiters.splice(0)) resolve();
  }

  function add(fn: RunnerFunction): void {
    const { definition } = fn;
    const observe = (event: RunnerEvent): void => {
      if (event.type === 'event-dropped') {
        run.dropped += 1;
        options.onDropped?.(event);
      }
      options.observe?.(event);
    };
    const pool = createFunctionPool({
      definition,
      dir: fn.dir,
      variables: fn.environment,
      bootstrap,
      shiftMs: () => options.clock.offset() + (fn.skewMs ?? 0),
      log: (line) => options.log(definition.name, line),
      observe,
    });
    const queue = createEventQueue({
      definition,
      clock: options.clock,
      pool,
      attempt: (requestId, eventJson) => counted(run, requestId, eventJson),
      observe,
      ...(options.kept === undefined ? {} : { kept: options.kept }),
    });
    const run: Running = { pool, queue, deliveries: [], dropped: 0 };
    running.set(definition.name, run);
    queue.resume();
  }

  function find(name: FunctionName): Running {
    const run = running.get(name);
    if (run === undefined) {
      throw new RangeError(`no function "${name}" here, only: ${[...running.keys()].join(', ')}`);
    }
    return run;
  }

  for (const fn of options.functions) add(fn);
  const stopShifting = options.clock.onShift(() => {
    for (const run of running.values()) run.pool.shift();
  });

  return {
    async invoke(name, event) {
      const run = find(name);
      const eventJson = toJson(event);
      if (Buffer.byteLength(eventJson) > maxPayloadBytes) {
        return refused('too-large', 'RequestEntityTooLargeException', 'the event is over 6 MB');
      }
      if (!run.pool.hasRoom()) {
        options.observe?.({ type: 'invocation-throttled', functionName: name });
        return refused('throttled', 'TooManyRequestsException', 'Rate Exceeded.');
      }
      return await counted(run, randomUUID(), eventJson);
    },
    invokeAsync(name, event) {
      const run = find(name);
      const eventJson = toJson(event);
      if (Buffer.byteLength(eventJson) > maxAsyncEventBytes) {
        throw new RangeError('an asynchronous event may have 1 MB');
      }
      const requestId = randomUUID();
      return {
        requestId,
        attempted: run.queue.accept(requestId, eventJson, run.deliveries.shift() ?? 'normal'),
      };
    },
    planDeliveries: (name, ...deliveries) => void find(name).deliveries.push(...deliveries),
    unplanDeliveries: (name) => find(name).deliveries.splice(0).length,
    dropped: (name) => find(name).dropped,
    kill: (name) => find(name).pool.kill(),
    busy: (name) => find(name).pool.busy(),
    async idle() {
      if (active === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      idleWaiters.push(resolve);
      await promise;
    },
    async close() {
      stopShifting();
      for (const run of running.values()) run.queue.close();
      await Promise.all([...running.values()].map((run) => run.pool.close()));
    },
  };
}

/** JavaScript once, not TypeScript at every start: stripping types costs a process 60 ms. */
async function bundleBootstrap(): Promise<string> {
  const source = fileURLToPath(new URL('bootstrap.ts', import.meta.url));
  const outDir = fileURLToPath(new URL('../../.build/runner', import.meta.url));
  return (await bundleModule(source, outDir)).entry;
}

function toJson(event: unknown): string {
  // JSON.stringify answers undefined for a function or undefined, whatever its type says.
  const json: string | undefined = JSON.stringify(event ?? null);
  if (json === undefined) throw new TypeError('an event must be JSON');
  return json;
}

function refused(kind: InvocationErrorKind, errorType: string, errorMessage: string): InvocationResult {
  return { error: { kind, errorType, errorMessage } };
}
