/**
 * What runner and function environment say to each other, and how an invocation can end. Hardly more than
 * types: the bootstrap runs inside the function's process and must not pull the runner's code in.
 */

/** Runner to environment. Events and results travel as JSON text, as on Lambda. */
export type ToEnvironment =
  | {
      readonly type: 'init';
      /** URL of the bundled ES module. */
      readonly entry: string;
      readonly handler: string;
      /** Milliseconds to add to this process's clock. */
      readonly shiftMs: number;
    }
  | { readonly type: 'shift'; readonly shiftMs: number }
  | {
      readonly type: 'invoke';
      readonly requestId: string;
      readonly eventJson: string;
      readonly remainingMs: number;
      readonly shiftMs: number;
    };

/** Environment to runner. */
export type FromEnvironment =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failed'; readonly error: FunctionError }
  | { readonly type: 'result'; readonly requestId: string; readonly payloadJson: string }
  | { readonly type: 'failure'; readonly requestId: string; readonly error: FunctionError };

const toTypes: ReadonlySet<unknown> = new Set(['init', 'shift', 'invoke'] satisfies ToEnvironment['type'][]);
const fromTypes: ReadonlySet<unknown> = new Set([
  'ready',
  'init-failed',
  'result',
  'failure',
] satisfies FromEnvironment['type'][]);

/** Tells by its type only: both ends of the channel are built from the types above. */
export function isToEnvironment(message: unknown): message is ToEnvironment {
  return isTyped(message) && toTypes.has(message.type);
}

/** Tells by its type only: both ends of the channel are built from the types above. */
export function isFromEnvironment(message: unknown): message is FromEnvironment {
  return isTyped(message) && fromTypes.has(message.type);
}

function isTyped(message: unknown): message is { readonly type: unknown } {
  return typeof message === 'object' && message !== null && 'type' in message;
}

/** An error as Lambda reports it to the caller. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/**
 * - `function`: the handler threw, could not be loaded, or answered with over 6 MB
 * - `timeout`: killed at the function's timeout
 * - `crash`: the process ended before it answered
 * - `throttled`: no environment free and none allowed (the function did not run)
 * - `too-large`: an event over 6 MB (the function did not run)
 */
export type InvocationErrorKind = 'function' | 'timeout' | 'crash' | 'throttled' | 'too-large';

export interface InvocationError extends FunctionError {
  readonly kind: InvocationErrorKind;
}

/** `payload` is what the handler returned, through JSON; null when it returned nothing. */
export type InvocationResult = { readonly payload: unknown } | { readonly error: InvocationError };
