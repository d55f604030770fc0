/**
 * Every operation that acts for a person, by the served document: closed to whoever is not that person at this moment.
 * What an operation does with a stranger's ids is tested where it is.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApi, type FuzzedRequest, type Operation } from '../../../people/fuzz.ts';
import { codeOf, givenPeople, join, type Member, type PeopleWorld } from '../../../people/given.ts';

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
