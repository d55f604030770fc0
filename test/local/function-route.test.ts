/** Functions for whoever sits at this machine: their own answers, and what they throw as Lambda says it. */
import { expect, it } from 'vitest';
import { createFunctionRoute } from '../../local/function-route.ts';
import type { InvocationResult } from '../../local/runner/protocol.ts';

const url = 'http://127.0.0.1:4747/local/upkeep';

function ask(invoke: (event: unknown) => Promise<InvocationResult>, body: string, headers = {}) {
  const route = createFunctionRoute('/local/upkeep', invoke);
  return route.handle(new Request(url, { method: 'POST', body, headers }));
}

it('hands the body over and answers what the function answers', async () => {
  const answer = await ask(async (event) => ({ payload: { got: event } }), '{"task":"replay"}');
  expect([answer.status, await answer.json()]).toEqual([200, { got: { task: 'replay' } }]);
});

it('says of an event that the function refuses what is wrong with it', async () => {
  const error = { kind: 'function', errorType: 'EventRefused', errorMessage: 'task is one of a, b' } as const;
  const answer = await ask(async () => ({ error }), '{"task":"c"}');
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({
    errorType: 'EventRefused',
    errorMessage: 'task is one of a, b',
  });
});

it.each([
  ['no JSON', 'task', {}, 400],
  ['a page elsewhere', '{}', { origin: 'https://elsewhere.example' }, 403],
])('rejects %s, and invokes nothing', async (_what, body, headers, status) => {
  const invoke = () => Promise.reject(new Error('invoked'));
  expect((await ask(invoke, body, headers)).status).toBe(status);
});
