/** People acting, and time passing between what they do. Knows nothing of trouble and of judgement. */
import { OnceoverApiError } from '../../client/error.ts';
import type { Cloud } from '../../local/cloud.ts';
import { deeds, type Scene } from './deeds.ts';
import type { Person, Photo } from './people.ts';
import type { PlannedDeed } from './plan.ts';

/** Something that a deed does later. */
export interface Planned {
  /** Virtual, epoch ms. */
  readonly atMs: number;
  readonly act: () => Promise<void>;
}

/** Where people act. */
export interface Stage {
  readonly cloud: Cloud;
  readonly people: readonly Person[];
  readonly photos: readonly Photo[];
  /** Takes what is left for later. */
  readonly agenda: Planned[];
}

/** Longest that a deed may take, real ms. */
const deedMs = 6_000;

/** One person's deed; answers `done` or the code of what they were told. Never rejects. */
export async function act({ cloud, people, photos, agenda }: Stage, planned: PlannedDeed): Promise<string> {
  const roll = rollerOf(planned.dice);
  const person = people[planned.person % people.length];
  const photo = photos[roll(photos.length)];
  if (person === undefined || photo === undefined) throw new Error('there are people, and photos');
  const later: Scene['later'] = (afterMs, then) =>
    void agenda.push({ atMs: cloud.clock.now() + afterMs, act: () => then(AbortSignal.timeout(deedMs)) });
  const signal = AbortSignal.timeout(deedMs);
  try {
    await deeds[planned.deed]({ cloud, person, photo, roll, later, signal });
    return 'done';
  } catch (error) {
    if (error instanceof OnceoverApiError) return error.code;
    if (signal.aborted) return 'gave up';
    return error instanceof Error ? error.name : typeof error;
  }
}

/** Lets time pass, with what was planned for it at its moment. Time stands still while people act. */
export async function pass(cloud: Cloud, ms: number, agenda: readonly Planned[]): Promise<void> {
  const until = cloud.clock.now() + ms;
  for (const planned of agenda.toSorted((a, b) => a.atMs - b.atMs)) {
    if (planned.atMs > until) break;
    await cloud.clock.advance(Math.max(0, planned.atMs - cloud.clock.now()));
    await planned.act();
    await cloud.runner.idle();
  }
  await cloud.clock.advance(Math.max(0, until - cloud.clock.now()));
  await cloud.runner.idle();
}

/** Numbers from a round's plan, over and over. */
export function rollerOf(dice: readonly number[]): (below: number) => number {
  let at = 0;
  return (below) => {
    const die = dice[at % dice.length] ?? 0;
    at += 1;
    return (die + Math.floor(at / dice.length)) % below;
  };
}
