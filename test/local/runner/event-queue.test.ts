import { describe, expect, test } from 'vitest';
import { given, probe } from './harness.ts';

describe('an asynchronous event', () => {
  test('is tried again 60 s after a crash, under the same request id, and then given up', async () => {
    const { clock, runner, seen, logged } = await given();
    const { requestId, attempted } = runner.invokeAsync(probe, { do: 'hang' });
    await logged('hang begins');
    await runner.kill(probe);
    await attempted;
    await clock.advance(59_000);
    expect(seen('invocation-ended')).toHaveLength(1);

    const passing = clock.advance(2_000);
    await logged('hang begins', 2);
    await runner.kill(probe);
    await passing;
    expect(seen('invocation-ended').map((event) => [event.requestId, event.outcome])).toEqual([
      [requestId, 'crash'],
      [requestId, 'crash'],
    ]);
    expect(seen('event-dropped')).toMatchObject([{ requestId, reason: 'retries-exhausted' }]);
    expect(runner.dropped(probe)).toBe(1);
  });

  test('is tried a third time 120 s after the second failure', async () => {
    const { clock, runner, seen } = await given({
      definition: { asyncRetries: 2, maximumEventAgeMs: 600_000 },
    });
    await runner.invokeAsync(probe, { do: 'throw' }).attempted;
    await clock.advance(61_000);
    expect(seen('invocation-ended')).toHaveLength(2);
    await clock.advance(110_000);
    expect(seen('invocation-ended')).toHaveLength(2);
    await clock.advance(10_000);
    expect(seen('invocation-ended')).toHaveLength(3);
    expect(seen('event-dropped')).toMatchObject([{ reason: 'retries-exhausted' }]);
  });

  test('is dropped, not tried again, when the retry finds it too old', async () => {
    const { clock, runner, seen } = await given({ definition: { maximumEventAgeMs: 60_000 } });
    await runner.invokeAsync(probe, { do: 'throw' }).attempted;
    await clock.advance(120_000);
    expect(seen('invocation-ended')).toHaveLength(1);
    expect(seen('event-dropped')).toMatchObject([{ reason: 'too-old' }]);
  });

  test('that succeeds is delivered once', async () => {
    const { clock, runner, seen } = await given();
    await runner.invokeAsync(probe, { do: 'echo' }).attempted;
    await clock.advance(600_000);
    expect(seen('invocation-ended')).toHaveLength(1);
    expect(runner.dropped(probe)).toBe(0);
  });

  test('waits for a free environment when throttled', async () => {
    const { clock, runner, seen, logged } = await given();
    const busy = runner.invoke(probe, { do: 'hang' });
    await logged('hang begins');
    const { requestId, attempted } = runner.invokeAsync(probe, { do: 'echo' });
    await attempted;
    expect(seen('event-throttled')).toMatchObject([{ requestId }]);
    await runner.kill(probe);
    await busy;
    await runner.idle();
    await clock.advance(600_000);
    expect(runner.dropped(probe)).toBe(0);
    expect(seen('invocation-ended').map((event) => event.outcome)).toEqual(['crash', 'ok']);
  });

  test('is dropped when it was throttled for its whole life', async () => {
    const { clock, runner, seen, logged } = await given();
    void runner.invoke(probe, { do: 'hang' });
    await logged('hang begins');
    const { requestId } = runner.invokeAsync(probe, { do: 'echo' });
    await clock.advance(120_000);
    expect(seen('event-dropped')).toMatchObject([{ requestId, reason: 'too-old' }]);
    await runner.kill(probe);
    await runner.idle();
    expect(seen('invocation-ended').map((event) => event.outcome)).toEqual(['crash']);
  });

  test('rejects more than 1 MB', async () => {
    const { runner } = await given();
    expect(() => runner.invokeAsync(probe, { value: 'x'.repeat(1024 * 1024) })).toThrow(RangeError);
  });
});

describe('a planned delivery', () => {
  test('can lose the next event only', async () => {
    const { clock, runner, seen } = await given();
    runner.planDeliveries(probe, 'lost');
    const lost = runner.invokeAsync(probe, { do: 'echo' });
    const next = runner.invokeAsync(probe, { do: 'echo' });
    await next.attempted;
    await clock.advance(600_000);
    expect(seen('event-lost')).toMatchObject([{ requestId: lost.requestId }]);
    expect(seen('invocation-ended').map((event) => event.requestId)).toEqual([next.requestId]);
  });

  test('can deliver an event twice at once, under one request id', async () => {
    const { runner, seen } = await given({ definition: { reservedConcurrency: 2 } });
    runner.planDeliveries(probe, 'duplicated');
    const { requestId, attempted } = runner.invokeAsync(probe, { do: 'echo' });
    await attempted;
    const ended = seen('invocation-ended');
    expect(ended.map((event) => event.requestId)).toEqual([requestId, requestId]);
    expect(new Set(ended.map((event) => event.environmentId)).size).toBe(2);
  });

  test('can delay an event, whose age counts from its arrival', async () => {
    const { clock, runner, seen } = await given();
    runner.planDeliveries(probe, { delayMs: 150_000 });
    runner.invokeAsync(probe, { do: 'echo' });
    await clock.advance(149_000);
    expect(seen('invocation-ended')).toEqual([]);
    await clock.advance(2_000);
    expect(seen('invocation-ended')).toMatchObject([{ outcome: 'ok' }]);
  });
});

describe('idle', () => {
  test('waits for what runs and for what waits behind it, not for retries ahead', async () => {
    const { runner, seen } = await given();
    for (const what of ['echo', 'throw', 'echo']) runner.invokeAsync(probe, { do: what });
    await runner.idle();
    expect(seen('invocation-ended').map((event) => event.outcome)).toEqual(['ok', 'function', 'ok']);
    expect(seen('event-retry')).toHaveLength(1);
  });

  test('close ends what runs and starts nothing more', async () => {
    const { clock, runner, seen, logged } = await given();
    const running = runner.invokeAsync(probe, { do: 'hang' });
    await logged('hang begins');
    runner.invokeAsync(probe, { do: 'echo' });
    await runner.close();
    await running.attempted;
    await runner.invokeAsync(probe, { do: 'echo' }).attempted;
    await clock.advance(600_000);
    expect(await runner.invoke(probe, { do: 'echo' })).toMatchObject({ error: { kind: 'throttled' } });
    expect(seen('environment-started')).toHaveLength(1);
    expect(seen('environment-gone')).toHaveLength(1);
  });
});
