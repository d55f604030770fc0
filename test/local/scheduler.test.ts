import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { FunctionName } from '../../lib/functions.ts';
import { createVirtualClock } from '../../local/clock.ts';
import { openKeptMap, type KeptMap } from '../../local/data/kept-map.ts';
import { startScheduler, type Schedule } from '../../local/scheduler.ts';
import { givenFolder } from './data/given.ts';

function given(
  schedules: readonly Schedule[],
  { startOffset = 0, ...kept }: { startOffset?: number; kept?: KeptMap<number> } = {},
) {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 10, 0, 0, 123) });
  onTestFinished(() => void vi.useRealTimers());
  const clock = createVirtualClock(startOffset);
  const fired: { name: FunctionName; event: unknown; atMs: number }[] = [];
  const scheduler = startScheduler({
    clock,
    schedules,
    ...kept,
    runner: {
      invokeAsync(name, event) {
        fired.push({ name, event, atMs: clock.now() });
        return { requestId: 'request', attempted: Promise.resolve() };
      },
    },
  });
  return { clock, fired, scheduler };
}

test('fires once a period under an advance, with the time of the tick in the event', async () => {
  const { clock, fired } = given([{ functionName: 'sweep', everyMs: 60_000 }]);
  await clock.advance(180_000);
  expect(fired.map((one) => one.name)).toEqual(['sweep', 'sweep', 'sweep']);
  expect(fired[1]?.event).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    time: '2026-11-22T10:02:00Z',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/sweep'],
  });
});

test('fires in real time too', () => {
  const { fired } = given([{ functionName: 'sweep', everyMs: 60_000 }]);
  vi.advanceTimersByTime(59_999);
  expect(fired).toHaveLength(0);
  vi.advanceTimersByTime(60_001);
  expect(fired).toHaveLength(2);
});

test('can fire at once, for a cleaner that must be alive before anything is admitted', async () => {
  const { clock, fired } = given([{ functionName: 'sweep', everyMs: 60_000, firstInMs: 0 }]);
  await clock.advance(0);
  expect(fired).toHaveLength(1);
});

test('keeps several schedules apart, in the order of their ticks', async () => {
  const { clock, fired } = given([
    { functionName: 'sweep', everyMs: 60_000 },
    { functionName: 'api', everyMs: 25_000 },
  ]);
  await clock.advance(75_000);
  expect(fired.map((one) => one.name)).toEqual(['api', 'api', 'sweep', 'api']);
});

test('fires no more once closed', async () => {
  const { clock, fired, scheduler } = given([{ functionName: 'sweep', everyMs: 60_000 }]);
  await clock.advance(60_000);
  scheduler.close();
  await clock.advance(600_000);
  expect(fired).toHaveLength(1);
});

test('keeps its beat across a restart, without the ticks in between', async () => {
  const kept = openKeptMap<number>(join(givenFolder(), 'clock.log'));
  const schedules = [{ functionName: 'sweep', everyMs: 60_000 }] as const;
  const first = given(schedules, { kept });
  const beganAt = first.clock.now();
  await first.clock.advance(60_000);
  first.scheduler.close();
  await first.clock.advance(130_000);

  const second = given(schedules, { kept, startOffset: first.clock.offset() });
  await second.clock.advance(49_999);
  expect(second.fired).toEqual([]);
  await second.clock.advance(60_001);
  expect(second.fired.map(({ atMs }) => atMs - beganAt)).toEqual([240_000, 300_000]);
});
