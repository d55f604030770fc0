/** Chaos runs with fixed seeds, and broken builds that they must catch: `vitest run --config test/chaos/vitest.config.ts`. */
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../bin/chaos/report.ts';
import { runChaos } from '../../bin/chaos/run.ts';
import { troubleNames } from '../../bin/chaos/troubles.ts';

const runMs = 25_000;
const fewRounds = 2;
/** In the first rounds of some seeds nothing is looked at: a machine that is slow plays on until others have come. */
const leastRounds = 8;
/** Whether a kill finds a process at work is the machine's timing: only a build that is broken takes as long as this. */
const patienceMs = 400_000;

/** Goes on for so long, real time: the schedule is the seed's, how far it gets is the machine's. */
function forMs(ms: number): () => boolean {
  const startedAt = performance.now();
  return () => performance.now() - startedAt < ms;
}

describe('the product under seeded misfortune', () => {
  it.each([20_261, 1_109])('keeps every promise with seed %i', async (seed) => {
    const inTime = forMs(runMs);
    const report = await runChaos({ seed, goesOn: ({ rounds }) => rounds < leastRounds || inTime() });
    expect(report.found, renderReport(report)).toEqual([]);
    expect(report.scansByEnd['completed']).toBeGreaterThan(0);
    expect(Object.values(report.met).some((count) => count > 0)).toBe(true);
  });
});

describe('every trouble by its name', () => {
  it.each(troubleNames)('%s: is met, and every promise is kept', async (name) => {
    const patient = forMs(patienceMs);
    const report = await runChaos({
      seed: 77,
      kinds: [name],
      goesOn: ({ rounds, met }) => rounds < fewRounds || ((met.get(name) ?? 0) === 0 && patient()),
    });
    expect(report.found, renderReport(report)).toEqual([]);
    expect(report.met[name]).toBeGreaterThan(0);
  });
});

/** A run ends with the first broken promise: the patience is for a build that is not caught. */
describe('a broken build', () => {
  it('that settles scans which have ended is caught, by ends and by charges (ONE-2, ONE-3)', async () => {
    const { found } = await runChaos({
      seed: 3,
      mutant: 'settle-without-condition',
      kinds: ['database is slow'],
      deeds: ['delete while it is looked at'],
      goesOn: forMs(patienceMs),
    });
    expect(found.map(({ what }) => what)).toContain('a scan ended more than once');
  });

  it('that charges failures is caught by what purchases count (ONE-3)', async () => {
    const { found } = await runChaos({
      seed: 3,
      mutant: 'failures-are-charged',
      kinds: ['events lost', 'analyze killed after the deletion'],
      deeds: ['scan'],
      goesOn: forMs(patienceMs),
    });
    expect(found).toContainEqual(expect.objectContaining({ promise: 'ONE-3', what: 'a charge is wrong' }));
  });

  it('whose sweep deletes nothing is caught by objects that stay (ONE-1)', async () => {
    const { found } = await runChaos({
      seed: 3,
      mutant: 'sweep-deletes-nothing',
      kinds: ['events lost'],
      goesOn: forMs(patienceMs),
    });
    expect(found).toContainEqual(
      expect.objectContaining({
        promise: 'ONE-1',
        what: 'an object is still there',
        troubles: ['events lost'],
      }),
    );
  });

  it('that keeps a photo’s digest is caught by what is stored (CAL-2)', async () => {
    const { found } = await runChaos({
      seed: 3,
      mutant: 'digest-stays',
      kinds: ['events twice'],
      goesOn: forMs(patienceMs),
    });
    expect(found).toContainEqual(
      expect.objectContaining({ promise: 'CAL-2', what: 'an attribute that outlived its scan' }),
    );
  });
});
