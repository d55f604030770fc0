/** A function that does what its event says; the runner's tests look at what comes of it. */
import type { Context } from 'aws-lambda';

export type ProbeEvent =
  | { readonly do: 'echo'; readonly value?: unknown }
  | { readonly do: 'look' }
  | { readonly do: 'write'; readonly lines: number; readonly exit?: boolean }
  | { readonly do: 'exit' | 'hang' | 'throw' | 'reject-later' }
  | { readonly do: 'answer'; readonly bytes: number }
  | { readonly do: 'wait-for'; readonly url: string };

let invocations = 0;

export async function handler(event: ProbeEvent, context: Context): Promise<unknown> {
  invocations += 1;
  console.log(`${event.do} begins`);
  switch (event.do) {
    case 'echo':
      return event.value;
    case 'look':
      return look(context);
    case 'write':
      for (let line = 1; line <= event.lines; line += 1) console.log(`line ${line} ${'x'.repeat(1000)}`);
      console.error('last words');
      if (event.exit === true) process.exit(3);
      return null;
    case 'exit':
      return process.exit(3);
    case 'hang':
      for (;;);
    case 'throw':
      throw new TypeError('as asked');
    case 'reject-later':
      queueMicrotask(() => {
        throw new Error('nobody owns this');
      });
      return await new Promise(() => {});
    case 'answer':
      return 'x'.repeat(event.bytes);
    case 'wait-for': {
      const before = Date.now();
      await fetch(event.url);
      // The answer and the shift come on two ways; the shift may be the later one by moments.
      for (let tries = 0; tries < 500 && Date.now() - before < 60_000; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return Date.now() - before;
    }
    default:
      event satisfies never;
      return null;
  }
}

export type Look = Awaited<ReturnType<typeof look>>;

function look(context: Context) {
  return {
    pid: process.pid,
    invocations,
    variables: process.env,
    cwd: process.cwd(),
    canSend: process.send !== undefined,
    now: Date.now(),
    constructed: new Date().getTime(),
    called: Date(),
    sameClass: new Date().constructor === Date && new Date() instanceof Date,
    parsed: new Date('2026-01-02T03:04:05Z').getTime(),
    requestId: context.awsRequestId,
    functionName: context.functionName,
    remainingMs: context.getRemainingTimeInMillis(),
  };
}
