/**
 * One function environment: a child process that loads the bundle once and takes one invocation at a time.
 * It knows nothing of concurrency, retries or virtual time beyond the shift it passes on.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { FunctionDefinition } from '../../lib/functions.ts';
import {
  isFromEnvironment,
  type FromEnvironment,
  type InvocationError,
  type InvocationResult,
  type ToEnvironment,
} from './protocol.ts';
import { environmentVariables } from './variables.ts';

export interface EnvironmentOptions {
  readonly definition: FunctionDefinition;
  /** Folder of the bundle: holds `index.mjs`, and is the working directory. */
  readonly dir: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The bundled bootstrap. */
  readonly bootstrap: string;
  /** Milliseconds to add to the process's clock, asked at every message. */
  readonly shiftMs: () => number;
  readonly log: (line: string) => void;
}

export interface Environment {
  readonly id: string;
  /** Runs one invocation; the first waits for the start. Never rejects. The caller sees to one at a time. */
  invoke(requestId: string, eventJson: string): Promise<InvocationResult>;
  /** Passes on that the clock was advanced, for an invocation that is running. */
  shift(): void;
  /** SIGKILL; resolves when the process is gone and its last lines are logged. */
  kill(): Promise<void>;
  /** Resolves when the process is gone, for whatever reason. */
  readonly gone: Promise<void>;
}

/** Lambda's limit for a synchronous event and for any answer. */
export const maxPayloadBytes = 6 * 1024 * 1024;

/** Lambda allows ten seconds to load a function before the function's own time counts. */
const initLimitMs = 10_000;

/** Starts a process. A failed start shows as the error of the first invocation. */
export function startEnvironment(options: EnvironmentOptions): Environment {
  const { definition } = options;
  const id = randomUUID();
  const child = forkFunction(options, id);
  const drained = Promise.all([logLines(child.stdout, options.log), logLines(child.stderr, options.log)]);
  const exited = exitOf(child);
  /** The one answer that is waited for: takes a message, or the reason why none will come. */
  let waiting: { take(message: FromEnvironment): void; end(reason: string): void } | undefined;
  let ended: string | undefined;

  child.on('message', (message) => {
    if (isFromEnvironment(message)) waiting?.take(message);
  });
  async function end(): Promise<void> {
    const reason = await exited;
    await drained;
    ended = reason;
    waiting?.end(reason);
  }
  const gone = end();

  const send = (message: ToEnvironment): void => {
    // A process that is gone shows as a crash of its invocation; the lost message needs no second report.
    if (child.connected) child.send(message, () => {});
  };

  async function answerTo<T>(
    requestId: string,
    limitMs: number,
    read: (message: FromEnvironment) => T | undefined,
  ): Promise<T | Failed> {
    const { promise, resolve } = Promise.withResolvers<T | Failed>();
    if (ended !== undefined) return { error: crashed(requestId, ended) };
    let overtime = false;
    const timer = setTimeout(() => {
      overtime = true;
      child.kill('SIGKILL');
    }, limitMs);
    waiting = {
      take(message) {
        const answer = read(message);
        if (answer === undefined) return;
        waiting = undefined;
        // Lines written before the answer are readable by now: let this turn of the loop read them first.
        setImmediate(resolve, answer);
      },
      end(reason) {
        waiting = undefined;
        resolve({ error: overtime ? timedOut(requestId, limitMs) : crashed(requestId, reason) });
      },
    };
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  const started = answerTo('undefined', initLimitMs + definition.timeoutMs, startOf);
  const entry = pathToFileURL(join(options.dir, 'index.mjs')).href;
  send({ type: 'init', entry, handler: definition.handler, shiftMs: options.shiftMs() });
  return {
    id,
    gone,
    async invoke(requestId, eventJson) {
      const start = await started;
      if ('error' in start) {
        // Lambda keeps no environment whose function did not load.
        child.kill('SIGKILL');
        await gone;
        return start;
      }
      const remainingMs = definition.timeoutMs;
      const answer = answerTo(requestId, remainingMs, (message) => resultOf(message, requestId));
      send({ type: 'invoke', requestId, eventJson, remainingMs, shiftMs: options.shiftMs() });
      return await answer;
    },
    shift: () => send({ type: 'shift', shiftMs: options.shiftMs() }),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

interface Failed {
  readonly error: InvocationError;
}

function forkFunction(options: EnvironmentOptions, id: string): ChildProcess {
  const { definition, dir } = options;
  return fork(options.bootstrap, [], {
    cwd: dir,
    env: environmentVariables(definition, dir, id, options.variables),
    // The heap's limit follows the memory setting, as on Lambda; memory of native code is not limited here.
    execArgv: ['--enable-source-maps', `--max-old-space-size=${Math.floor(definition.memoryMb * 0.9)}`],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Resolves with how the process ended, also when it could not be started. */
async function exitOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('exit', (code, signal) =>
    resolve(signal === null ? `exit status ${code}` : `signal: ${signal}`),
  );
  child.once('error', (error) => resolve(error.message));
  return await promise;
}

/** Hands over each line, and what stands after the last line break when the stream ends. */
async function logLines(stream: Readable | null, log: (line: string) => void): Promise<void> {
  if (stream === null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', log).once('close', resolve);
  await promise;
}

function startOf(message: FromEnvironment): Failed | { readonly ready: true } | undefined {
  if (message.type === 'ready') return { ready: true };
  if (message.type === 'init-failed') return { error: { kind: 'function', ...message.error } };
  return undefined;
}

function resultOf(message: FromEnvironment, requestId: string): InvocationResult | undefined {
  if (message.type === 'failure' && message.requestId === requestId) {
    return { error: { kind: 'function', ...message.error } };
  }
  if (message.type === 'result' && message.requestId === requestId) {
    if (Buffer.byteLength(message.payloadJson) > maxPayloadBytes) return { error: tooLargeAnswer };
    const payload: unknown = JSON.parse(message.payloadJson);
    return { payload };
  }
  return undefined;
}

const tooLargeAnswer: InvocationError = {
  kind: 'function',
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: 'the answer is over 6 MB',
};

function timedOut(requestId: string, limitMs: number): InvocationError {
  const seconds = (limitMs / 1000).toFixed(2);
  return {
    kind: 'timeout',
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

function crashed(requestId: string, reason: string): InvocationError {
  return {
    kind: 'crash',
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`,
  };
}
