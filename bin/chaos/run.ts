/**
 * One chaos run over an embedded cloud of its own: rounds of trouble, people at work, time that passes, calm, and
 * a judgement after each round, so that a broken promise is found beside what broke it.
 */
import type { Cloud, CloudOptions } from '../../local/cloud.ts';
import { startCloud } from '../../local/cloud.ts';
import {
  dwellHistogram,
  mergeDwell,
  summarizeDwell,
  type DwellHistogram,
  type DwellSummary,
} from '../../core/dwell.ts';
import type { FunctionName } from '../../lib/functions.ts';
import { createWitness, type Life, type Witness } from '../../local/witness.ts';
import { calmara } from '../../policies/calmara.ts';
import { openBooks, type Books } from './books.ts';
import { act, pass, rollerOf, type Planned } from './act.ts';
import type { DeedName } from './deeds.ts';
import { judge, type Violation } from './judge.ts';
import { readItems } from './list.ts';
import { mutantBundler, type MutantName } from './mutants.ts';
import { invite, readPhotos, type Photo } from './people.ts';
import { planRounds, type Round } from './plan.ts';
import { openTrace, type Trace } from './trace.ts';
import { beginTrouble, isOfSweep, troubleNames, type TroubleName } from './troubles.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** Asked before each round. */
  readonly goesOn: (progress: Progress) => boolean;
  /** Default: every kind of trouble */
  readonly kinds?: readonly TroubleName[];
  /** Default: every deed */
  readonly deeds?: readonly DeedName[];
  readonly mutant?: MutantName | undefined;
  readonly log?: CloudOptions['log'];
  readonly onRound?: (progress: Progress) => void;
}

export interface Progress {
  readonly rounds: number;
  readonly scans: number;
  readonly violations: number;
  readonly virtualMs: number;
  /** How often each trouble was really met so far. */
  readonly met: ReadonlyMap<TroubleName, number>;
}

/** A violation and the round that it came in. */
export type Found = Violation & { readonly round: number; readonly troubles: readonly TroubleName[] };

/** What came of a run. */
export interface Report {
  readonly seed: number;
  readonly rounds: number;
  readonly combinedRounds: number;
  readonly virtualMs: number;
  readonly scansByEnd: Readonly<Record<string, number>>;
  /** Deeds that people saw answered, by the code of their error or `done`. */
  readonly answers: Readonly<Record<string, number>>;
  readonly met: Readonly<Record<TroubleName, number>>;
  /** Objects' lives under single troubles, and under several at once. */
  readonly lifetimes: DwellSummary | undefined;
  readonly combinedLifetimes: DwellSummary | undefined;
  readonly found: readonly Found[];
}

/** Two sweeps come in this, the second of which finds overdue scans. */
const twoSweepsMs = 125_000;
/** After the faults are lifted: the promised bound and a little more. */
const calmMs = 310_000;

/** Runs rounds while `goesOn`, or until a promise was broken, and closes its cloud. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const lives: Life[] = [];
  const trace = openTrace();
  let started: Cloud | undefined;
  const witness = createWitness(
    (life) => void lives.push(life),
    () => started?.storage.objects(),
  );
  const skewMs: Partial<Record<FunctionName, number>> = {};
  const cloud = await startCloud({
    seed: `chaos ${options.seed}`,
    scans: 1,
    model: 'colour-contrast',
    dailyTicketLimit: Number.MAX_SAFE_INTEGER,
    skewMs,
    ...(options.mutant === undefined ? {} : { bundle: mutantBundler(options.mutant) }),
    log: options.log ?? (() => {}),
    observe(observation) {
      witness.observe(observation);
      trace.observe(observation);
    },
  });
  started = cloud;
  try {
    const now = (): number => cloud.clock.now();
    const books = openBooks(cloud.database, cloud.names.scans, now);
    const run: Run = {
      cloud,
      books,
      witness,
      trace,
      lives,
      skewMs,
      photos: await readPhotos(),
      tally: newTally(),
    };
    await play(run, options);
    return reportOf(run, options.seed);
  } finally {
    await cloud.close();
  }
}

interface Tally {
  rounds: number;
  combinedRounds: number;
  readonly startedAt: number;
  readonly met: Map<TroubleName, number>;
  readonly answers: Map<string, number>;
  single: DwellHistogram;
  combined: DwellHistogram;
  readonly found: Found[];
}

interface Run {
  readonly cloud: Cloud;
  readonly books: Books;
  readonly witness: Witness;
  readonly trace: Trace;
  readonly lives: Life[];
  readonly skewMs: Partial<Record<FunctionName, number>>;
  readonly photos: readonly Photo[];
  readonly tally: Tally;
}

function newTally(): Tally {
  return {
    rounds: 0,
    combinedRounds: 0,
    startedAt: performance.now(),
    met: new Map(),
    answers: new Map(),
    single: new Map(),
    combined: new Map(),
    found: [],
  };
}

async function play(run: Run, options: ChaosOptions): Promise<void> {
  for (const round of planRounds(options.seed, options.kinds, options.deeds)) {
    if (run.tally.found.length > 0 || !options.goesOn(progressOf(run))) return;
    await playRound(run, round);
    options.onRound?.(progressOf(run));
  }
}

function progressOf({ tally, books, cloud }: Run): Progress {
  return {
    rounds: tally.rounds,
    scans: books.entries.size,
    violations: tally.found.length,
    virtualMs: cloud.clock.offset() + (performance.now() - tally.startedAt),
    met: tally.met,
  };
}

async function playRound(run: Run, round: Round): Promise<void> {
  const { cloud, books, tally } = run;
  const roll = rollerOf(round.dice);
  const people = await Promise.all([8, 8, 8].map((scans) => invite(cloud, scans)));
  const begun = round.troubles.map((name) => ({
    name,
    trouble: beginTrouble(name, { cloud, skewMs: run.skewMs, roll }),
  }));
  const clocksOffMs = Math.max(0, ...Object.values(run.skewMs).map(Math.abs));
  for (const burst of round.bursts) {
    const agenda: Planned[] = [];
    const acting = new AbortController();
    const beside = begun.map(async ({ trouble }) => trouble.during?.(acting.signal));
    const stage = { cloud, people, photos: run.photos, agenda };
    for (const answer of await Promise.all(burst.deeds.map((deed) => act(stage, deed)))) {
      tally.answers.set(answer, (tally.answers.get(answer) ?? 0) + 1);
    }
    acting.abort();
    await Promise.all(beside);
    await cloud.runner.idle();
    await pass(cloud, burst.thenPassMs, agenda);
  }
  if (round.troubles.some(isOfSweep)) await pass(cloud, twoSweepsMs, []);
  for (const { name, trouble } of begun) tally.met.set(name, (tally.met.get(name) ?? 0) + trouble.lift());
  cloud.storage.faults.clear();
  cloud.database.faults.clear();
  books.follow();
  await cloud.clock.advance(calmMs);
  await cloud.runner.idle();
  await judgeRound(run, round, clocksOffMs);
}

async function judgeRound(
  { cloud, books, witness, trace, lives, tally }: Run,
  round: Round,
  clocksOffMs: number,
) {
  const combined = round.troubles.length > 1;
  const objects = witness.alive(cloud.storage.objects(), cloud.clock.now());
  const ended = lives.splice(0);
  const items = await readItems(cloud);
  const violations = judge({
    entries: [...books.entries.values()],
    items,
    objects,
    lives: ended,
    policy: calmara,
    clocksOffMs,
    combined,
  });
  tally.rounds += 1;
  if (combined) tally.combinedRounds += 1;
  const counted = dwellHistogram(ended.map(({ lifetimeMs }) => lifetimeMs));
  if (combined) tally.combined = mergeDwell([tally.combined, counted]);
  else tally.single = mergeDwell([tally.single, counted]);
  for (const violation of violations) {
    const { key, scanId = key } = violation.evidence;
    const evidence = { ...violation.evidence, storage: trace.of(String(scanId)) };
    tally.found.push({ ...violation, evidence, round: round.number, troubles: round.troubles });
  }
  trace.clear();
}

function reportOf({ tally, books, cloud }: Run, seed: number): Report {
  const ends = [...books.entries.values()].map((entry) => entry.ends[0]?.state ?? 'open');
  const met = Object.fromEntries(troubleNames.map((name) => [name, tally.met.get(name) ?? 0]));
  return {
    seed,
    rounds: tally.rounds,
    combinedRounds: tally.combinedRounds,
    virtualMs: cloud.clock.offset() + (performance.now() - tally.startedAt),
    scansByEnd: Object.fromEntries(
      [...Map.groupBy(ends, (state) => state)].map(([state, all]) => [state, all.length]),
    ),
    answers: Object.fromEntries(tally.answers),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made from every name
    met: met as Report['met'],
    lifetimes: summarizeDwell(tally.single),
    combinedLifetimes: summarizeDwell(tally.combined),
    found: tally.found,
  };
}
