import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeadlineError, withDeadline } from '../../../lambdas/runtime/deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is done in time is answered, and no timer is left', async () => {
  await expect(withDeadline(Promise.resolve('done'), 100)).resolves.toBe('done');
  expect(vi.getTimerCount()).toBe(0);
});

test('a failure in time is thrown as it is, and no timer is left', async () => {
  const cause = new Error('broken');
  await expect(withDeadline(Promise.reject(cause), 100)).rejects.toBe(cause);
  expect(vi.getTimerCount()).toBe(0);
});

test('rejects what is not done in time, at that very time', async () => {
  const waiting = withDeadline(new Promise(() => {}), 100);
  const seen = vi.fn();
  waiting.catch(seen);
  await vi.advanceTimersByTimeAsync(99);
  expect(seen).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toHaveBeenCalledWith(expect.any(DeadlineError));
});

test('a failure that comes too late is nobody’s unhandled rejection', async () => {
  const late = Promise.withResolvers<never>();
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const seen = withDeadline(late.promise, 10).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10);
  expect(await seen).toBeInstanceOf(DeadlineError);
  late.reject(new Error('late'));
  vi.useRealTimers();
  // Unhandled rejections are reported once the microtasks are done.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
