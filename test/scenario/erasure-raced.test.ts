/**
 * An erasure on the whole embedded cloud, raced by uploads, by the payment provider's events, by refreshes or by messages of
 * the same person, while every function at work is killed at random (CAL-6): everything that is stored anywhere for the
 * person is listed raw, before and after. A moment's numbers are in its title, and come again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erasureTimes } from '../../core/erasure.ts';
import type { FunctionName } from '../../lib/functions.ts';
import { derive } from '../../local/principals.ts';
import { everythingOf } from '../erasure/everything.ts';
import {
  aPhoto,
  givenLeaver,
  identifiersIn,
  leftoversIn,
  placesIn,
  post,
  startErasureWorld,
  tokensSchema,
  type Leaver,
} from '../erasure/in-cloud.ts';
import { expectNothingLeft, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startErasureWorld();
});
afterAll(() => world.cloud.close());

/** One thing that comes again and again while the account goes; answers of it do not matter, what it leaves does. */
interface Racer {
  readonly act: () => Promise<unknown>;
  /** Done once, as soon as the erasure was answered. */
  readonly onceGone?: () => void;
  /** Functions that are at work on it. */
  readonly at: readonly FunctionName[];
}

type Racing = (member: Leaver) => Promise<Racer>;

const uploads: Racing = async ({ client }) => {
  const picture = await aPhoto();
  const act = async (): Promise<void> => {
    const ticket = await client.requestTicket(picture);
    tickets.push(ticket);
    await world.put(ticket, picture.bytes);
  };
  return { act, at: ['api', 'analyze'] };
};
let tickets: Parameters<World['put']>[0][] = [];

/** Paid before, and told of now, again and again; one more checkout is paid once the account is gone. */
const webhooks: Racing = async ({ client }) => {
  const { books, deliveries } = world.cloud.stripe;
  deliveries.set({ hold: true });
  const before = deliveries.events().length;
  const open: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    const { url } = await client.openCheckout('pack-20');
    open.push(url.slice(url.lastIndexOf('/') + 1));
  }
  const [first = '', second = ''] = open;
  books.pay(first, 'pays');
  const onceGone = (): void => {
    // Unless the erasure ended it first, which is as good.
    if (books.findSession(second).status === 'open') books.pay(second, 'pays');
  };
  const act = async (): Promise<void> => {
    for (const event of deliveries.events().slice(before)) await deliveries.send(event);
  };
  return { act, onceGone, at: ['api'] };
};

const refreshes: Racing = async (member) => {
  let { refreshToken } = member;
  const act = async (): Promise<void> => {
    const answer = await post(world, '/v1/sessions/refresh', { refreshToken });
    ({ refreshToken } = tokensSchema.parse(answer));
  };
  return { act, at: ['api'] };
};

const messages: Racing = async ({ client }) => ({
  act: () => client.sendMessage('other', `While I go, ${(written += 1)}.`),
  at: ['api'],
});
let written = 0;

/** From one number, the same each time. */
function randomOf(seed: number, use: string, below: number): number {
  return Number.parseInt(derive(String(seed), use).slice(0, 8), 16) % below;
}

/** The seed; what upkeep, and whoever serves the race, has waited for when it is killed; and what was done when it begins. */
const moments = [4, 5, 6].map(
  (seed) =>
    [
      seed,
      randomOf(seed, 'upkeep', 40) + 1,
      randomOf(seed, 'racer', 12) + 1,
      randomOf(seed, 'begin', 20),
    ] as const,
);

describe.each([
  ['uploads', uploads],
  ['the payment provider’s events', webhooks],
  ['refreshes', refreshes],
  ['messages', messages],
])('raced by %s', (_name, racing) => {
  it.each(moments)(
    '(seed %i) with upkeep killed at its %i. wait and whoever serves the race at its %i., nothing is left',
    async (_seed, upkeepStep, racerStep, begin) => {
      await world.sweep();
      const { cloud } = world;
      tickets = [];
      const member = await givenLeaver(world);
      const racer = await racing(member);
      const ids = await identifiersIn(world, member);
      const places = new Set((await everythingOf(placesIn(world), ids)).map(({ place }) => place));
      for (const place of ['accounts', 'identities', 'scans', 'purchases', 'consents'] as const) {
        expect(places, place).toContain(place);
      }
      expect(places).toContain('communications');

      const racersKills = racer.at.map((name) => world.killAt(racerStep, name));
      const kills = [world.killAt(upkeepStep, 'upkeep'), ...racersKills];
      const over = new AbortController();
      const racingOn = (async (): Promise<number> => {
        let turns = 0;
        for (; !over.signal.aborted; turns += 1) await racer.act().catch(() => undefined);
        return turns;
      })();
      // Asked for in the middle of something, once each of them was at work: of an account that is gone nobody looks at
      // a photo any more. A request whose server died is sent again.
      const reached = Promise.withResolvers<void>();
      let requests = 0;
      const stop = cloud.database.faults.after(async () => {
        requests += 1;
        if (requests > begin) reached.resolve();
      });
      await Promise.all([reached.promise, ...racersKills.map(({ met }) => met)]);
      stop();
      let erasure;
      for (let tries = 0; erasure === undefined && tries < 5; tries += 1) {
        erasure = await member.client.eraseMe().then(
          (answer) => answer.erasure,
          () => undefined,
        );
      }
      racer.onceGone?.();
      for (let run = 0; run < 3; run += 1) await cloud.runner.invoke('upkeep', { task: 'erasures' });
      over.abort();
      expect(await racingOn).toBeGreaterThan(3);
      const killed = await Promise.all(kills.map(({ end }) => end()));
      expect(killed.map((count) => count > 0)).toEqual(kills.map(() => true));
      await world.idle();

      // A minute later, and when whoever wrote last has ended; what was on its way comes now.
      await cloud.runner.invoke('upkeep', { task: 'erasures' });
      await racer.act().catch(() => undefined);
      for (const ticket of tickets) await world.put(ticket, (await aPhoto()).bytes).catch(() => undefined);
      await world.idle();
      await world.pass(erasureTimes.quietMs);
      await world.sweep();
      await cloud.runner.invoke('upkeep', { task: 'erasures' });
      expect(await leftoversIn(world, ids)).toEqual([]);
      expectNothingLeft(world);
      expect(await member.client.erasure(erasure?.reference ?? '')).toBeUndefined();
      // And what the provider tells once more goes back to whoever paid.
      await racer.act().catch(() => undefined);
      await world.idle();
      expect(await leftoversIn(world, ids)).toEqual([]);
    },
  );
});
