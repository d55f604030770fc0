import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createVirtualClock } from '../../local/clock.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

describe('the virtual clock', () => {
  test('is real time until it is advanced, and stays ahead by what it was advanced', async () => {
    const clock = createVirtualClock();
    expect(clock.now()).toBe(1_000_000);
    await clock.advance(5_000);
    vi.advanceTimersByTime(250);
    expect([clock.now(), clock.offset()]).toEqual([1_005_250, 5_000]);
  });

  test('rejects going back and what is no number', async () => {
    const clock = createVirtualClock();
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
    await expect(clock.advance(Number.NaN)).rejects.toThrow(RangeError);
  });

  test('tells listeners each step, until they stop listening', async () => {
    const clock = createVirtualClock();
    const steps: number[] = [];
    const stop = clock.onShift((offset) => steps.push(offset));
    clock.setTimer(1_000_400, () => {});
    await clock.advance(1_000);
    stop();
    await clock.advance(1_000);
    expect(steps).toEqual([400, 1_000]);
  });
});

describe('a timer', () => {
  test('fires in real time, once', () => {
    const clock = createVirtualClock();
    const fire = vi.fn<() => void>();
    clock.setTimer(1_000_100, fire);
    vi.advanceTimersByTime(99);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    vi.advanceTimersByTime(10_000);
    expect(fire).toHaveBeenCalledOnce();
  });

  test('fires in real time sooner after an advance that did not reach it', async () => {
    const clock = createVirtualClock();
    const fire = vi.fn<() => void>();
    clock.setTimer(1_060_000, fire);
    await clock.advance(59_990);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10);
    expect(fire).toHaveBeenCalledOnce();
  });

  test('fires on advance at its own moment, in due order, each awaited before the next', async () => {
    const clock = createVirtualClock();
    const seen: (string | number)[] = [];
    clock.setTimer(1_002_000, () => void seen.push('second', clock.now()));
    clock.setTimer(1_001_000, async () => {
      seen.push('first', clock.now());
      await Promise.resolve();
      seen.push('first ended', clock.now());
    });
    clock.setTimer(1_002_000, () => void seen.push('third', clock.now()));
    await clock.advance(10_000);
    expect(seen).toEqual([
      'first',
      1_001_000,
      'first ended',
      1_001_000,
      'second',
      1_002_000,
      'third',
      1_002_000,
    ]);
    expect(clock.now()).toBe(1_010_000);
  });

  test('that sets the next one keeps its period through one advance', async () => {
    const clock = createVirtualClock();
    const ticks: number[] = [];
    const arm = (atMs: number): void => {
      clock.setTimer(atMs, () => {
        ticks.push(clock.now());
        arm(atMs + 60_000);
      });
    };
    arm(1_060_000);
    await clock.advance(180_000);
    expect(ticks).toEqual([1_060_000, 1_120_000, 1_180_000]);
  });

  test('does not fire once cancelled, and cancelling twice is harmless', async () => {
    const clock = createVirtualClock();
    const [kept, dropped] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const cancel = clock.setTimer(1_000_010, dropped);
    clock.setTimer(1_000_010, kept);
    cancel();
    cancel();
    await clock.advance(1_000);
    expect(dropped).not.toHaveBeenCalled();
    expect(kept).toHaveBeenCalledOnce();
  });

  test('that is due while another is awaited still fires in real time', async () => {
    const clock = createVirtualClock();
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.setTimer(1_000_500, () => {
      clock.setTimer(clock.now() + 20, resolve);
      return promise;
    });
    const passing = clock.advance(500);
    await Promise.resolve();
    vi.advanceTimersByTime(20);
    await passing;
    expect(clock.now()).toBe(1_000_520);
  });

  test('that throws fails the advance it fires in, and no later one', async () => {
    const clock = createVirtualClock();
    clock.setTimer(1_000_500, () => {
      throw new Error('from a timer');
    });
    const [failing, next] = [clock.advance(1_000), clock.advance(1_000)];
    await expect(failing).rejects.toThrow('from a timer');
    await next;
    expect(clock.offset()).toBe(1_500);
  });
});
