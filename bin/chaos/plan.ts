/**
 * What the adversary and the people do, derived from the seed alone: the same seed plans the same rounds. What
 * then happens depends on real processes and real timing as well, as it would anywhere.
 */
import fc from 'fast-check';
import { deedNames, type DeedName } from './deeds.ts';
import { familyOf, troubleNames, type TroubleName } from './troubles.ts';

/** One person's act. */
export interface PlannedDeed {
  readonly deed: DeedName;
  readonly person: number;
  /** Decides what the deed leaves open. */
  readonly dice: readonly number[];
}

/** One round: some trouble, people at work, minutes that pass; then calm, and a judgement. */
export interface Round {
  readonly number: number;
  readonly troubles: readonly TroubleName[];
  readonly bursts: readonly { readonly deeds: readonly PlannedDeed[]; readonly thenPassMs: number }[];
  readonly dice: readonly number[];
}

const dice = fc.array(fc.nat({ max: 999_999 }), { minLength: 24, maxLength: 24 });
const burstOf = (names: readonly DeedName[]) =>
  fc.record({
    deeds: fc.array(fc.record({ deed: fc.constantFrom(...names), person: fc.nat({ max: 99 }), dice }), {
      minLength: 3,
      maxLength: 5,
    }),
    // Upload addresses live 60 s, leases 40 s, the sweep comes every 60 s: around these it gets interesting.
    thenPassMs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 20_000, max: 62_000 })),
  });
const bodyOf = (names: readonly DeedName[]) =>
  fc.record({ bursts: fc.array(burstOf(names), { minLength: 1, maxLength: 2 }), dice });

/** Every how many rounds several troubles come at once, and weaker promises hold. */
const combinedEvery = 6;

/** Rounds without end. Each kind of trouble comes once before any comes again. */
export function* planRounds(
  seed: number,
  kinds: readonly TroubleName[] = troubleNames,
  names: readonly DeedName[] = deedNames,
): Generator<Round> {
  const body = bodyOf(names);
  let queue: TroubleName[] = [];
  for (let number = 1; ; number += 1) {
    const ofRound = { seed: seed + number * 7919, numRuns: 1, unbiased: true };
    if (queue.length === 0) {
      [queue = []] = fc.sample(fc.shuffledSubarray([...kinds], { minLength: kinds.length }), ofRound);
    }
    const combined = number % combinedEvery === 0 && kinds.length > 2;
    const troubles = combined ? takeTogether(queue) : queue.splice(0, 1);
    const [planned] = fc.sample(body, ofRound);
    if (planned === undefined) throw new Error('a sample of one has one');
    yield { number, troubles, ...planned };
  }
}

/** Up to three of different families; what cannot come now stays in the queue. */
function takeTogether(queue: TroubleName[]): readonly TroubleName[] {
  const taken: TroubleName[] = [];
  const candidates = [...queue];
  for (const name of candidates) {
    if (taken.length === 3) break;
    if (taken.some((other) => familyOf(other) === familyOf(name))) continue;
    queue.splice(queue.indexOf(name), 1);
    taken.push(name);
  }
  return taken;
}
