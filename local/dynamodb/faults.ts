/**
 * Trouble on request, for tests: the next matching requests are refused, delayed or lose their answer. It must
 * not touch the store: it says what shall happen, the server does it.
 */
import type { Answer, JsonObject, Operation } from './protocol.ts';
import { cancelled, refusal } from './protocol.ts';

/**
 * What happens to a request:
 * - `transaction-conflict`: refused, not applied, as when another transaction holds the item
 * - `throttle`: refused, not applied, ProvisionedThroughputExceededException
 * - `internal-error`: refused with status 500, not applied
 * - `reset`: the connection is reset, not applied
 * - `apply-then-drop`: run as usual, then the connection is closed without an answer, success or refusal
 * - `delayMs`: waits so many real milliseconds before it is run as usual
 */
export type Effect =
  | 'transaction-conflict'
  | 'throttle'
  | 'internal-error'
  | 'reset'
  | 'apply-then-drop'
  | { readonly delayMs: number };

/** Which requests are hit, how often and by what. */
export interface Fault {
  readonly operation: Operation;
  /** Logical table name; a transaction matches when any of its actions names it. Default: any table. */
  readonly table?: string;
  /** Further condition on the request as sent. Default: none. */
  readonly where?: (body: JsonObject) => boolean;
  /** How many requests are hit. Default: 1. */
  readonly times?: number;
  readonly effect: Effect;
}

/** Runs after an operation was applied and before it is answered; the store is free while it runs. */
type AfterHook = (operation: Operation, body: JsonObject) => void | Promise<void>;

/** A test's handle on what goes wrong. */
export interface Faults {
  /** Arms a fault; of several that match, the one armed first is used up first. */
  next(fault: Fault): void;
  /** Adds a hook; the function that comes back takes it away. */
  after(hook: AfterHook): () => void;
  /** Armed faults that were not used up, for a test to check that there are none. */
  pending(): readonly Fault[];
  /** Disarms everything and takes all hooks away. */
  clear(): void;
}

/** The server's side of it. */
export interface ArmedFaults extends Faults {
  /** The fault that hits this request, if any; counts as one use. `tables` are the logical names it touches. */
  take(operation: Operation, tables: readonly string[], body: JsonObject): Fault | undefined;
  /** Runs the hooks, one after the other. */
  applied: AfterHook;
}

const conflicting: readonly Operation[] = [
  'DeleteItem',
  'PutItem',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
];

/** Creates a set without any fault. A fault that could never happen is refused when armed. */
export function createFaults(tableNames: readonly string[]): ArmedFaults {
  const armed: { fault: Fault; left: number }[] = [];
  const hooks = new Set<AfterHook>();
  return {
    next: (fault) => {
      const { operation, table, times = 1, effect } = fault;
      if (table !== undefined && !tableNames.includes(table))
        throw new TypeError(`Fault on table "${table}": there is none, only ${tableNames.join(', ')}`);
      if (effect === 'transaction-conflict' && !conflicting.includes(operation))
        throw new TypeError(`Fault on ${operation}: DynamoDB answers no transaction conflict there`);
      if (!Number.isInteger(times) || times < 1)
        throw new TypeError(`Fault on ${operation}: times is ${times}, give a whole number from 1`);
      armed.push({ fault, left: times });
    },
    after: (hook) => {
      hooks.add(hook);
      return () => void hooks.delete(hook);
    },
    pending: () => armed.map(({ fault }) => fault),
    clear: () => {
      armed.length = 0;
      hooks.clear();
    },
    take: (operation, tables, body) => {
      const at = armed.findIndex(({ fault }) => matches(fault, operation, tables, body));
      const hit = armed[at];
      if (hit === undefined) return undefined;
      hit.left -= 1;
      if (hit.left === 0) armed.splice(at, 1);
      return hit.fault;
    },
    applied: async (operation, body) => {
      for (const hook of hooks) await hook(operation, body);
    },
  };
}

function matches(fault: Fault, operation: Operation, tables: readonly string[], body: JsonObject): boolean {
  if (fault.operation !== operation) return false;
  if (fault.table !== undefined && !tables.includes(fault.table)) return false;
  return fault.where === undefined || fault.where(body);
}

/**
 * The answer of a transaction conflict. `tables` are those of a transaction's actions in order: the first
 * action on the fault's table met the conflict.
 */
export function conflictAnswer(fault: Fault, tables: readonly string[]): Answer {
  const message = 'Transaction is ongoing for the item';
  if (!fault.operation.startsWith('Transact')) return refusal('TransactionConflictException', message);
  const hit = fault.table === undefined ? 0 : tables.indexOf(fault.table);
  return cancelled(
    tables.map((_, at) =>
      at === hit ? { Code: 'TransactionConflict', Message: message } : { Code: 'None' },
    ),
  );
}
