/** When each pass of an erasure is due, what a pass proves, and what is kept of it in the end. */
import { describe, expect, it } from 'vitest';
import { afterPass, erasureTimes, isOverdue, type Erasure, type PendingErasure } from '../../core/erasure.ts';

const asked = Date.parse('2026-11-21T14:00:00.000Z');
const { quietMs, thirdAfterMs, boundMs } = erasureTimes;
const begun: PendingErasure = {
  reference: 'a-reference',
  scope: 'account',
  cause: 'requested',
  requestedAt: asked,
  passes: 0,
  work: { accountId: 'somebody', addressHash: 'a-hash', dueAt: asked },
};

function pending(erasure: Erasure): PendingErasure {
  if (erasure.work === undefined) throw new Error('given: a pass to come');
  return { ...erasure, work: erasure.work };
}

describe('a pass that found everything gone', () => {
  it('is followed by a second one when whoever wrote last has ended, and that by a third a day later', () => {
    const first = pending(afterPass(begun, asked + 1_000));
    expect([first.passes, first.doneAt, first.work.dueAt]).toEqual([1, undefined, asked + quietMs]);
    const second = pending(afterPass(first, asked + quietMs));
    expect([second.passes, second.doneAt, second.work.dueAt]).toEqual([
      2,
      asked + quietMs,
      asked + quietMs + thirdAfterMs,
    ]);
    const third = afterPass(second, second.work.dueAt);
    expect(third).toEqual({ ...begun, work: undefined, passes: 3, doneAt: asked + quietMs });
    // Nothing is left by which somebody could be found.
    expect(JSON.stringify(third)).not.toMatch(/somebody|a-hash/);
  });

  it('proves nothing as the second one while a writer of before may still run', () => {
    const first = pending(afterPass(begun, asked));
    expect(afterPass(first, asked + quietMs - 1)).toEqual(first);
  });

  it('was late as the first one: the second is due at once, and is one of its own', () => {
    const late = asked + 3 * quietMs;
    const first = pending(afterPass(begun, late));
    expect([first.passes, first.doneAt, first.work.dueAt]).toEqual([1, undefined, late]);
    expect(afterPass(first, late + 60_000)).toMatchObject({ passes: 2, doneAt: late + 60_000 });
  });
});

it('is overdue from its bound on until its second pass, however late that was', () => {
  expect(isOverdue(begun, asked + boundMs)).toBe(false);
  expect(isOverdue(begun, asked + boundMs + 1)).toBe(true);
  const first = pending(afterPass(begun, asked + 2 * boundMs));
  expect(isOverdue(first, asked + 2 * boundMs)).toBe(true);
  expect(isOverdue(afterPass(first, asked + 2 * boundMs), asked + 9 * boundMs)).toBe(false);
});
