import { basename, join } from 'node:path';
import type { LambdaEvent } from 'hono/aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { signatureOf } from '../../../local/stripe/deliveries.ts';

const complete = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  TABLE_PREFIX: 'test-',
  UPLOAD_BUCKET: 'uploads',
  ISSUER: 'https://issuer.example',
  AUDIENCE: 'onceover',
  JWKS_URL: 'https://issuer.example/keys',
  REQUEST_HASH_KEY: 'k'.repeat(32),
  MODEL: 'colour-contrast',
  IDENTITY_KEY: 'i'.repeat(32),
  MAIL_FROM: 'onceover@example.com',
  SESSION_KEY: JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd', kid: 'k' }),
};

/** The manifests lie beside the bundle; the source has none beside itself. */
vi.mock(import('../../../lambdas/runtime/model-manifest.ts'), async (importOriginal) => {
  const { readKnownModel } = await importOriginal();
  const models = join(import.meta.dirname, '../../../models');
  return { readKnownModel: (dir, pinned) => readKnownModel(join(models, basename(dir)), pinned) };
});

beforeEach(() => {
  vi.resetModules();
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function load(environment: Record<string, string>) {
  for (const name of [...Object.keys(complete), 'MODEL_DIGEST', 'ORIGIN_SECRET', 'APP_ORIGIN'])
    vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return (await import('../../../lambdas/api/handler.ts')).handler;
}

/** What API Gateway's HTTP API sends (payload format 2.0). */
function event(method: string, path: string): LambdaEvent {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'api.example' },
    body: null,
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      authentication: null,
      authorizer: {},
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'r',
      routeKey: '$default',
      stage: '$default',
      time: '21/Nov/2026:14:00:00 +0000',
      timeEpoch: 0,
    },
  };
}

const answer = z.looseObject({ statusCode: z.number(), body: z.string() });

test('rejects an incomplete environment, naming everything that is missing at once', async () => {
  await expect(load({ TABLE_PREFIX: 'test-', ISSUER: '' })).rejects.toThrow(
    'The environment lacks UPLOAD_BUCKET, ISSUER, AUDIENCE, JWKS_URL, REQUEST_HASH_KEY, MODEL, IDENTITY_KEY, MAIL_FROM;',
  );
});

test('rejects keys over plain HTTP from another machine', async () => {
  await expect(load({ ...complete, JWKS_URL: 'http://issuer.example/keys' })).rejects.toThrow('https');
});

test('answers an event of API Gateway, with a daily limit of the environment’s own', async () => {
  const handler = await load({ ...complete, DAILY_TICKET_LIMIT: '1000' });
  const policy = answer.parse(await handler(event('GET', '/v1/policy')));
  expect(policy.statusCode).toBe(200);
  expect(JSON.parse(policy.body)).toMatchObject({ limits: { ticketsPerDay: 1000 } });
});

test('rejects a start with another model than the deployment was made for', async () => {
  await expect(load({ ...complete, MODEL_DIGEST: 'd'.repeat(64) })).rejects.toThrow('Deploy again');
});

test('rejects a request without a token before it asks any other service', async () => {
  const handler = await load(complete);
  const refused = answer.parse(await handler(event('GET', '/v1/scans')));
  expect(refused.statusCode).toBe(401);
});

test('rejects what did not come through the distribution, where the environment has its secret', async () => {
  const handler = await load({ ...complete, ORIGIN_SECRET: 'one-secret' });
  const refused = answer.parse(await handler(event('GET', '/v1/policy')));
  expect(refused.statusCode).toBe(404);
  const asked = event('GET', '/v1/policy');
  const passed = { ...asked, headers: { ...asked.headers, 'x-onceover-origin': 'one-secret' } };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the spread forgets which of the events it is
  expect(answer.parse(await handler(passed as LambdaEvent)).statusCode).toBe(200);
});

test('names the app’s own address for reports, where the environment has it, and never the API’s', async () => {
  const handler = await load({ ...complete, APP_ORIGIN: 'https://app.example' });
  const { body } = answer.parse(await handler(event('GET', '/.well-known/security.txt')));
  expect(body).toContain('Contact: https://app.example/report\n');
  expect(body).not.toContain('api.example');
});

test.each([
  ['as text', false],
  ['in base64', true],
])(
  'takes a webhook whose body API Gateway hands on %s, over the very bytes',
  async (_how, isBase64Encoded) => {
    const secret = 'whsec_of_a_test';
    const handler = await load({
      ...complete,
      STRIPE_SECRET_KEY: 'sk_test_0',
      STRIPE_WEBHOOK_SECRET: `whsec_of_before ${secret}`,
      CHECKOUT_SUCCESS_URL: 'https://app.example/paid',
      CHECKOUT_CANCEL_URL: 'https://app.example/cancelled',
    });
    // About no payment, so that nothing else is asked; with blanks and letters that another writing would change.
    const body = JSON.stringify(
      {
        id: 'evt_1',
        object: 'event',
        type: 'payout.paid',
        data: { object: { object: 'payout', memo: 'für €' } },
      },
      undefined,
      2,
    );
    const asked = event('POST', '/v1/webhooks/stripe');
    const given = (signed: string): LambdaEvent =>
      Object.assign(asked, {
        headers: {
          host: 'api.example',
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signatureOf(signed, secret, Date.now()),
        },
        body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
        isBase64Encoded,
      });
    expect(answer.parse(await handler(given(body))).statusCode).toBe(200);
    expect(answer.parse(await handler(given(body.replaceAll('\n', '')))).statusCode).toBe(400);
  },
);

/** A well-formed event with something else in it. */
function changed(change: object, method = 'GET'): LambdaEvent {
  return Object.assign(event(method, '/v1/policy'), change);
}

test('answers a request that only reads as if it had no body', async () => {
  const handler = await load(complete);
  for (const body of ['{}', 'junk']) {
    const answered = answer.parse(await handler(changed({ body })));
    expect(answered.statusCode).toBe(200);
  }
});

test('takes a deletion whatever comes with it: such a body means nothing', async () => {
  const handler = await load(complete);
  const given = Object.assign(event('DELETE', '/v1/me'), { body: 'x'.repeat(33_000) });
  expect(answer.parse(await handler(given)).statusCode).toBe(401);
});

test.each(['TRACE', 'CONNECT'])('says of %s what the address takes instead', async (method) => {
  const handler = await load(complete);
  const { headers } = z
    .looseObject({ headers: z.record(z.string(), z.string()) })
    .parse(await handler(changed({}, method)));
  expect(headers['allow']).toBe('GET, HEAD');
});

test.each([
  ['a method that no request has', 405, 'method-not-allowed', changed({}, 'TRACE')],
  ['a path that is none', 400, 'invalid-request', changed({ rawPath: ':secret-of-somebody' })],
  ['a header that is none', 400, 'invalid-request', changed({ headers: { 'x-odd': 'secret\nof-somebody' } })],
  [
    'a name of a header that is none',
    400,
    'invalid-request',
    changed({ headers: { 'secret of somebody': 'x' } }),
  ],
  ['a method that is none', 400, 'invalid-request', changed({}, 'secret of somebody')],
])(
  'rejects %s as every other refusal is told, and prints nothing of it',
  async (_what, status, code, given) => {
    const printed = vi.spyOn(console, 'error').mockReturnValue();
    const handler = await load(complete);
    const refused = answer.parse(await handler(given));
    expect(refused.statusCode).toBe(status);
    expect(JSON.parse(refused.body)).toMatchObject({ code, reference: expect.stringMatching(/^\w{4}-/) });
    expect(refused.body).not.toContain('secret');
    expect(printed).not.toHaveBeenCalled();
  },
);
