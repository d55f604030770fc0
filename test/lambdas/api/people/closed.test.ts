/**
 * Every operation that acts for a person, by the served document: closed to whoever is not that person at this moment, and
 * blind to what is somebody else's.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApi, type FuzzedRequest, type Operation } from '../../../people/fuzz.ts';
import { z } from 'zod';
import { sessionsViewSchema, ticketSchema } from '../../../../core/contract.ts';
import { freshId } from '../../../contract/given.ts';
import { checkout, pay, sendAll } from '../../../money/given.ts';
import {
  bodyOf,
  codeOf,
  givenPeople,
  heldBy,
  join,
  ticket,
  type Member,
  type PeopleWorld,
} from '../../../people/given.ts';

const world: PeopleWorld = await givenPeople();
const api = readApi(await (await world.call('GET', '/v1/openapi.json')).json());
const personal = api.operations.filter(({ described }) => described['security'] !== undefined);
let member: Member;
beforeAll(async () => {
  member = await join(world);
});
afterAll(() => world.close());

/** One request to it that the document allows. */
function sample(operation: Operation): FuzzedRequest {
  const [request] = fc.sample(api.request(operation), { numRuns: 1, seed: 7 });
  if (request === undefined) throw new Error('given: no request');
  return request;
}

async function refusal(operation: Operation, token: string | undefined): Promise<unknown> {
  const { method, path, headers, body } = sample(operation);
  const response = await world.call(method, path, {
    token,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return [response.status, await codeOf(response)];
}

it('are most operations', () => {
  expect(personal.length).toBeGreaterThan(15);
  expect(api.operations.length - personal.length).toBe(13);
});

describe.each(personal.map((operation) => [operation.described.operationId, operation] as const))(
  '%s',
  (_id, operation) => {
    it('rejects nobody, garbage, and a token with another signature', async () => {
      const forged = `${member.token.slice(0, -4)}${member.token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
      for (const token of [undefined, 'garbage', forged]) {
        expect(await refusal(operation, token)).toEqual([401, 'unauthenticated']);
      }
    });

    it('rejects a session that is over, a token that ran out, and a suspended account', async () => {
      const left = await join(world);
      await world.call('DELETE', '/v1/sessions', { token: left.token });
      expect(await refusal(operation, left.token)).toEqual([401, 'unauthenticated']);

      const late = await join(world);
      world.clock.advance(306_000);
      expect(await refusal(operation, late.token)).toEqual([401, 'unauthenticated']);

      const suspended = await join(world);
      const source = `2001:db8:${(reports += 1).toString(16)}::1`;
      await world.call('POST', '/v1/reports/minor', { body: { email: suspended.email }, source });
      expect(await refusal(operation, suspended.token)).toEqual([403, 'account-inactive']);
    });
  },
);
let reports = 0;

const listed = z.looseObject({
  messages: z.array(z.object({ id: z.string() })).optional(),
  feedback: z.array(z.object({ id: z.string() })).optional(),
});

async function writtenBy({ token }: Member, path: string, body: object): Promise<string> {
  await world.call('POST', path, { token, body });
  const { messages, feedback } = listed.parse(await bodyOf(await world.call('GET', path, { token })));
  return (messages ?? feedback)?.[0]?.id ?? '';
}

/** How somebody comes by what a path names. */
const owned: Readonly<Record<string, (them: Member) => Promise<string>>> = {
  '/v1/scans/{id}': async (them) => ticketSchema.parse(await bodyOf(await ticket(world, them))).scan.id,
  '/v1/sessions/{id}': async ({ token }) => {
    const answer = await world.call('GET', '/v1/sessions', { token });
    return sessionsViewSchema.parse(await answer.json()).sessions[0]?.id ?? '';
  },
  '/v1/messages/{id}': async (them) => writtenBy(them, '/v1/messages', { topic: 'other', text: 'Mine.' }),
  '/v1/feedback/{id}': async (them) =>
    writtenBy(them, '/v1/feedback', { survey: 'after-scan', version: 1, answers: { clear: 1 } }),
  '/v1/checkout/{id}': async (them) =>
    new URL(String((await bodyOf(await checkout(world, them)))['url'])).pathname.slice('/pay/'.length),
  '/v1/purchases/{id}/receipt': async (them) => {
    const payment = await pay(world, them);
    await sendAll(world, payment);
    return payment;
  },
};

/** A purpose is nobody's. */
const aboutOne = personal.filter(({ path }) => path.includes('{') && !path.includes('{purpose}'));

describe.each(aboutOne.map((operation) => [operation.described.operationId, operation] as const))(
  '%s',
  (_id, { method, path, described }) => {
    it('rejects what is somebody else’s as if it did not exist, and leaves it as it was', async () => {
      await world.ports.heartbeat.beat(world.clock.now());
      const [them, mine] = [await join(world), await join(world)];
      const id = await owned[path]?.(them);
      if (id === undefined || id === '') throw new Error(`given: nobody has a ${path}`);
      const body = described.requestBody?.content['application/json']?.['example'];
      const ask = async (one: string, { token }: Member): Promise<Response> =>
        world.call(method, path.replace(/\{\w+\}/, one), {
          token,
          ...(body === undefined ? {} : { body }),
        });
      const before = await heldBy(world, them);

      const refused = await ask(id, mine);
      const { reference: _one, ...told } = await bodyOf(refused);
      const { reference: _other, ...ofNothing } = await bodyOf(
        await ask(freshId().replaceAll('-', '_'), mine),
      );
      expect(refused.status).toBe(404);
      expect(told).toEqual(ofNothing);
      expect(await heldBy(world, them)).toEqual(before);
      expect((await ask(id, them)).status).toBeLessThan(300);
    });
  },
);
