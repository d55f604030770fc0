import { ThrottlingException } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { errorCodes, errorDescriptions, OnceoverError } from '../../../core/errors.ts';
import { problemOf as documentOf } from '../../../lambdas/api/problems.ts';
import { referencePattern } from '../../../lambdas/runtime/log.ts';
import { alice, givenApi, photo, problemOf } from './given.ts';

const someScan = `/v1/scans/${'x'.repeat(22)}`;
const personal: readonly (readonly [string, string])[] = [
  ['POST', '/v1/scans'],
  ['GET', '/v1/scans'],
  ['GET', someScan],
  ['PATCH', someScan],
  ['DELETE', someScan],
];

test.each(personal)('rejects %s %s without a token, and with one that is not ours', async (method, path) => {
  const world = givenApi();
  for (const headers of [
    {},
    { authorization: 'Bearer forged' },
    { authorization: 'Basic b2Y6YQ==' },
    { authorization: `Bearer of-${alice} x` },
  ]) {
    const response = await world.send(method, path, { as: null, headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect((await problemOf(response)).code).toBe('unauthenticated');
  }
});

test.each(personal)('rejects %s %s of a suspended account and of one that is gone', async (method, path) => {
  const world = givenApi();
  world.ledger.put.account({ accountId: alice, state: 'suspended', adultAffirmedAt: 1 });
  for (const as of [alice, 'never-was']) {
    const response = await world.send(method, path, { as });
    expect(response.status).toBe(403);
    expect((await problemOf(response)).code).toBe('account-inactive');
  }
});

test('rejects an address that is not there', async () => {
  for (const path of ['/', '/v1', '/v1/scans/a/b', '/v2/scans', '/v1/policy/']) {
    const response = await givenApi().send('GET', path);
    expect(response.status).toBe(404);
    expect((await problemOf(response)).code).toBe('not-found');
  }
});

test.each([
  ['PUT', '/v1/scans', 'GET, HEAD, POST'],
  ['DELETE', '/v1/scans', 'GET, HEAD, POST'],
  ['POST', someScan, 'DELETE, GET, HEAD, PATCH'],
  ['POST', '/v1/policy', 'GET, HEAD'],
  // No session has these names.
  ['DELETE', '/v1/sessions/refresh', 'POST'],
  ['DELETE', '/v1/sessions/verify', 'POST'],
  ['OPTIONS', '/v1/health', 'GET, HEAD'],
  ['PATCH', '/v1/openapi.json', 'GET, HEAD'],
])('rejects %s %s, naming what is allowed', async (method, path, allow) => {
  const response = await givenApi().send(method, path);
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allow);
  expect((await problemOf(response)).code).toBe('method-not-allowed');
});

test('rejects a body over 32 KiB, with and without a stated length', async () => {
  const body = JSON.stringify({ ...photo, name: 'x'.repeat(32 * 1024) });
  for (const headers of [{ 'content-length': String(body.length) }, {}]) {
    const response = await givenApi().ticket({ body, headers });
    expect(response.status).toBe(413);
    expect((await problemOf(response)).code).toBe('request-too-large');
  }
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'image/jpeg', 'application/xml'])(
  'rejects a body that says it is %s',
  async (type) => {
    const response = await givenApi().ticket({ headers: { 'content-type': type } });
    expect(response.status).toBe(415);
    expect((await problemOf(response)).code).toBe('unsupported-media-type');
  },
);

test.each(['', '{', 'null', '[]', '"text"', '{"contentType": "image/jpeg"'])(
  'rejects the body %j without repeating it',
  async (body) => {
    const response = await givenApi().ticket({ body, headers: { 'content-type': 'application/json' } });
    expect(response.status).toBe(400);
    const { code, violations } = await problemOf(response);
    expect(code).toBe('invalid-request');
    expect(violations?.length).toBeGreaterThan(0);
  },
);

test('rejects wrong fields by name and rule, and repeats no value nor any name of the client’s own', async () => {
  const canary = 'canary@example.com';
  const response = await givenApi().ticket({
    key: canary,
    body: { contentType: 7, contentLength: -3, sha256: canary, name: ['x'], [canary]: 1 },
  });
  expect(response.status).toBe(400);
  const headerText = await response.clone().text();
  expect(headerText).not.toContain('canary');
  const bodyAlone = await givenApi().ticket({
    body: { contentType: 7, contentLength: -3, sha256: canary, name: ['x'], [canary]: 1 },
  });
  const problem = await problemOf(bodyAlone);
  expect(JSON.stringify(problem)).not.toContain('canary');
  expect(problem.violations).toEqual([
    { field: 'contentType', problem: 'is missing or is not of type string' },
    { field: 'contentLength', problem: 'must be more than 0' },
    { field: 'sha256', problem: 'has the wrong form' },
    { field: 'name', problem: 'is missing or is not of type string' },
    { field: 'body', problem: 'holds a field that is not known here' },
  ]);
});

test('rejects an unknown query field without repeating it', async () => {
  const response = await givenApi().send('GET', '/v1/scans?canary=1');
  expect((await problemOf(response)).violations).toEqual([
    { field: 'query', problem: 'holds a field that is not known here' },
  ]);
});

test.each([undefined, 'short', 'x'.repeat(65), 'with spaces in it, no'])(
  'rejects the idempotency key %j',
  async (key) => {
    const response = await givenApi().send('POST', '/v1/scans', {
      body: photo,
      ...(key === undefined ? {} : { key }),
    });
    expect((await problemOf(response)).violations).toEqual([
      { field: 'Idempotency-Key', problem: expect.any(String) },
    ]);
  },
);

test('rejects an id that no scan can have', async () => {
  const response = await givenApi().send('GET', '/v1/scans/..%2f..%2fetc');
  expect(response.status).toBe(400);
  expect((await problemOf(response)).violations).toEqual([{ field: 'id', problem: 'has the wrong form' }]);
});

test('a failure of ours answers internal; its cause is in the log under the same reference, and not in the answer', async () => {
  const cause = new Error('table accounts has no canary@example.com');
  const world = givenApi({
    accounts: {
      async find() {
        throw cause;
      },
    },
  });
  const response = await world.send('GET', '/v1/scans');
  expect(response.status).toBe(500);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.clone().text();
  expect(text).not.toContain('canary');
  const { code, reference } = await problemOf(response);
  expect(code).toBe('internal');
  expect(reference).toMatch(referencePattern);
  expect(world.lines[0]).toEqual({
    level: 'error',
    event: 'request-failed',
    error: cause,
    fields: { code: 'internal', status: 500, reference, route: 'list-scans' },
  });
});

test('a database that keeps throttling is busy, not broken', async () => {
  const throttled = new ThrottlingException({ message: 'slower', $metadata: {} });
  const world = givenApi({ accounts: { find: async () => Promise.reject(throttled) } });
  const response = await world.send('GET', '/v1/scans');
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect((await problemOf(response)).code).toBe('busy');
});

test('a refusal is logged with its code and reference and nothing of the request', async () => {
  const world = givenApi();
  const { reference } = await problemOf(await world.send('GET', someScan));
  expect(world.lines).toEqual([
    {
      level: 'info',
      event: 'request-refused',
      error: undefined,
      fields: { code: 'scan-not-found', status: 404, reference, route: 'read-scan' },
    },
    {
      level: 'info',
      event: 'request-finished',
      error: undefined,
      fields: { route: 'read-scan', status: 404, ms: 0 },
    },
  ]);
});

test.each(errorCodes)('the document of %s has its standard members, whatever the error adds', (code) => {
  const error = new OnceoverError(code, { extra: { code: 'other', status: 1, type: 'x', purposes: ['a'] } });
  expect(documentOf(error, 'R')).toEqual({
    type: `urn:onceover:problem:${code}`,
    ...errorDescriptions[code],
    code,
    reference: 'R',
    purposes: ['a'],
  });
});
