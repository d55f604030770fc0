import { describe, expect, it } from 'vitest';
import { createLifetimes } from '../../bin/local/lifetimes.ts';
import type { CloudObservation } from '../../local/cloud.ts';
import { createWitness, type Life } from '../../local/witness.ts';

type Operation = Extract<CloudObservation, { source: 'storage' }>['operation'];

function seen(operation: Operation, status: number, at: number, key?: string): CloudObservation {
  return { source: 'storage', operation, status, answered: true, at, ...(key === undefined ? {} : { key }) };
}

function given() {
  const lives: Life[] = [];
  const bucket = new Set<string>();
  const witness = createWitness(
    (life) => void lives.push(life),
    () => [...bucket].map((key) => object(key, 0)),
  );
  return { lives, bucket, witness };
}

const object = (key: string, lastModifiedAt: number) => ({ key, size: 1, lastModifiedAt });

describe('the witness of lifetimes', () => {
  it('counts from the arrival to the answer that there is no such object', () => {
    const { lives, witness } = given();
    witness.observe(seen('PutObject', 200, 1_000, 'a'));
    witness.observe(seen('DeleteObject', 204, 1_400, 'a'));
    expect(lives).toEqual([]);
    witness.observe(seen('HeadObject', 404, 1_500, 'a'));
    expect(lives).toEqual([{ key: 'a', lifetimeMs: 500 }]);
  });

  it('takes no deletion for verified that was refused, or that another key was asked for', () => {
    const { lives, witness } = given();
    witness.observe(seen('PutObject', 200, 1_000, 'a'));
    witness.observe(seen('PutObject', 412, 1_100, 'a'));
    witness.observe(seen('DeleteObject', 503, 1_200, 'a'));
    witness.observe(seen('HeadObject', 404, 1_300, 'b'));
    witness.observe(seen('HeadObject', 200, 1_300, 'a'));
    expect(lives).toEqual([]);
    expect(witness.alive([object('a', 1_000)], 5_000)).toEqual([{ key: 'a', lifetimeMs: 4_000 }]);
  });

  it('counts a replayed upload as a life of its own', () => {
    const { lives, witness } = given();
    witness.observe(seen('PutObject', 200, 0, 'a'));
    witness.observe(seen('DeleteObject', 204, 100, 'a'));
    witness.observe(seen('PutObject', 200, 150, 'a'));
    witness.observe(seen('DeleteObject', 204, 350, 'a'));
    witness.observe(seen('HeadObject', 404, 400, 'a'));
    expect(lives.map(({ lifetimeMs }) => lifetimeMs)).toEqual([100, 250]);
  });

  it('ends a life with the batch that took the object, and a lone deletion with its own moment', () => {
    const { lives, bucket, witness } = given();
    bucket.add('later');
    witness.observe(seen('PutObject', 200, 0, 'swept'));
    witness.observe(seen('PutObject', 200, 0, 'withdrawn'));
    witness.observe(seen('DeleteObject', 204, 700, 'withdrawn'));
    witness.observe(seen('PutObject', 200, 20_000, 'later'));
    witness.observe(seen('DeleteObjects', 200, 130_000));
    bucket.clear();
    witness.observe(seen('DeleteObjects', 200, 190_000));
    expect(witness.alive([], 240_000)).toEqual([]);
    expect(lives).toEqual([
      { key: 'swept', lifetimeMs: 130_000 },
      { key: 'withdrawn', lifetimeMs: 700 },
      { key: 'later', lifetimeMs: 170_000 },
    ]);
  });

  it('shows the oldest object first, and one from before by storage’s own date', () => {
    const { witness } = given();
    witness.observe(seen('PutObject', 200, 2_000, 'new'));
    const [oldest] = witness.alive([object('new', 2_000), object('kept', 500)], 3_000);
    expect(oldest).toEqual({ key: 'kept', lifetimeMs: 2_500 });
  });
});

describe('the sentence about lifetimes', () => {
  const cloudWith = (...objects: ReturnType<typeof object>[]) => ({
    storage: { objects: () => objects },
    clock: { now: () => 10_000 },
  });

  it('says percentiles of what went and the age of the oldest that is there, and is news once', () => {
    const lifetimes = createLifetimes(() => undefined);
    const there = cloudWith(object('b', 9_000));
    expect(lifetimes.news(there)).toBeUndefined();
    expect(lifetimes.sentence(there)).toBe('No object came and went; the oldest now is 1000 ms old.');
    for (const key of ['x', 'y']) {
      lifetimes.observe(seen('PutObject', 200, 0, key));
      lifetimes.observe(seen('HeadObject', 404, 100, key));
    }
    expect(lifetimes.news(there)).toMatch(/^2 objects lived p50 \d+ ms, p99 \d+ ms, max \d+ ms at most/);
    expect(lifetimes.news(there)).toBeUndefined();
  });
});
