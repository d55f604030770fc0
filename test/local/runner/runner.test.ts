import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Look } from './functions/probe.ts';
import { given, probe, type Harness } from './harness.ts';

async function look({ invoke }: Harness): Promise<Look> {
  const result = await invoke({ do: 'look' });
  if (!('payload' in result) || !isLook(result.payload)) throw new Error(JSON.stringify(result));
  return result.payload;
}

/** Tells by one field only: the probe's own return type, through JSON. */
function isLook(payload: unknown): payload is Look {
  return typeof payload === 'object' && payload !== null && 'pid' in payload;
}

describe('an environment', () => {
  test('is reused while it is warm', async () => {
    const harness = await given();
    const first = await look(harness);
    const second = await look(harness);
    expect(second.pid).toBe(first.pid);
    expect([first.invocations, second.invocations]).toEqual([1, 2]);
    expect(harness.seen('invocation-ended').map((event) => event.cold)).toEqual([true, false]);
  });

  test("holds Lambda's variables and the function's own, and nothing of the parent's", async () => {
    process.env['SECRET_OF_PARENT'] = 'do not pass on';
    onTestFinished(() => void delete process.env['SECRET_OF_PARENT']);
    const harness = await given({ environment: { AWS_REGION: 'ap-south-1', TABLE: 'scans' } });
    const { variables, cwd } = await look(harness);
    expect(Object.keys(variables).sort()).toEqual([
      'AWS_DEFAULT_REGION',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION',
      'HOME',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'PATH',
      'TABLE',
      'TZ',
      '_HANDLER',
    ]);
    expect(variables['PATH']).not.toBe(process.env['PATH']);
    expect(variables).toMatchObject({
      AWS_REGION: 'ap-south-1',
      AWS_DEFAULT_REGION: 'ap-south-1',
      HOME: cwd,
    });
  });

  test('gets a context of its own for each invocation', async () => {
    const harness = await given();
    const [first, second] = [await look(harness), await look(harness)];
    expect(first.functionName).toBe(probe);
    expect(first.requestId).not.toBe(second.requestId);
    expect(first.remainingMs).toBeGreaterThan(0);
    expect(first.remainingMs).toBeLessThanOrEqual(10_000);
    expect(first.canSend).toBe(false);
  });

  test('ends when the runner is gone, whatever it still had to do', async () => {
    const bootstrap = fileURLToPath(new URL('../../../local/runner/bootstrap.ts', import.meta.url));
    const work = 'data:text/javascript,setInterval(() => {}, 1000)';
    const child = fork(bootstrap, [], { execArgv: ['--import', work], serialization: 'advanced' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    await once(child, 'spawn');
    child.disconnect();
    expect(await exit).toEqual([0, null]);
  });
});

describe('virtual time', () => {
  test('is what the function sees in every form of Date', async () => {
    const harness = await given();
    await harness.clock.advance(3_600_000);
    const before = harness.clock.now();
    const seen = await look(harness);
    const after = harness.clock.now();
    for (const moment of [seen.now, seen.constructed]) {
      expect(moment).toBeGreaterThanOrEqual(before);
      expect(moment).toBeLessThanOrEqual(after);
    }
    expect(Math.abs(Date.parse(seen.called) - before)).toBeLessThan(5_000);
    expect(seen.sameClass).toBe(true);
    expect(seen.parsed).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
  });

  test('is wrong by the skew of the function', async () => {
    const harness = await given({ skewMs: -600_000 });
    const seen = await look(harness);
    expect(seen.now - harness.clock.now()).toBeLessThanOrEqual(-600_000);
    expect(seen.now - harness.clock.now()).toBeGreaterThan(-605_000);
  });

  test('moves on inside an invocation that is running', async () => {
    const harness = await given();
    const server = createServer((_request, response) => {
      void harness.clock.advance(900_000).then(() => response.end());
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const result = await harness.invoke({ do: 'wait-for', url: `http://127.0.0.1:${address.port}` });
    expect(result).toEqual({ payload: expect.any(Number) });
    expect('payload' in result && result.payload).toBeGreaterThanOrEqual(900_000);
  });
});

describe('an invocation', () => {
  test.for([undefined, null, 'text', 7, { deep: [1, { two: 'zwei ✓' }] }])(
    'answers %j through JSON',
    async (value) => {
      const { invoke } = await given();
      expect(await invoke({ do: 'echo', value })).toEqual({ payload: value ?? null });
    },
  );

  test('that throws is a function error, printed as Lambda prints it, and leaves the environment warm', async () => {
    const harness = await given();
    const result = await harness.invoke({ do: 'throw' });
    expect(result).toMatchObject({
      error: { kind: 'function', errorType: 'TypeError', errorMessage: 'as asked' },
    });
    expect(harness.lines.filter((line) => line.includes('Invoke Error'))).toHaveLength(1);
    expect((await look(harness)).invocations).toBe(2);
  });

  test('is killed at its timeout, and the next one starts afresh', async () => {
    const harness = await given({ definition: { timeoutMs: 2_000 } });
    const result = await harness.invoke({ do: 'hang' });
    expect(result).toMatchObject({ error: { kind: 'timeout', errorType: 'Sandbox.Timedout' } });
    expect(result).toHaveProperty(
      'error.errorMessage',
      expect.stringContaining('Task timed out after 2.00 seconds'),
    );
    expect(harness.lines).toContain('hang begins');
    expect((await look(harness)).invocations).toBe(1);
  });

  test.for(['exit', 'reject-later'] as const)('whose process ends (%s) is a crash', async (how) => {
    const harness = await given();
    const result = await harness.invoke({ do: how });
    expect(result).toMatchObject({ error: { kind: 'crash', errorType: 'Runtime.ExitError' } });
    expect((await look(harness)).invocations).toBe(1);
  });

  test('ends as a crash when a test kills the function', async () => {
    const harness = await given();
    const result = harness.invoke({ do: 'hang' });
    await harness.logged('hang begins');
    expect(await harness.runner.kill(probe)).toBe(1);
    expect(await result).toMatchObject({ error: { kind: 'crash' } });
    expect(harness.seen('environment-gone')).toHaveLength(1);
  });

  test('that comes while the warm processes are being killed starts afresh', async () => {
    const harness = await given({ definition: { reservedConcurrency: 2 } });
    const first = await look(harness);
    const killed = harness.runner.kill(probe);
    const next = await look(harness);
    expect(await killed).toBe(0);
    expect([next.invocations, next.pid === first.pid]).toEqual([1, false]);
  });

  test('runs beside others up to the reserved concurrency', async () => {
    const harness = await given({ definition: { reservedConcurrency: 2 } });
    const both = [harness.invoke({ do: 'hang' }), harness.invoke({ do: 'hang' })];
    await harness.logged('hang begins', 2);
    expect(await harness.invoke({ do: 'echo' })).toMatchObject({
      error: { kind: 'throttled', errorType: 'TooManyRequestsException' },
    });
    expect(await harness.runner.kill(probe)).toBe(2);
    await Promise.all(both);
    expect(await harness.invoke({ do: 'echo' })).toEqual({ payload: null });
  });

  test('rejects an event over 6 MB', async () => {
    const { invoke, events } = await given();
    const result = await invoke({ do: 'echo', value: 'x'.repeat(6 * 1024 * 1024) });
    expect(result).toMatchObject({ error: { kind: 'too-large' } });
    expect(events).toEqual([]);
  });

  test('rejects an answer over 6 MB', async () => {
    const { invoke } = await given();
    expect(await invoke({ do: 'answer', bytes: 6 * 1024 * 1024 })).toMatchObject({
      error: { kind: 'function', errorType: 'Function.ResponseSizeTooLarge' },
    });
    expect(await invoke({ do: 'answer', bytes: 5 * 1024 * 1024 })).toHaveProperty('payload');
  });

  test('rejects a name that the runner does not have', async () => {
    const { runner } = await given();
    await expect(runner.invoke('sweep', {})).rejects.toThrow(RangeError);
    expect(() => runner.invokeAsync('sweep', {})).toThrow(RangeError);
  });
});

describe('a function that cannot run', () => {
  test('rejects each invocation when its module does not load, and is tried anew', async () => {
    const { invoke, seen } = await given({ source: 'broken' });
    for (const _ of [1, 2]) {
      expect(await invoke({ do: 'echo' })).toMatchObject({
        error: { kind: 'function', errorType: 'Runtime.ImportModuleError' },
      });
    }
    expect(seen('environment-started')).toHaveLength(2);
  });

  test('rejects a handler that takes a callback, as Node.js 24 on Lambda does', async () => {
    const { invoke } = await given({ source: 'callback' });
    expect(await invoke({ do: 'echo' })).toMatchObject({
      error: { errorType: 'Runtime.CallbackHandlerDeprecated' },
    });
  });
});

describe('the lines of a function', () => {
  const written = Array.from({ length: 3000 }, (_, index) => `line ${index + 1} ${'x'.repeat(1000)}`);

  test('are all logged before its invocation ends', async () => {
    const { invoke, lines } = await given();
    await invoke({ do: 'write', lines: 3000 });
    expect(lines.filter((line) => line !== 'last words')).toEqual(['write begins', ...written]);
    expect(lines).toContain('last words');
  });

  test('are not lost when it crashes right after', async () => {
    const { invoke, lines } = await given();
    expect(await invoke({ do: 'write', lines: 3000, exit: true })).toMatchObject({
      error: { kind: 'crash' },
    });
    expect(lines.filter((line) => line !== 'last words')).toEqual(['write begins', ...written]);
    expect(lines).toContain('last words');
  });
});
