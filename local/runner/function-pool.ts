/**
 * The environments of one function: reused while warm, started when needed, never more than its reserved
 * concurrency. It knows nothing of queues and retries.
 */
import type { FunctionName } from '../../lib/functions.ts';
import { startEnvironment, type Environment, type EnvironmentOptions } from './environment.ts';
import type { InvocationResult } from './protocol.ts';

export interface PoolOptions extends EnvironmentOptions {
  readonly observe: (event: PoolEvent) => void;
}

export type PoolEvent =
  | {
      readonly type: 'environment-started';
      readonly functionName: FunctionName;
      readonly environmentId: string;
    }
  | { readonly type: 'environment-gone'; readonly functionName: FunctionName; readonly environmentId: string }
  | {
      readonly type: 'invocation-ended';
      readonly functionName: FunctionName;
      readonly requestId: string;
      readonly environmentId: string;
      /** The environment was started for this invocation; its start is part of the duration. */
      readonly cold: boolean;
      readonly durationMs: number;
      readonly outcome: 'ok' | 'function' | 'timeout' | 'crash' | 'throttled' | 'too-large';
    };

export interface FunctionPool {
  /** False when every environment that the reserved concurrency allows is busy. */
  hasRoom(): boolean;
  /** Runs one invocation; call only with room. Never rejects. */
  invoke(requestId: string, eventJson: string): Promise<InvocationResult>;
  shift(): void;
  /** SIGKILLs every environment, busy or warm; resolves with how many were busy when all are gone. */
  kill(): Promise<number>;
  /** Invocations under way. */
  readonly busy: () => number;
  /** Kills, and has no room from then on. */
  close(): Promise<void>;
}

export function createFunctionPool(options: PoolOptions): FunctionPool {
  const { name, reservedConcurrency } = options.definition;
  const all = new Set<Environment>();
  /** Warm and free; the last used first, as on Lambda, so that the others could be let go. */
  const free: Environment[] = [];
  /** Killed, and not gone yet: whoever comes in between must not be handed to one of them. */
  const dying = new Set<Environment>();
  let closed = false;

  function start(): Environment {
    const environment = startEnvironment(options);
    all.add(environment);
    options.observe({ type: 'environment-started', functionName: name, environmentId: environment.id });
    void forgetWhenGone(environment);
    return environment;
  }

  async function forgetWhenGone(environment: Environment): Promise<void> {
    await environment.gone;
    options.observe({ type: 'environment-gone', functionName: name, environmentId: environment.id });
    all.delete(environment);
    dying.delete(environment);
    const index = free.indexOf(environment);
    if (index !== -1) free.splice(index, 1);
  }

  const busy = (): number => all.size - free.length - dying.size;

  async function kill(): Promise<number> {
    const struck = busy();
    free.length = 0;
    for (const environment of all) dying.add(environment);
    await Promise.all([...all].map((environment) => environment.kill()));
    return struck;
  }

  return {
    hasRoom: () => !closed && (free.length > 0 || all.size < reservedConcurrency),
    async invoke(requestId, eventJson) {
      const startedAt = performance.now();
      const warm = free.pop();
      const environment = warm ?? start();
      const result = await environment.invoke(requestId, eventJson);
      // A process that is gone was forgotten before its invocation ended.
      if (all.has(environment) && !dying.has(environment)) free.push(environment);
      options.observe({
        type: 'invocation-ended',
        functionName: name,
        requestId,
        environmentId: environment.id,
        cold: warm === undefined,
        durationMs: performance.now() - startedAt,
        outcome: 'error' in result ? result.error.kind : 'ok',
      });
      return result;
    },
    shift() {
      for (const environment of all) environment.shift();
    },
    kill,
    busy,
    async close() {
      closed = true;
      await kill();
    },
  };
}
