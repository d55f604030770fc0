/**
 * The table "Killed here, what then" of docs/architecture.md, performed for the analysis and the sweep: the process
 * is killed at the step that the row names, and what is left, said and charged must be what the row says.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CloudObservation } from '../../local/cloud.ts';
import type { FunctionName } from '../../lib/functions.ts';
import type { S3Operation } from '../../local/s3/operations.ts';
import { expectEmptyBucket, photo, startWorld, type World } from '../scenario/world.ts';
import { readText, rows, section } from './pages.ts';

const table = rows(section(readText('docs/architecture.md'), '## Killed here, what then'));

let world: World;
let bytes: Uint8Array;
/** Called with whatever happens in the cloud, until it says that it has struck. */
let strike: ((observation: CloudObservation) => boolean) | undefined;

beforeAll(async () => {
  bytes = await photo('skin-clear');
  world = await startWorld({
    seed: 'killed',
    observe(observation) {
      if (strike?.(observation) === true) strike = undefined;
    },
  });
});
afterAll(async () => world?.cloud.close());

/** Kills a function's processes, once, when storage has done an operation and no byte of its answer has left. */
function killWhen(operation: S3Operation, name: FunctionName): void {
  strike = () => false;
  const stop = world.cloud.storage.faults.after(async (done) => {
    if (done !== operation) return;
    stop();
    strike = undefined;
    await world.cloud.runner.kill(name);
  });
}

/** Kills the analysis as soon as its process starts: nothing of it has run. */
function killAtStart(): void {
  strike = (seen) => {
    if (seen.source !== 'functions' || seen.type !== 'environment-started') return false;
    if (seen.functionName !== 'analyze') return false;
    void world.cloud.runner.kill('analyze');
    return true;
  };
}

/** Kills the analysis when its settlement stands and was not answered yet. */
function killWhenSettled(): void {
  strike = () => false;
  const stop = world.cloud.database.faults.after(async (operation) => {
    if (operation !== 'TransactWriteItems') return;
    stop();
    strike = undefined;
    await world.cloud.runner.kill('analyze');
  });
}

/** Lets time pass until the sweep's next run is far: one that falls on a deadline sees a photo that is not due yet. */
async function betweenSweeps(): Promise<void> {
  const sweeps = (): number =>
    world.observed.filter((seen) => seen.source === 'storage' && seen.operation === 'ListObjectsV2').length;
  const before = sweeps();
  while (sweeps() === before) await world.pass(5_000);
  await world.pass(20_000);
}

/** What the row of this step says that the person sees. */
function told(step: string): string {
  const row = table.find(([killed]) => killed === step);
  if (row === undefined) throw new Error(`the page has no row "${step}"`);
  return row[3] ?? '';
}

interface Ended {
  readonly seen: string;
  readonly units: readonly [unknown, unknown];
}

/** One photo; `arm` is called when its ticket stands. Five minutes later everything has ended. */
async function photoThrough(arm: () => void, uploadAfterMs = 0): Promise<Ended> {
  const person = await world.person();
  const ticket = await person.ticket(bytes);
  await world.pass(uploadAfterMs);
  arm();
  expect(await world.put(ticket, bytes)).toBe(200);
  await world.idle();
  for (let minute = 0; minute < 5; minute += 1) await world.pass(60_000);
  expect(strike, 'the kill was met').toBeUndefined();
  expectEmptyBucket(world);
  const { state, reason } = await person.client.getScan(ticket.scan.id);
  return { seen: reason === undefined ? state : `${state}: ${reason}`, units: await person.units() };
}

const charged = [1, 1];
const givenBack = [0, 0];

it('analyze, killed before it claims, looks at the photo a minute later', async () => {
  expect(told('analyze, before the claim')).toContain('a result');
  expect(await photoThrough(killAtStart)).toEqual({ seen: 'completed', units: charged });
});

it('analyze, killed with the lease and the image, takes over a minute later', async () => {
  expect(told('analyze, claimed, before the deletion')).toContain('a result');
  expect(await photoThrough(() => killWhen('GetObject', 'analyze'))).toEqual({
    seen: 'completed',
    units: charged,
  });
});

it('analyze, killed with the lease when no retry comes before the deadline, fails the scan', async () => {
  expect(told('analyze, claimed, before the deletion')).toContain('`failed: interrupted`');
  const ended = await photoThrough(() => {
    world.cloud.runner.planDeliveries('analyze', { delayMs: 35_000 });
    killWhen('GetObject', 'analyze');
  }, 40_000);
  expect(ended).toEqual({ seen: 'failed: interrupted', units: givenBack });
});

it('analyze, killed after the deletion, finds no image again, and nothing is charged', async () => {
  expect(told('analyze, after the deletion, before settling')).toContain('`failed: image-gone`');
  expect(await photoThrough(() => killWhen('DeleteObject', 'analyze'))).toEqual({
    seen: 'failed: image-gone',
    units: givenBack,
  });
});

it('analyze, killed when its settlement stands, moves nothing twice', async () => {
  expect(told('analyze, settled, answer lost')).toBe('the result');
  expect(await photoThrough(killWhenSettled)).toEqual({ seen: 'completed', units: charged });
});

it('sweep, killed in the middle, does it all a minute later', async () => {
  expect(told('sweep, in the middle')).toContain('ends as `expired`');
  await betweenSweeps();
  const ended = await photoThrough(() => {
    world.cloud.runner.planDeliveries('analyze', 'lost');
    killWhen('DeleteObjects', 'sweep');
  });
  expect(ended).toEqual({ seen: 'expired', units: givenBack });
});
