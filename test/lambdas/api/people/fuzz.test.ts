/** The fuzzer over the API in this process; `npm run test:people` runs more of it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApi, type Api, type FuzzedRequest, type Operation } from '../../../people/fuzz.ts';
import { givenPeople, join, type Member, type PeopleWorld } from '../../../people/given.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 25);
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

const world: PeopleWorld = await givenPeople();
const api: Api = readApi(await (await world.call('GET', '/v1/openapi.json')).json());
let member: Member;
let source = 0;
beforeAll(async () => {
  member = await join(world);
});
afterAll(() => world.close());

/** The person themselves, nobody, somebody with a broken token. */
const callers = fc.constantFrom('member', 'nobody', 'garbage');

async function complaintsAbout(operation: Operation, request: FuzzedRequest, caller: string) {
  // Signed out or suspended by what came before, the person would be refused everywhere.
  if (caller === 'member' && (await world.call('GET', '/v1/me', { token: member.token })).status !== 200) {
    member = await join(world);
  }
  world.clock.advance(1000);
  // The cleaner lives: its absence is a 503 of its own, and no fault.
  await world.ports.heartbeat.beat(world.clock.now());
  const token = { member: member.token, nobody: undefined, garbage: 'garbage' }[caller];
  const answer = await world.call(request.method, request.path, {
    token,
    headers: request.headers,
    source: `2001:db8:${((source += 1) % 60_000).toString(16)}::1`,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return api.complaints(operation, {
    status: answer.status,
    contentType: answer.headers.get('content-type'),
    text: await answer.text(),
  });
}

describe('whatever is sent to', () => {
  it.each(api.operations.map((operation) => [operation.described.operationId, operation] as const))(
    '%s is answered as the document says, and never with a fault of ours',
    { timeout: 120_000 },
    async (_id, operation) => {
      await fc.assert(
        fc.asyncProperty(api.request(operation), callers, async (request, caller) => {
          expect(await complaintsAbout(operation, request, caller), JSON.stringify(request)).toEqual([]);
        }),
        { numRuns: runs, seed, endOnFailure: true },
      );
    },
  );
});

it('sees an answer that the document does not have', () => {
  const [operation] = api.operations;
  if (operation === undefined) throw new Error('given: no operation');
  const answers = [
    { status: 500, contentType: 'application/problem+json', text: '{}' },
    { status: 418, contentType: 'application/problem+json', text: '{}' },
    { status: 400, contentType: 'text/html', text: '<p>' },
    { status: 400, contentType: 'application/problem+json', text: '{"code":"no-such-code"}' },
  ];
  for (const answer of answers) expect(api.complaints(operation, answer)).toHaveLength(1);
});
