/**
 * The time of an answer tells nothing about whether an address has an account (CAL-5). Real time, many times, the two
 * kinds taken in turns; and a leak that is built in on purpose is seen.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { median, rankDistance } from './ranks.ts';
import { bodyOf, freshAddress, givenPeople, signIn, type PeopleWorld } from './given.ts';

const rounds = 250;
/** One in a thousand by chance; the suite says so rather than failing on every thousandth run. */
const tooFar = 4;

let world: PeopleWorld;
const known: string[] = [];
beforeAll(async () => {
  world = await givenPeople();
  for (let count = 0; count < 50; count += 1) known.push((await signIn(world)).email);
});
afterAll(() => world.close());

let source = 0;

/** Milliseconds of one request, the world's counters moved on so that nobody meets a limit. */
async function timed(here: PeopleWorld, path: string, body: object): Promise<number> {
  here.clock.advance(60_000);
  const from = `2001:db8:${((source += 1) % 65_000).toString(16)}::1`;
  const startedAt = performance.now();
  const response = await here.call('POST', path, { body, source: from });
  await response.text();
  return performance.now() - startedAt;
}

async function compare(here: PeopleWorld, ask: (email: string) => Promise<number>) {
  const [ofKnown, ofUnknown]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds + 20; round += 1) {
    const knownEmail = known[round % known.length] ?? '';
    // In turns, and each first half of the time.
    const order = round % 2 === 0 ? [true, false] : [false, true];
    for (const isKnown of order) {
      const ms = await ask(isKnown ? knownEmail : freshAddress());
      // The first rounds warm up.
      if (round >= 20) (isKnown ? ofKnown : ofUnknown).push(ms);
    }
  }
  const distance = rankDistance(ofKnown, ofUnknown);
  console.log(
    `known ${median(ofKnown).toFixed(2)} ms, unknown ${median(ofUnknown).toFixed(2)} ms, ${distance.toFixed(2)} standard deviations apart`,
  );
  return Math.abs(distance);
}

describe('the time of an answer', () => {
  it('to a request for a code is the same for known and unknown addresses', async () => {
    expect(await compare(world, (email) => timed(world, '/v1/sessions', { email }))).toBeLessThan(tooFar);
  });

  it('to a wrong code is the same for known and unknown addresses', async () => {
    const ask = async (email: string): Promise<number> => {
      const { challenge } = await bodyOf(
        await world.call('POST', '/v1/sessions', {
          body: { email },
          source: `2001:db9:${((source += 1) % 65_000).toString(16)}::1`,
        }),
      );
      return timed(world, '/v1/sessions/verify', { email, challenge, code: '00000000' });
    };
    expect(await compare(world, ask)).toBeLessThan(tooFar);
  });

  it('would be seen to differ if known addresses were looked up first, as a careless one would', async () => {
    const leaking = await givenPeople({
      sharing: world,
      replace: ({ provider, identities, accounts, members, joining, keyedHash }) => ({
        provider: {
          ...provider,
          async begin(request) {
            const accountId = await identities.findByAddress(keyedHash('address', request.address));
            if (accountId !== undefined) {
              await accounts.find(accountId);
              await members.listSessions(accountId);
              await joining.read(accountId);
            }
            return provider.begin(request);
          },
        },
      }),
    });
    expect(await compare(leaking, (email) => timed(leaking, '/v1/sessions', { email }))).toBeGreaterThan(
      tooFar,
    );
  });
});
