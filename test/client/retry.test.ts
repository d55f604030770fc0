/** When a request may go out again, and when. */
import { describe, expect, it } from 'vitest';
import { mayPass, parseRetryAfter, retryBounds, waitBefore } from '../../client/retry.ts';
import { systemTiming } from '../../client/timing.ts';

describe('waiting between tries', () => {
  it('doubles, and is spread over its upper half', () => {
    expect([1, 2, 3].map((number) => waitBefore(number, undefined, 0))).toEqual([125, 250, 500]);
    expect([1, 2, 3].map((number) => waitBefore(number, undefined, 1))).toEqual([250, 500, 1000]);
  });

  it('ends with the last try', () => {
    expect(waitBefore(retryBounds.attempts, undefined, 0)).toBeUndefined();
    expect(waitBefore(retryBounds.attempts, 1, 0)).toBeUndefined();
  });

  it('obeys Retry-After up to its bound and gives up beyond', () => {
    expect(waitBefore(1, 0, 0.5)).toBe(0);
    expect(waitBefore(1, 20, 0.5)).toBe(20_000);
    expect(waitBefore(1, 21, 0.5)).toBeUndefined();
  });

  it('may pass with 5xx, and with 429 only when a time is named', () => {
    const passing = [400, 401, 402, 404, 409, 410, 412, 422, 429, 500, 501, 502, 503, 504];
    expect(passing.filter((status) => mayPass(status, undefined))).toEqual([500, 502, 503, 504]);
    expect(mayPass(429, 5)).toBe(true);
  });

  it('reads whole seconds and nothing else', () => {
    expect(parseRetryAfter('120')).toBe(120);
    for (const value of [null, '', '-1', '1.5', 'Wed, 21 Oct 2026 07:28:00 GMT']) {
      expect(parseRetryAfter(value)).toBeUndefined();
    }
  });
});

describe('the real clock', () => {
  it('wakes from a sleep', async () => {
    const before = systemTiming.now();
    await systemTiming.sleep(1, new AbortController().signal);
    expect(systemTiming.now()).toBeGreaterThan(before);
  });

  it('rejects a sleep whose signal aborts, before and during it', async () => {
    const stop = new AbortController();
    const sleeping = systemTiming.sleep(60_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(systemTiming.sleep(60_000, stop.signal)).rejects.toThrow('enough');
  });
});
