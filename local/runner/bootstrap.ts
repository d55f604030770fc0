/**
 * The first code in a function environment: loads the bundle, calls its handler once per message, answers.
 * Plays the part of Lambda's Node.js runtime. It must not know the embedded cloud, and the process must
 * not outlive the runner.
 */
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { isToEnvironment, type FromEnvironment, type FunctionError, type ToEnvironment } from './protocol.ts';
import { installShiftedDate } from './shifted-date.ts';

type Handler = (event: unknown, context: object) => unknown;

/** A failure that Lambda's runtime itself finds, with the name it gives it. */
class RuntimeError extends Error {
  constructor(name: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
  }
}

/** Blocking writes: the last line before a crash must reach the log. */
function blockingStream(fd: 1 | 2): Writable {
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
      done();
    },
  });
}

Object.defineProperty(process, 'stdout', { value: blockingStream(1), configurable: true });
Object.defineProperty(process, 'stderr', { value: blockingStream(2), configurable: true });

const channel = process.send?.bind(process);
if (channel === undefined) throw new Error('this file is started by the runner, with an IPC channel');
const send = (message: FromEnvironment): void => {
  channel(message);
};
// Lambda's processes have no channel that a function could write to.
delete process.send;
process.on('disconnect', () => process.exit());

const setShift = installShiftedDate(0);
let handler: Handler | undefined;

async function load(entry: string, name: string): Promise<Handler> {
  let module: unknown;
  try {
    module = await import(entry);
  } catch (cause) {
    throw new RuntimeError('Runtime.ImportModuleError', `cannot load the function: ${String(cause)}`, cause);
  }
  const found: unknown = Object.entries(module ?? {}).find(([key]) => key === name)?.[1];
  if (typeof found !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `the function exports no "${name}"`);
  }
  if (found.length > 2) {
    throw new RuntimeError('Runtime.CallbackHandlerDeprecated', 'Node.js 24 takes async handlers only');
  }
  return (event, context): unknown => Reflect.apply(found, undefined, [event, context]);
}

function contextOf(requestId: string, remainingMs: number): object {
  const name = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
  const deadline = performance.now() + remainingMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${process.env['AWS_REGION']}:000000000000:function:${name}`,
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    awsRequestId: requestId,
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
  };
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

async function invoke(call: Handler, message: Extract<ToEnvironment, { type: 'invoke' }>): Promise<void> {
  const { requestId } = message;
  try {
    const context = contextOf(requestId, message.remainingMs);
    const result = await call(JSON.parse(message.eventJson), context);
    send({ type: 'result', requestId, payloadJson: JSON.stringify(result ?? null) ?? 'null' });
  } catch (thrown) {
    const error = describe(thrown);
    // Lambda's runtime prints what a handler throws, so whatever is in a message is in the log (ONE-6).
    console.error(`${new Date().toISOString()}\t${requestId}\tERROR\tInvoke Error\t${JSON.stringify(error)}`);
    send({ type: 'failure', requestId, error });
  }
}

async function receive(message: ToEnvironment): Promise<void> {
  if (message.type !== 'shift') setShift(message.shiftMs);
  switch (message.type) {
    case 'shift':
      setShift(message.shiftMs);
      return;
    case 'init':
      try {
        handler = await load(message.entry, message.handler);
        send({ type: 'ready' });
      } catch (thrown) {
        const error = describe(thrown);
        console.error(`${new Date().toISOString()}\tundefined\tERROR\tInit Error\t${JSON.stringify(error)}`);
        send({ type: 'init-failed', error });
      }
      return;
    case 'invoke':
      if (handler === undefined) throw new Error('invoked before it was ready');
      await invoke(handler, message);
      return;
    default:
      message satisfies never;
  }
}

process.on('message', (message) => {
  // What it rejects with ends the process: a bug of the runner's own.
  if (isToEnvironment(message)) void receive(message);
});
