/** The parts of the chaos run that need no cloud; the run itself is test/chaos/. */
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../bin/chaos/books.ts';
import { judge, type Evidence } from '../../bin/chaos/judge.ts';
import { parseCommand } from '../../bin/chaos/options.ts';
import { planRounds } from '../../bin/chaos/plan.ts';
import { renderReport } from '../../bin/chaos/report.ts';
import { familyOf, troubleNames } from '../../bin/chaos/troubles.ts';
import { calmara } from '../../policies/calmara.ts';
import { noon } from '../contract/given.ts';

const rounds = (seed: number, count: number) => [...planRounds(seed).take(count)];

describe('the plan of a chaos run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(rounds(7, 20)).toEqual(rounds(7, 20));
    expect(rounds(7, 20)).not.toEqual(rounds(8, 20));
  });

  it('makes each kind of trouble once before any comes again', () => {
    const [...seen] = rounds(11, troubleNames.length).flatMap(({ troubles }) => troubles);
    expect(new Set(seen.slice(0, troubleNames.length))).toEqual(new Set(troubleNames));
  });

  it('makes one trouble at a time, but for every sixth round, which mixes families', () => {
    for (const { number, troubles } of rounds(5, 60)) {
      const families = troubles.map(familyOf);
      expect(new Set(families).size).toBe(families.length);
      expect(troubles.length).toBeLessThanOrEqual(number % 6 === 0 ? 3 : 1);
      expect(troubles.length).toBeGreaterThan(0);
    }
  });
});

describe('the judge', () => {
  const accountId = 'somebody';
  const entry = (more: Partial<Entry> = {}): Entry => ({
    scanId: 'scan',
    accountId,
    issuedAt: noon,
    ends: [{ state: 'completed', at: noon + 900 }],
    ...more,
  });
  const scan = { scanId: 'scan', state: 'completed', issuedAt: noon, endedAt: noon + 900, band: 'x' };
  const purchase = { accountId, scansTotal: 3, scansUsed: 1, scansCompleted: 1 };
  const nothing = {
    accounts: [],
    identities: [],
    communications: [],
    audit: [],
    erasures: [],
    scans: [],
    purchases: [],
    consents: [],
    usage: [],
    operations: [],
  };
  const good: Evidence = {
    entries: [entry()],
    items: { ...nothing, scans: [scan], purchases: [purchase] },
    objects: [],
    lives: [{ key: 'scan', lifetimeMs: 300_000 }],
    policy: calmara,
    clocksOffMs: 0,
    combined: false,
  };
  const verdict = (more: Partial<Evidence>) => judge({ ...good, ...more }).map(({ what }) => what);

  it('finds nothing where everything was kept', () => {
    expect(judge(good)).toEqual([]);
  });

  it.each<[string, Partial<Evidence>]>([
    ['an object is still there', { objects: [{ key: 'scan', lifetimeMs: 1 }] }],
    ['an object lived too long', { lives: [{ key: 'scan', lifetimeMs: 300_001 }] }],
    ['a scan never ended', { entries: [entry({ ends: [] })], items: nothing }],
    [
      'a scan ended more than once',
      {
        entries: [
          entry({
            ends: [
              { state: 'failed', at: noon },
              { state: 'completed', at: noon },
            ],
          }),
        ],
      },
    ],
    [
      'a scan was open too long',
      { entries: [entry({ ends: [{ state: 'completed', at: noon + 300_001 }] })] },
    ],
    [
      'a stored scan is not as it ended',
      { items: { ...good.items, scans: [{ ...scan, state: 'claimed' }] } },
    ],
    ['a charge is wrong', { items: { ...good.items, purchases: [{ ...purchase, scansUsed: 2 }] } }],
    ['a charge is wrong', { items: { ...good.items, purchases: [{ ...purchase, scansCompleted: 0 }] } }],
    ['a charge is wrong', { items: { ...good.items, purchases: [{ ...purchase, scansTotal: 0 }] } }],
    ['an attribute that outlived its scan', { items: { ...good.items, scans: [{ ...scan, sha256: 'x' }] } }],
    [
      'an attribute that the policy does not name',
      { items: { ...good.items, operations: [{ item: 'dwell', scanId: 'x' }] } },
    ],
  ])('says that %s', (what, broken) => {
    expect(verdict(broken)).toEqual([what]);
  });

  it('allows for what a wrong clock adds, and for longer lives only under several troubles at once', () => {
    const late = { entries: [entry({ ends: [{ state: 'completed', at: noon + 400_000 }] })] };
    expect(verdict({ ...late, clocksOffMs: 240_000 })).toEqual([]);
    expect(verdict({ ...late, combined: true })).toEqual([]);
    expect(verdict({ lives: [{ key: 'scan', lifetimeMs: 900_000 }], combined: true })).toEqual([]);
    expect(verdict({ objects: [{ key: 'scan', lifetimeMs: 1 }], combined: true })).toHaveLength(1);
  });
});

describe('the chaos command', () => {
  const parse = (...args: string[]) => parseCommand(args, () => 42);

  it('takes a seed and minutes', () => {
    expect(parse()).toMatchObject({ kind: 'chaos', seed: 42, durationMs: 120_000, mutant: undefined });
    expect(parse('--seed', '7', '--minutes', '0.5')).toMatchObject({ seed: 7, durationMs: 30_000 });
  });

  it.each([
    ['--seed', 'x'],
    ['--minutes', '0'],
    ['--minutes', 'soon'],
    ['--break', 'everything'],
    ['photo.jpg'],
  ])('rejects %s %s with a sentence', (...args) => {
    expect(parse(...args)).toMatchObject({ kind: 'usage', message: expect.stringMatching(/\w+/) });
  });

  it('names what was never met, shows evidence, and says how to repeat', () => {
    const text = renderReport({
      seed: 9,
      rounds: 1,
      combinedRounds: 0,
      virtualMs: 3_600_000,
      scansByEnd: { completed: 2 },
      answers: { done: 2 },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- two kinds are enough here
      met: { 'events lost': 2, 'sweep missed': 0 } as never,
      lifetimes: { count: 2, p50Ms: 300, p99Ms: 900, maxMs: 900 },
      combinedLifetimes: undefined,
      found: [
        {
          promise: 'ONE-1',
          what: 'an object is still there',
          evidence: { key: 'k' },
          round: 1,
          troubles: ['events lost'],
        },
      ],
    });
    expect(text).toContain('Never met in this run: sweep missed.');
    expect(text).toContain('p50 300 ms, p99 900 ms, max 900 ms (2 objects)');
    expect(text).toContain('BROKEN ONE-1: an object is still there (round 1: events lost)\n  {"key":"k"}');
    expect(text).toContain('npm run chaos -- --seed 9');
  });
});
