import { expect, test } from 'vitest';
import { erasureTimes } from '../../core/erasure.ts';
import { analyzeFunction, apiFunction, functions, sweepFunction } from '../../lib/functions.ts';

test('ONE-4: analyze is the only function that may read an object', () => {
  const readers = functions.filter((one) => one.s3Actions.includes('GetObject'));
  expect(readers.map((one) => one.name)).toEqual(['analyze']);
});

test('every function that works on objects may list the bucket, so that a missing key answers 404', () => {
  const working = functions.filter(({ s3Actions }) => s3Actions.length > 0);
  expect(working.map(({ name }) => name)).toEqual(['analyze', 'sweep', 'api', 'upkeep']);
  for (const one of working) expect(one.s3Actions).toContain('ListBucket');
});

test("analyze's first retry, after 60 s and a full first run, comes before its event is too old", () => {
  expect(analyzeFunction.asyncRetries).toBe(1);
  expect(60_000 + analyzeFunction.timeoutMs).toBeLessThan(analyzeFunction.maximumEventAgeMs);
});

test('ONE-1: threshold, period, event age and run of the cleaner stay under 300 s', () => {
  const { everyMs = Infinity, maximumEventAgeMs, timeoutMs } = sweepFunction;
  expect(120_000 + everyMs + maximumEventAgeMs + timeoutMs).toBeLessThan(300_000);
  expect(sweepFunction.asyncRetries).toBe(0);
});

test('CAL-6: an erasure is looked over again later than any function may run that began before it', () => {
  const longestMs = Math.max(...functions.map(({ timeoutMs }) => timeoutMs));
  expect(erasureTimes.quietMs).toBeGreaterThan(longestMs + apiFunction.timeoutMs);
});

test('each function has its own name and source file', () => {
  expect(new Set(functions.map((one) => one.name)).size).toBe(functions.length);
  for (const one of functions) expect(one.entry).toBe(`lambdas/${one.name}/handler.ts`);
});
