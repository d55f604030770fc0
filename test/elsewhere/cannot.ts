/**
 * What cannot run elsewhere, by name and with its reason. A case that neither runs nor stands here fails a test
 * (listing.test.ts), and so does a name here that no case has any more.
 */
import type { Emulator } from './emulator.ts';

/** Cases of contracts and shared scenarios that are left out, named by how their full name ends. */
export interface Exclusion {
  readonly reason: string;
  readonly cases: readonly string[];
}

/** A file of scenarios that know a `World`, the embedded system with its time, faults and inside. */
export interface EmbeddedOnly {
  readonly file: string;
  readonly reason: string;
}

export const embeddedOnly: readonly EmbeddedOnly[] = [
  {
    file: 'test/scenario/life.test.ts',
    reason:
      'plants faults, loses and repeats events, lets minutes pass at once, and counts who read an object',
  },
  {
    file: 'test/scenario/canaries.test.ts',
    reason: 'reads every line that functions print and every request that storage sees',
  },
  { file: 'test/scenario/kills.test.ts', reason: 'kills a function’s process at a named step' },
  { file: 'test/scenario/joining.test.ts', reason: 'kills a function’s process at each step of joining' },
  {
    file: 'test/scenario/erasure.test.ts',
    reason:
      'kills upkeep at each of its writes, and lists raw what every service of the embedded cloud holds',
  },
  {
    file: 'test/scenario/erasure-raced.test.ts',
    reason: 'kills functions at random, and lists raw what every service of the embedded cloud holds',
  },
  {
    file: 'test/scenario/mail.test.ts',
    reason: 'reads the embedded outbox, and every line that functions print',
  },
  {
    file: 'test/scenario/model.test.ts',
    reason: 'chooses another model, and whether one without an evaluation may answer',
  },
  {
    file: 'test/scenario/money.test.ts',
    reason: 'pays on the page of the embedded stand-in of the payment service',
  },
  {
    file: 'test/scenario/places.test.ts',
    reason: 'reads every request that storage, the outbox and the stand-in of the payment service see',
  },
  {
    file: 'test/scenario/presigned.test.ts',
    reason: 'lets deadlines pass at once; the same abuses run elsewhere in the contract of upload addresses',
  },
  { file: 'test/scenario/refusals.test.ts', reason: 'lets storage and database refuse, throttle and reset' },
  {
    file: 'test/scenario/restart.test.ts',
    reason: 'kills the whole embedded cloud and starts it again on its own data',
  },
  { file: 'test/scenario/skew.test.ts', reason: 'sets a function’s clock minutes off' },
  {
    file: 'test/scenario/staff.test.ts',
    reason: 'asks as staff of the embedded identity service, and lets days pass at once',
  },
  {
    file: 'test/scenario/status.test.ts',
    reason: 'loses an event, lets minutes pass at once, and needs a system that looked at nothing before',
  },
];

/** A contract that no cloud can hold, by the beginning of its file's name. */
interface WithoutCloud {
  readonly contract: string;
  readonly reason: string;
}

export const withoutCloud: readonly WithoutCloud[] = [
  { contract: 'look', reason: 'decodes and looks inside one process; no cloud is asked' },
  {
    contract: 'sign-in',
    reason: 'lets a code grow too old at once, and MiniStack’s Cognito knows no code by e-mail',
  },
];

/** Left out of every run elsewhere. */
const everywhere: readonly Exclusion[] = [
  {
    reason:
      'storage elsewhere stamps objects and multipart uploads with its own time, and none can be made old',
    cases: [
      'lists every object with its age, in the order of keys',
      'aborts the multipart uploads that are old enough, and says how many',
    ],
  },
  {
    reason: 'one key of a batch cannot be made to fail',
    cases: ['answers the keys that were not confirmed, and deletes the others'],
  },
  {
    reason: 'time cannot be made to pass at once, and a minute of waiting is no test',
    cases: [
      'uploads until its very last moment, and rejects from then on',
      'rejects sooner when it was signed for less',
      'rejects an address that was signed for longer than a signature may live',
    ],
  },
];

/** How the names of the upload address's abuses end. */
const stillGood = ', and is still good for its one upload';

/** Left out where one emulator does not do what AWS does. */
const lacking: Readonly<Record<Emulator, readonly Exclusion[]>> = {
  ministack: [
    {
      reason: 'MiniStack takes a request without any signature, whatever its bucket policy says',
      cases: [`rejects no signature at all${stillGood}`],
    },
    {
      reason: 'MiniStack takes x-amz-meta headers that the signature does not cover; AWS refuses them',
      cases: [`rejects an x-amz-meta-name that was not signed${stillGood}`],
    },
    {
      reason: 'MiniStack refuses it too, with a status or code that AWS would not answer',
      cases: [
        `rejects a key of its own to encrypt with${stillGood}`,
        `rejects an x-amz-acl that was not signed${stillGood}`,
        // Vitest shortens what it puts into a title.
        `rejects an x-amz-storage-class that was not sig…${stillGood}`,
        `rejects fewer signed headers in the query${stillGood}`,
      ],
    },
  ],
  localstack: [],
};

/** What is left out at this emulator. */
export function exclusionsAt(emulator: Emulator | undefined): readonly Exclusion[] {
  return emulator === undefined ? everywhere : [...everywhere, ...lacking[emulator]];
}

/** Emulators that were tried. */
export const emulators = Object.keys(lacking) as readonly Emulator[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- keys of a record of emulators

/** Matches the full names of the cases that run. */
export function runnablePattern(emulator: Emulator | undefined): RegExp {
  const names = exclusionsAt(emulator).flatMap(({ cases }) => cases);
  return names.length === 0
    ? /^/
    : new RegExp(`^(?!.*(?:${names.map((name) => RegExp.escape(name)).join('|')})$)`);
}
