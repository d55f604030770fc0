/**
 * The adversary: every kind of trouble by name. Each is one failure of our code, its triggers, its clocks or what
 * it leans on, and keeps within the bound that the promises name: a run of the sweep may fail or be missed, the
 * next one is not; storage and database refuse for a while, not for ever.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { FunctionName } from '../../lib/functions.ts';
import type { Cloud } from '../../local/cloud.ts';
import type { Effect } from '../../local/dynamodb/faults.ts';
import type { Operation } from '../../local/dynamodb/protocol.ts';
import type { Delivery } from '../../local/runner/event-queue.ts';
import type { FaultAnswer } from '../../local/s3/faults.ts';
import type { S3Operation } from '../../local/s3/operations.ts';

/** Where trouble is made. */
export interface Field {
  readonly cloud: Cloud;
  /** Read by the runner at each invocation. */
  readonly skewMs: Partial<Record<FunctionName, number>>;
  readonly roll: (below: number) => number;
}

/** Trouble under way. */
export interface Trouble {
  /** Goes on beside what people do, until the signal. */
  readonly during?: (signal: AbortSignal) => Promise<void>;
  /** Ends it; answers how often it was really met. */
  readonly lift: () => number;
}

type Kind = (field: Field) => Trouble;

/** What of a family cannot be told apart in one round, so that no two of it come together. */
export type Family = 'kill' | 'storage' | 'database' | 'events' | 'clock' | 'sweep';

interface Definition {
  readonly family: Family;
  readonly begin: Kind;
}

const kill = (begin: Kind): Definition => ({ family: 'kill', begin });
const minuteMs = 60_000;

const definitions = {
  'analyze killed at random': kill((field) => killAtRandom(field, 'analyze')),
  'analyze killed before the read': kill((field) => killBefore(field, 'analyze', 'GetObject')),
  'analyze killed after the read': kill((field) => killAfter(field, 'analyze', 'GetObject')),
  'analyze killed before the deletion': kill((field) => killBefore(field, 'analyze', 'DeleteObject')),
  'analyze killed after the deletion': kill((field) => killAfter(field, 'analyze', 'DeleteObject')),
  'analyze killed after the verification': kill((field) => killAfter(field, 'analyze', 'HeadObject')),
  'analyze killed after the claim': kill((field) => killAfterWrite(field, 'analyze', 'UpdateItem')),
  'analyze killed after the settlement': kill((field) =>
    killAfterWrite(field, 'analyze', 'TransactWriteItems'),
  ),
  'api killed at random': kill((field) => killAtRandom(field, 'api')),
  'api killed after a transaction': kill((field) => killAfterWrite(field, 'api', 'TransactWriteItems')),
  'sweep killed before the listing': kill((field) => killBefore(field, 'sweep', 'ListObjectsV2')),
  'sweep killed after the listing': kill((field) => killAfter(field, 'sweep', 'ListObjectsV2')),
  'sweep killed after a settlement': kill((field) => killAfterWrite(field, 'sweep', 'TransactWriteItems')),
  'storage answers 500': storage({ status: 500, code: 'InternalError' }),
  'storage answers 503 SlowDown': storage({ status: 503, code: 'SlowDown' }),
  'storage resets connections': storage('reset'),
  'storage loses answers': storage('apply-then-reset'),
  'storage truncates answers': storage('truncate'),
  'storage is slow': storage(undefined),
  'database conflicts': database('transaction-conflict'),
  'database throttles': database('throttle'),
  'database answers 500': database('internal-error'),
  'database resets connections': database('reset'),
  'database loses answers': database('apply-then-drop'),
  'database is slow': database(undefined),
  'events lost': events((roll) => Array.from({ length: 1 + roll(3) }, () => 'lost')),
  'events twice': events((roll) => Array.from({ length: 2 + roll(4) }, () => 'duplicated')),
  'events late': events((roll) =>
    Array.from({ length: 1 + roll(3) }, () => ({ delayMs: 5_000 + roll(110_000) })),
  ),
  'events out of order': events((roll) =>
    [0, 1, 2, 3].map((at) => ({ delayMs: (3 - at) * 400 + roll(300) })),
  ),
  'clock of analyze ahead': clock('analyze', 4 * minuteMs),
  'clock of analyze behind': clock('analyze', -4 * minuteMs),
  'clock of sweep ahead': clock('sweep', 4 * minuteMs),
  'clock of sweep behind': clock('sweep', -4 * minuteMs),
  'clock of api ahead': clock('api', 1.6 * minuteMs),
  'clock of api behind': clock('api', -1.6 * minuteMs),
  'sweep missed': sweeps('lost'),
  'sweep late': sweeps({ delayMs: 50_000 }),
  'sweep twice at once': sweeps('duplicated'),
} as const satisfies Record<string, Definition>;

export type TroubleName = keyof typeof definitions;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of a const object
export const troubleNames = Object.keys(definitions) as TroubleName[];

export function familyOf(name: TroubleName): Family {
  return definitions[name].family;
}

/** Whether a trouble is met by sweeps alone, which need minutes to come. */
export function isOfSweep(name: TroubleName): boolean {
  return name.startsWith('sweep');
}

/** Begins one trouble. */
export function beginTrouble(name: TroubleName, field: Field): Trouble {
  return definitions[name].begin(field);
}

/** Kills when a step is reached, at most `limit` times; counts only kills that met a process at work. */
function killer({ cloud, roll }: Field, name: FunctionName) {
  // One killed sweep is a missed sweep; two in a row would be more than one failure.
  let left = name === 'sweep' ? 1 : 1 + roll(3);
  let skip = name === 'sweep' ? 0 : roll(2);
  let met = 0;
  return {
    strike: async (): Promise<void> => {
      if (left === 0) return;
      if (skip > 0) {
        skip -= 1;
        return;
      }
      left -= 1;
      const atWork = await cloud.runner.kill(name);
      if (atWork > 0) met += 1;
      else left += 1;
    },
    lift: () => {
      left = 0;
      return met;
    },
  };
}

function killBefore(field: Field, name: FunctionName, step: S3Operation): Trouble {
  const { strike, lift } = killer(field, name);
  field.cloud.storage.faults.before((operation) => (operation === step ? strike() : undefined));
  return { lift };
}

function killAfter(field: Field, name: FunctionName, step: S3Operation): Trouble {
  const { strike, lift } = killer(field, name);
  field.cloud.storage.faults.after((operation) => (operation === step ? strike() : undefined));
  return { lift };
}

function killAfterWrite(field: Field, name: FunctionName, step: Operation): Trouble {
  const { strike, lift } = killer(field, name);
  field.cloud.database.faults.after((operation) => (operation === step ? strike() : undefined));
  return { lift };
}

function killAtRandom(field: Field, name: FunctionName): Trouble {
  const { strike, lift } = killer(field, name);
  return {
    lift,
    async during(signal) {
      while (!signal.aborted) {
        await wait(10 + field.roll(400), undefined, { signal }).then(strike, () => {});
      }
    },
  };
}

const storageOperations: readonly S3Operation[] = [
  'GetObject',
  'DeleteObject',
  'HeadObject',
  'PutObject',
  'ListObjectsV2',
  'DeleteObjects',
];

/** The same answer, or slowness, for some requests of each operation: more than the SDK's retries now and then. */
function storage(answer: FaultAnswer | undefined): Definition {
  const begin = ({ cloud, roll }: Field): Trouble => {
    const { faults } = cloud.storage;
    for (const operation of storageOperations) {
      // A sweep that fails altogether is one missed; four refusals are the end of the SDK's patience.
      const isSweeps = operation === 'ListObjectsV2' || operation === 'DeleteObjects';
      const times = isSweeps ? 1 + roll(4) : 1 + roll(6);
      const slow = { delayMs: 100 + roll(900) };
      faults.next({ operation, times, ...(answer === undefined ? slow : { answer }) });
    }
    const armed = faults.pending();
    return { lift: () => armed - faults.pending() };
  };
  return { family: 'storage', begin };
}

const reads: readonly Operation[] = ['GetItem', 'Query'];
const writes: readonly Operation[] = ['UpdateItem', 'TransactWriteItems'];

function database(effect: Effect | undefined): Definition {
  const begin = ({ cloud, roll }: Field): Trouble => {
    let met = 0;
    const where = (): boolean => {
      met += 1;
      return true;
    };
    for (const operation of effect === 'transaction-conflict' ? writes : [...reads, ...writes]) {
      const slow = { delayMs: 100 + roll(900) };
      cloud.database.faults.next({ operation, where, times: 1 + roll(5), effect: effect ?? slow });
    }
    return { lift: () => met };
  };
  return { family: 'database', begin };
}

function events(deliveries: (roll: Field['roll']) => readonly Delivery[]): Definition {
  const begin = ({ cloud, roll }: Field): Trouble => planned(cloud, 'analyze', deliveries(roll));
  return { family: 'events', begin };
}

/** Every second run at most: never two in a row. */
function sweeps(delivery: Delivery): Definition {
  return { family: 'sweep', begin: ({ cloud }) => planned(cloud, 'sweep', [delivery, 'normal', delivery]) };
}

function planned({ runner }: Cloud, name: FunctionName, deliveries: readonly Delivery[]): Trouble {
  runner.planDeliveries(name, ...deliveries);
  return {
    lift() {
      const met = deliveries.slice(0, deliveries.length - runner.unplanDeliveries(name));
      return met.filter((delivery) => delivery !== 'normal').length;
    },
  };
}

/** Met by every round that lets the function run, which is every round. */
function clock(name: FunctionName, offMs: number): Definition {
  const begin = ({ skewMs }: Field): Trouble => {
    skewMs[name] = offMs;
    return {
      lift() {
        skewMs[name] = 0;
        return 1;
      },
    };
  };
  return { family: 'clock', begin };
}
