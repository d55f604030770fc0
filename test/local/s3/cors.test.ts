import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { corsHeaders } from '../../../local/s3/cors.ts';
import { bucket, givenS3, givenTicket, image, send, type Given } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await givenS3();
});
afterEach(() => given.close());

const page = 'https://app.example';
const ask = {
  origin: page,
  'access-control-request-method': 'PUT',
  'access-control-request-headers': 'Content-Type,if-none-match, x-amz-checksum-sha256',
};
const preflight = (headers: Record<string, string>, path = `/${bucket}/scan-1`) =>
  send(given.s3.url + path, 'OPTIONS', headers);

describe('a preflight', () => {
  test('is granted by the rule, without a signature', async () => {
    const { status, headers } = await preflight(ask);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'content-type, if-none-match, x-amz-checksum-sha256',
      'access-control-max-age': '600',
      vary: expect.stringContaining('Origin'),
    });
    expect(given.seen).toMatchObject([{ operation: 'Preflight', key: 'scan-1', status: 200 }]);
  });

  test('is granted to an origin that fits a pattern', async () => {
    const origin = 'https://branch-7.preview.example';
    expect((await preflight({ ...ask, origin })).headers['access-control-allow-origin']).toBe(origin);
  });

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that only begins like an allowed one', { origin: 'https://app.example.evil' }],
    ['another scheme', { origin: 'http://app.example' }],
    ['a method that the rule does not name', { 'access-control-request-method': 'DELETE' }],
    ['a header that the rule does not name', { 'access-control-request-headers': 'x-amz-acl' }],
  ])('rejects %s', async (_, changed) => {
    const answer = await preflight({ ...ask, ...changed });
    expect(answer).toMatchObject({ status: 403, code: 'AccessForbidden' });
    expect(answer.headers['access-control-allow-headers']).toBeUndefined();
  });

  test('rejects a request that is none', async () => {
    expect(await preflight({})).toMatchObject({ status: 400, code: 'BadRequest' });
    expect(await preflight({ origin: page })).toMatchObject({ status: 400, code: 'BadRequest' });
  });

  test('rejects another bucket', async () => {
    expect(await preflight(ask, '/elsewhere/scan-1')).toMatchObject({ status: 404, code: 'NoSuchBucket' });
  });
});

describe('the answer to a page', () => {
  test('can be read by an allowed origin, also when it is a refusal', async () => {
    const ticket = await givenTicket(given, 'scan-1');
    for (const status of [200, 412]) {
      const answer = await send(ticket.url, 'PUT', { ...ticket.headers, origin: page }, image);
      expect(answer.status).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe(page);
      expect(answer.headers['access-control-expose-headers']).toBe('etag');
    }
  });

  test('says nothing to another origin or to nobody', async () => {
    const ticket = await givenTicket(given, 'scan-1');
    for (const more of [{ origin: 'https://evil.example' }, {}]) {
      const answer = await send(ticket.url, 'PUT', { ...ticket.headers, ...more }, image);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('names any origin where the rule does', () => {
    const rule = { origins: ['*'], methods: ['PUT'], headers: [] };
    expect(corsHeaders(page, 'PUT', rule)['access-control-allow-origin']).toBe('*');
    expect(corsHeaders(page, 'GET', rule)).toEqual({});
  });
});
