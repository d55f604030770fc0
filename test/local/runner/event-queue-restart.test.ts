import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openKeptMap } from '../../../local/data/kept-map.ts';
import type { KeptEvent } from '../../../local/runner/event-queue.ts';
import { givenFolder } from '../data/given.ts';
import { given, probe, type HarnessOptions } from './harness.ts';

/**
 * Runners one after the other on one file. The earlier ones are left alone: like a process that was killed, they
 * close nothing, and nobody looks at them any more. Virtual time goes on where the last one had it.
 */
function givenFile() {
  const path = join(givenFolder(), 'events.log');
  let startOffset = 0;
  return async (options: HarnessOptions = {}, passedMs = 0) => {
    const kept = openKeptMap<KeptEvent>(path, { rewriteAfterMs: 2 ** 30 });
    const harness = await given({ ...options, kept, startOffset: startOffset + passedMs });
    const { clock } = harness;
    return {
      ...harness,
      kept,
      /** What was true on disk when the process died stays true for the next one. */
      die: () => void (startOffset = clock.offset()),
    };
  };
}

describe('an event that outlives its process', () => {
  test('is tried again when it is due, with the attempts that it had', async () => {
    const start = givenFile();
    const first = await start();
    const { requestId, attempted } = first.runner.invokeAsync(probe, { do: 'throw' });
    await attempted;
    first.die();

    const second = await start({}, 15_000);
    await second.clock.advance(15_000);
    expect(second.seen('invocation-ended')).toEqual([]);
    await second.clock.advance(30_000);
    expect(second.seen('invocation-ended')).toMatchObject([{ requestId, outcome: 'function' }]);
    expect(second.seen('event-dropped')).toMatchObject([{ requestId, reason: 'retries-exhausted' }]);
    expect(second.kept.entries()).toEqual([]);
  });

  test('counts an attempt that was running as a crash, a minute before the next one', async () => {
    const start = givenFile();
    const first = await start();
    const { requestId } = first.runner.invokeAsync(probe, { do: 'hang' });
    await first.logged('hang begins');
    first.die();

    const second = await start();
    expect(second.seen('event-retry')).toMatchObject([{ requestId }]);
    await second.clock.advance(30_000);
    expect(second.seen('invocation-ended')).toEqual([]);
    const passing = second.clock.advance(30_000);
    await second.logged('hang begins');
    second.die();

    const third = await start();
    expect(third.seen('event-dropped')).toMatchObject([{ requestId, reason: 'retries-exhausted' }]);
    expect(third.kept.entries()).toEqual([]);
    await second.runner.kill(probe);
    await passing;
  });

  test('starts at once when it had only waited for room', async () => {
    const start = givenFile();
    const first = await start();
    void first.runner.invoke(probe, { do: 'hang' });
    await first.logged('hang begins');
    const { requestId } = first.runner.invokeAsync(probe, { do: 'echo' });
    expect(first.seen('event-throttled')).toHaveLength(1);
    first.die();

    const second = await start();
    await second.clock.advance(0);
    expect(second.seen('invocation-ended')).toMatchObject([{ requestId, outcome: 'ok' }]);
    expect(second.kept.entries()).toEqual([]);
  });

  test('is dropped when it grew too old in the meantime', async () => {
    const start = givenFile();
    const first = await start();
    const { requestId, attempted } = first.runner.invokeAsync(probe, { do: 'throw' });
    await attempted;
    first.die();

    const second = await start({}, 3_600_000);
    await second.clock.advance(0);
    expect(second.seen('invocation-ended')).toEqual([]);
    expect(second.seen('event-dropped')).toMatchObject([{ requestId, reason: 'too-old' }]);
    expect(second.kept.entries()).toEqual([]);
  });

  test('arrives late as its sender meant it to, and its age counts from there', async () => {
    const start = givenFile();
    const first = await start();
    first.runner.planDeliveries(probe, { delayMs: 150_000 });
    const { requestId } = first.runner.invokeAsync(probe, { do: 'echo' });
    first.die();

    const second = await start({}, 60_000);
    await second.clock.advance(60_000);
    expect(second.seen('invocation-ended')).toEqual([]);
    await second.clock.advance(30_000);
    expect(second.seen('invocation-ended')).toMatchObject([{ requestId, outcome: 'ok' }]);
  });

  test('is kept before the sender hears of it, and gone when it succeeded', async () => {
    const start = givenFile();
    const first = await start();
    first.runner.planDeliveries(probe, 'duplicated');
    const { requestId, attempted } = first.runner.invokeAsync(probe, { do: 'echo' });
    expect(first.kept.entries().map(([, event]) => event.requestId)).toEqual([requestId, requestId]);
    await attempted;
    await first.runner.idle();
    expect(first.kept.entries()).toEqual([]);
  });

  test('stays kept when the runner closes under it', async () => {
    const start = givenFile();
    const first = await start();
    const { requestId, attempted } = first.runner.invokeAsync(probe, { do: 'hang' });
    await first.logged('hang begins');
    await first.runner.close();
    await attempted;
    expect(first.kept.entries()).toMatchObject([[expect.any(String), { requestId, phase: 'running' }]]);
  });
});
