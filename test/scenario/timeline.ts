/** Lets time pass after an upload and notes when the bucket was empty and the scan ended, and what came then. */
import { expect } from 'vitest';
import { isOpen } from '../../core/scan.ts';
import { scanOfItem } from '../../lambdas/adapters/dynamodb/scan-item.ts';
import { expectNothingLeft, type Person, type World } from './world.ts';

/** Both promises, ONE-1 and ONE-2, in one number. */
export const promisedMs = 300_000;
const stepMs = 15_000;
/** Longer than promised, so that whatever still comes would be seen. */
const watchedMs = promisedMs + 60_000;

/** What became of one scan; moments are as late as the step in which they were noticed. */
export interface Timeline {
  /** Since the upload; undefined: never, or something came back. */
  readonly emptyAfterMs: number | undefined;
  /** From issue to end, by what is stored; undefined: it never ended. */
  readonly endedAfterMs: number | undefined;
  readonly state: string | undefined;
  readonly reason: unknown;
  /** Different things that were stored of the ended scan: one, since the end never changes. */
  readonly ends: number;
}

/** Watches from now on for longer than promised. */
export async function follow(world: World, scanId: string, uploadedAt: number): Promise<Timeline> {
  const { clock, storage } = world.cloud;
  const ends = new Map<string, Record<string, unknown>>();
  let emptyAfterMs: number | undefined;
  await world.idle();
  for (let passedMs = 0; passedMs <= watchedMs; passedMs += stepMs) {
    const left = storage.objects().length;
    emptyAfterMs = left > 0 ? undefined : (emptyAfterMs ?? clock.now() - uploadedAt);
    const item = await world.rawScan(scanId);
    if (item !== undefined && !isOpen(scanOfItem(item))) ends.set(JSON.stringify(item), item);
    await world.pass(stepMs);
  }
  const [end] = ends.values();
  return {
    emptyAfterMs,
    endedAfterMs: end === undefined ? undefined : Number(end['endedAt']) - Number(end['issuedAt']),
    state: end === undefined ? undefined : String(end['state']),
    reason: end?.['reason'],
    ends: ends.size,
  };
}

/** How a scan may end: its state, why, and `[scansUsed, scansCompleted]`. */
export interface End {
  readonly state: string | undefined;
  readonly reason?: unknown;
  readonly units: readonly [unknown, unknown];
}

export const looked: End = { state: 'completed', units: [1, 1] };
export const failed = (reason: string): End => ({ state: 'failed', reason, units: [0, 0] });

/**
 * Watches one scan to its end and holds it to what is promised of any: an empty bucket within 300 s of the
 * upload (default: now), one end that never changes within 300 s of its issue. Answers which end it was.
 */
export async function endOf(
  world: World,
  person: Person,
  scanId: string,
  uploadedAt: number = world.cloud.clock.now(),
): Promise<End> {
  const { emptyAfterMs, endedAfterMs, ends, state, reason } = await follow(world, scanId, uploadedAt);
  expect(emptyAfterMs).toBeLessThanOrEqual(promisedMs);
  expect(endedAfterMs).toBeLessThanOrEqual(promisedMs);
  expect(ends).toBe(1);
  expectNothingLeft(world);
  return { state, reason, units: await person.units() };
}
