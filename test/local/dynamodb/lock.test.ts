import { expect, test } from 'vitest';
import { createLock } from '../../../local/dynamodb/lock.ts';

/** Work that says when it runs and ends when told. */
function work(name: string, log: string[]) {
  const { promise: told, resolve: end } = Promise.withResolvers<void>();
  const run = async () => {
    log.push(name);
    await told;
  };
  return { run, end };
}

const broken = () => Promise.reject(new Error('broken'));
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('shared work runs together; exclusive work waits for it and keeps later work waiting', async () => {
  const lock = createLock();
  const log: string[] = [];
  const [a, b, alone, later] = ['a', 'b', 'alone', 'later'].map((name) => work(name, log));
  if (!a || !b || !alone || !later) throw new Error('Four pieces of work');
  const all = [lock.shared(a.run), lock.shared(b.run), lock.exclusive(alone.run), lock.shared(later.run)];
  await settled();
  expect(log).toEqual(['a', 'b']);
  a.end();
  await settled();
  expect(log).toEqual(['a', 'b']);
  b.end();
  await settled();
  expect(log).toEqual(['a', 'b', 'alone']);
  alone.end();
  await settled();
  expect(log).toEqual(['a', 'b', 'alone', 'later']);
  later.end();
  await Promise.all(all);
});

test('work that throws gives the lock back and keeps its error', async () => {
  const lock = createLock();
  await expect(lock.exclusive(broken)).rejects.toThrow('broken');
  await expect(lock.shared(broken)).rejects.toThrow('broken');
  expect(await lock.exclusive(async () => 'free')).toBe('free');
});
