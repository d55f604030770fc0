import { readFileSync, writeFileSync } from 'node:fs';
import type * as Fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openKeptMap } from '../../../local/data/kept-map.ts';
import { codeOf, givenFolder } from './given.ts';

const disk = vi.hoisted(() => ({
  bytesLeft: Number.POSITIVE_INFINITY,
  /** What a flush waits for. */
  spun: Promise.resolve(),
}));
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  return {
    ...fs,
    fdatasync(fd: number, done: (error: Error | null) => void): void {
      void disk.spun.then(() => fs.fdatasync(fd, done));
    },
    /** Writes what fits, as a disk does that runs full. */
    writeSync(fd: number, bytes: Buffer, at: number): number {
      if (disk.bytesLeft === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const count = Math.min(disk.bytesLeft, bytes.length - at);
      disk.bytesLeft -= count;
      return fs.writeSync(fd, bytes, at, count);
    },
  };
});

/** Never rewrites by itself. */
const lazily = { rewriteAfterMs: 2 ** 30 };

function given(): { readonly path: string; readonly open: () => ReturnType<typeof openKeptMap<number>> } {
  const path = join(givenFolder(), 'numbers.log');
  return { path, open: () => openKeptMap<number>(path, lazily) };
}

describe('a kept map', () => {
  test('is, opened again without a close, what was committed', () => {
    const { open } = given();
    const map = open();
    map.commit([
      ['a', 1],
      ['b', 2],
    ]);
    map.commit([
      ['a', null],
      ['ü\n"', 3],
    ]);
    expect(new Map(open().entries())).toEqual(
      new Map([
        ['b', 2],
        ['ü\n"', 3],
      ]),
    );
  });

  test('holds after any history what a plain map holds', () => {
    const { open } = given();
    const key = fc.constantFrom('a', 'b', 'c');
    const change = fc.tuple(key, fc.oneof(fc.integer(), fc.constant(null)));
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 3 })), (history) => {
        const map = open();
        map.commit([
          ['a', null],
          ['b', null],
          ['c', null],
        ]);
        const plain = new Map<string, number>();
        for (const changes of history) {
          map.commit(changes);
          for (const [name, value] of changes) {
            if (value === null) plain.delete(name);
            else plain.set(name, value);
          }
        }
        expect(new Map(open().entries())).toEqual(plain);
      }),
      { numRuns: 50 },
    );
  });

  test('cut off anywhere is what it was after an earlier commit, whole', () => {
    const { path, open } = given();
    const map = open();
    const states: (readonly (readonly [string, number])[])[] = [[]];
    for (const value of [1, 2, 3]) {
      map.commit([
        [`x${value}`, value],
        [`y${value}`, value],
      ]);
      states.push(map.entries());
    }
    const log = readFileSync(path);
    const seen = new Set<number>();
    for (let length = 0; length <= log.length; length += 1) {
      writeFileSync(path, log.subarray(0, length));
      const cut = open();
      const state = states.findIndex((one) => JSON.stringify(one) === JSON.stringify(cut.entries()));
      expect(state).toBeGreaterThanOrEqual(0);
      seen.add(state);
      expect(readFileSync(path).length).toBe(length - cut.cutBytes);
      // What follows the cut is readable as well.
      cut.commit([['z', 9]]);
      expect(open().get('z')).toBe(9);
    }
    expect(seen).toEqual(new Set([0, 1, 2, 3]));
  });

  test('rejects a damaged line before whole ones', () => {
    const { path, open } = given();
    const map = open();
    for (const value of [1, 2, 3]) map.commit([['a', value]]);
    const log = readFileSync(path);
    log.writeUInt8(log.readUInt8(12) ^ 1, 12);
    writeFileSync(path, log);
    expect(codeOf(open)).toBe('damaged');
    expect(readFileSync(path)).toEqual(log);
  });

  test('takes a change of the only line for one that a power cut left unfinished', () => {
    const { path, open } = given();
    open().commit([['a', 1]]);
    const log = readFileSync(path);
    log.writeUInt8(log.readUInt8(12) ^ 1, 12);
    writeFileSync(path, log);
    expect(open().cutBytes).toBe(log.length);
  });

  test('forgets on disk what was removed, at the rewrite, at a close and at the next opening', async () => {
    const { path, open } = given();
    const first = open();
    const put = (): void => {
      first.commit([['secret', 4711]]);
      first.commit([['secret', null]]);
      expect(readFileSync(path, 'utf8')).toContain('4711');
    };
    put();
    first.rewrite();
    expect(readFileSync(path, 'utf8')).toBe('');
    put();
    open();
    expect(readFileSync(path, 'utf8')).toBe('');
    first.rewrite();
    put();
    await first.close();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  test('rewrites by itself some time after something was removed', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const path = join(givenFolder(), 'numbers.log');
    const map = openKeptMap<number>(path, { rewriteAfterMs: 1_000 });
    map.commit([['secret', 4711]]);
    map.commit([['secret', null]]);
    vi.advanceTimersByTime(999);
    expect(readFileSync(path, 'utf8')).toContain('4711');
    vi.advanceTimersByTime(1);
    expect(readFileSync(path, 'utf8')).toBe('');
    map.commit([['a', 1]]);
    expect(openKeptMap<number>(path).entries()).toEqual([['a', 1]]);
  });

  test('loses nothing when flushes, commits and rewrites overlap', async () => {
    const { open } = given();
    const map = open();
    const flushes: Promise<void>[] = [];
    for (let value = 0; value < 50; value += 1) {
      map.commit([[`k${value % 5}`, value]]);
      flushes.push(map.flush());
      if (value % 7 === 0) map.rewrite();
      if (value % 11 === 0) await Promise.all(flushes);
    }
    await Promise.all(flushes);
    await map.close();
    expect(new Map(open().entries())).toEqual(new Map([0, 1, 2, 3, 4].map((at) => [`k${at}`, 45 + at])));
  });
});

test('a rewrite waits for the flush that runs, whose file it would close', async () => {
  const { path, open } = given();
  const { promise, resolve: spin } = Promise.withResolvers<void>();
  disk.spun = promise;
  onTestFinished(() => void (disk.spun = Promise.resolve()));
  const map = open();
  map.commit([['secret', 4711]]);
  const flushing = map.flush();
  await Promise.resolve();
  map.commit([['secret', null]]);
  map.rewrite();
  expect(readFileSync(path, 'utf8')).toContain('4711');
  spin();
  await flushing;
  expect(readFileSync(path, 'utf8')).toBe('');
});

test.each([0, 5])('a disk that takes %i bytes more fails the commit and nothing else', (bytesLeft) => {
  const { path, open } = given();
  onTestFinished(() => void (disk.bytesLeft = Number.POSITIVE_INFINITY));
  const map = open();
  map.commit([['a', 4711]]);
  map.commit([['a', 1]]);
  map.rewrite();
  const before = readFileSync(path);
  disk.bytesLeft = bytesLeft;
  expect(codeOf(() => map.commit([['a', 2]]))).toBe('ENOSPC');
  expect(map.get('a')).toBe(1);
  expect(readFileSync(path)).toEqual(before);
  disk.bytesLeft = Number.POSITIVE_INFINITY;
  map.commit([['b', 3]]);
  expect(new Map(open().entries())).toEqual(
    new Map([
      ['a', 1],
      ['b', 3],
    ]),
  );
});
