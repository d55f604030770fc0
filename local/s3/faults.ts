/**
 * Misfortune on order, for tests: answers that fail, arrive late, arrive cut off or never arrive, and hooks at
 * the moments when a process can be killed. Applies to requests that were authenticated and admitted, so that
 * a fault is never used up by something else. Must not change what the storage holds.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { S3Operation } from './operations.ts';

/**
 * What the client meets instead of its answer:
 * - a status and a code: the request is refused and not applied
 * - `reset`: the connection is reset and nothing is applied
 * - `apply-then-reset`: applied, but the answer is lost
 * - `truncate`: applied, and the connection is reset after half of the answer's body
 */
export type FaultAnswer =
  | { readonly status: number; readonly code: string }
  | 'reset'
  | 'apply-then-reset'
  | 'truncate';

/** One fault, met by the next requests that fit it. */
export interface Fault {
  readonly operation: S3Operation;
  /**
   * Default: any key. Within DeleteObjects a key makes that one key fail with the code (it has no other
   * answer), and a fault without key meets the whole request.
   */
  readonly key?: string;
  /** How many requests meet it. Default: 1 */
  readonly times?: number;
  /** Default: the answer comes as usual, only later. */
  readonly answer?: FaultAnswer;
  /** Real milliseconds before anything happens: for time-outs of clients. Default: 0 */
  readonly delayMs?: number;
}

/** Runs at a moment of a request; the request waits for it. */
export type Hook = (operation: S3Operation, key: string) => void | Promise<void>;

/** Faults of one server. */
export interface Faults {
  /** Adds a fault behind those that wait already; the first one that fits is met. */
  next(fault: Fault): void;
  /** Runs when a request was admitted and nothing of it is applied. Returns what removes the hook. */
  before(hook: Hook): () => void;
  /**
   * Runs when a request was applied, or refused by what is stored (a missing key), observed and announced, and no
   * byte of its answer has left.
   */
  after(hook: Hook): () => void;
  /** How many more times a fault will be met: 0 proves that each one was. */
  pending(): number;
  /** Removes all faults and hooks. */
  clear(): void;
  /** For the server: the fault that this request meets. */
  take(operation: S3Operation, key: string): Fault | undefined;
  /** For the server: the code with which one key of a batch fails. */
  takeForKey(operation: S3Operation, key: string): string | undefined;
  /** For the server: delays, then runs the hooks of `before`. */
  reach(operation: S3Operation, key: string, fault: Fault | undefined): Promise<void>;
  /** For the server: runs the hooks of `after`. */
  leave(operation: S3Operation, key: string): Promise<void>;
}

/** No faults, until some are added. */
export function createFaults(): Faults {
  let waiting: { readonly fault: Fault; left: number }[] = [];
  const befores = new Set<Hook>();
  const afters = new Set<Hook>();
  const add = (hooks: Set<Hook>, hook: Hook): (() => void) => {
    hooks.add(hook);
    return () => void hooks.delete(hook);
  };
  const take = (operation: S3Operation, key: string): Fault | undefined => {
    const found = waiting.find(
      ({ fault }) => fault.operation === operation && (fault.key === undefined || fault.key === key),
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    waiting = waiting.filter(({ left }) => left > 0);
    return found.fault;
  };
  return {
    next: (fault) => void waiting.push({ fault, left: fault.times ?? 1 }),
    before: (hook) => add(befores, hook),
    after: (hook) => add(afters, hook),
    pending: () => waiting.reduce((sum, { left }) => sum + left, 0),
    clear: () => {
      waiting = [];
      befores.clear();
      afters.clear();
    },
    take,
    takeForKey: (operation, key) => {
      const ofThisKey = waiting.some(({ fault }) => fault.operation === operation && fault.key === key);
      const answer = ofThisKey ? take(operation, key)?.answer : undefined;
      return typeof answer === 'object' ? answer.code : undefined;
    },
    reach: async (operation, key, fault) => {
      if (fault?.delayMs !== undefined) await wait(fault.delayMs, undefined, { ref: false });
      for (const hook of befores) await hook(operation, key);
    },
    leave: async (operation, key) => {
      for (const hook of afters) await hook(operation, key);
    },
  };
}
