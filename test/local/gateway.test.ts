import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createVirtualClock } from '../../local/clock.ts';
import { startGateway, type Gateway, type LocalRoute } from '../../local/gateway.ts';
import type { InvocationErrorKind, InvocationResult } from '../../local/runner/protocol.ts';
import { given as givenRunner, probe } from './runner/harness.ts';

interface Given {
  readonly gateway: Gateway;
  readonly events: APIGatewayProxyEventV2[];
  readonly errors: unknown[];
}

async function given(
  answer: InvocationResult = { payload: { statusCode: 204 } },
  routes: readonly LocalRoute[] = [],
): Promise<Given> {
  const events: APIGatewayProxyEventV2[] = [];
  const errors: unknown[] = [];
  const gateway = await startGateway({
    clock: createVirtualClock(),
    routes,
    onError: (error) => errors.push(error),
    invoke: async (event) => {
      if (isEvent(event)) events.push(event);
      return answer;
    },
  });
  onTestFinished(() => gateway.close());
  return { gateway, events, errors };
}

/** Tells by one field only: the tests look at the rest. */
function isEvent(event: unknown): event is APIGatewayProxyEventV2 {
  return typeof event === 'object' && event !== null && 'rawPath' in event;
}

/** The status line's number for one request with exactly this Host header, which fetch would not send. */
async function statusForHost(gateway: Gateway, host: string): Promise<number> {
  return await statusOf(gateway, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
}

async function statusOf(gateway: Gateway, request: string): Promise<number> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.end(request);
  return Number((await text(socket)).split(' ')[1]);
}

describe('a request', () => {
  test('becomes an event of payload format 2.0', async () => {
    const { gateway, events } = await given();
    const before = Date.now();
    await fetch(`${gateway.url}/v1/scans/a%20b?limit=2&tag=x&tag=%C3%A4`, {
      method: 'PATCH',
      headers: {
        'Content-Type': 'application/json',
        'X-Custom': 'Value',
        cookie: 'a=1; b=2',
        'user-agent': 'probe',
      },
      body: '{"name":"✓"}',
    });
    expect(events).toHaveLength(1);
    const [event] = events;
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/v1/scans/a%20b',
      rawQueryString: 'limit=2&tag=x&tag=%C3%A4',
      queryStringParameters: { limit: '2', tag: 'x,ä' },
      cookies: ['a=1', 'b=2'],
      headers: { 'content-type': 'application/json', 'x-custom': 'Value', 'x-forwarded-for': '127.0.0.1' },
      body: '{"name":"✓"}',
      isBase64Encoded: false,
      requestContext: {
        domainName: '127.0.0.1',
        stage: '$default',
        http: {
          method: 'PATCH',
          path: '/v1/scans/a%20b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'probe',
        },
      },
    });
    expect(event?.headers).not.toHaveProperty('cookie');
    expect(event?.requestContext.timeEpoch).toBeGreaterThanOrEqual(before);
    expect(event?.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  });

  test('without body, query or cookies has none in its event', async () => {
    const { gateway, events } = await given();
    await fetch(`${gateway.url}/v1/health`);
    expect(events[0]).toMatchObject({ rawPath: '/v1/health', rawQueryString: '', isBase64Encoded: false });
    for (const absent of ['body', 'cookies', 'queryStringParameters'])
      expect(events[0]).not.toHaveProperty(absent);
  });

  test.for([
    ['bytes of no text type', 'image/png', Buffer.from([0, 255, 128, 10])],
    ['text that is not UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22])],
  ] as const)('carries %s in base64', async ([, type, body]) => {
    const { gateway, events } = await given();
    await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array(body),
    });
    expect(events[0]).toMatchObject({ isBase64Encoded: true, body: body.toString('base64') });
  });

  test('rejects a body over 6 MB, stated or streamed, without invoking', async () => {
    const { gateway, events } = await given();
    const large = new Uint8Array(30 * 1024 * 1024);
    expect((await fetch(gateway.url, { method: 'POST', body: large })).status).toBe(413);
    const streamed = httpRequest({ port: gateway.port, host: '127.0.0.1', method: 'POST' });
    streamed.write(large.subarray(0, 1024));
    streamed.end(large);
    const [response] = await once(streamed, 'response');
    response.resume();
    expect(response.statusCode).toBe(413);
    expect(events).toEqual([]);
  });
});

describe('the Host header', () => {
  test.for(['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST'])(
    '%s is answered',
    async (host) => {
      const { gateway } = await given();
      expect(await statusForHost(gateway, host)).toBe(204);
    },
  );

  test.for([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    '192.168.0.2',
    'localhost:80@evil',
    '',
  ])('rejects %j, before any local route', async (host) => {
    const { gateway, events } = await given(undefined, [
      { method: 'GET', path: '/', handle: () => new Response('secret') },
    ]);
    expect(await statusForHost(gateway, host)).toBe(421);
    expect(events).toEqual([]);
  });

  test('rejects a request target that is a whole URL', async () => {
    const { gateway, events } = await given();
    expect(
      await statusOf(
        gateway,
        'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      ),
    ).toBe(400);
    expect(events).toEqual([]);
  });
});

describe('an answer', () => {
  test('keeps status, headers, cookies and text', async () => {
    const { gateway } = await given({
      payload: {
        statusCode: 201,
        headers: {
          'Content-Type': 'application/json',
          'X-Count': 3,
          'content-length': '999',
          connection: 'close',
        },
        cookies: ['a=1; HttpOnly', 'b=2'],
        body: '{"ok":"✓"}',
      },
    });
    const response = await fetch(gateway.url);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-count')).toBe('3');
    expect(response.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2']);
    expect(await response.json()).toEqual({ ok: '✓' });
  });

  test('in base64 arrives as bytes', async () => {
    const bytes = Buffer.from([0, 1, 254, 255]);
    const { gateway } = await given({
      payload: { statusCode: 200, body: bytes.toString('base64'), isBase64Encoded: true },
    });
    expect(Buffer.from(await (await fetch(gateway.url)).arrayBuffer())).toEqual(bytes);
  });

  test('without a status is the JSON body of a 200', async () => {
    const { gateway } = await given({ payload: { hello: 'there' } });
    const response = await fetch(gateway.url);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual({ hello: 'there' });
  });

  test.for([
    { statusCode: '200' },
    { statusCode: 42 },
    { statusCode: 200, body: { not: 'text' } },
    { statusCode: 200, headers: { 'x-split': 'a\r\nset-cookie: b=1' } },
    { statusCode: 200, headers: { 'bad name': 'a' } },
  ])('rejects %j as no HTTP answer', async (payload) => {
    const { gateway } = await given({ payload });
    expect((await fetch(gateway.url)).status).toBe(502);
  });

  test.for([
    ['function', 502],
    ['crash', 502],
    ['throttled', 503],
    ['timeout', 504],
    ['too-large', 413],
  ] satisfies [InvocationErrorKind, number][])(
    'of a function that failed (%s) is %i and tells nothing of it',
    async ([kind, status]) => {
      const { gateway } = await given({
        error: { kind, errorType: 'SecretType', errorMessage: 'secret text' },
      });
      const response = await fetch(gateway.url);
      expect(response.status).toBe(status);
      expect(response.headers.get('retry-after')).toBe(kind === 'throttled' ? '1' : null);
      expect(await response.text()).not.toMatch(/secret/i);
    },
  );
});

describe('a local route', () => {
  const echo: LocalRoute = {
    method: 'POST',
    path: '/_local/token',
    handle: async (request) =>
      new Response(await request.text(), {
        status: 201,
        headers: { 'x-url': request.url, 'x-from': request.headers.get('x-to') ?? '' },
      }),
  };

  test('is served before the function', async () => {
    const { gateway, events } = await given(undefined, [echo]);
    const url = `${gateway.url}/_local/token?a=1`;
    const response = await fetch(url, { method: 'POST', headers: { 'x-to': 'you' }, body: 'hello' });
    expect([response.status, response.headers.get('x-url'), response.headers.get('x-from')]).toEqual([
      201,
      url,
      'you',
    ]);
    expect(await response.text()).toBe('hello');
    expect(events).toEqual([]);
  });

  test('leaves other methods and paths to the function', async () => {
    const { gateway, events } = await given(undefined, [echo]);
    await fetch(`${gateway.url}/_local/token`);
    await fetch(`${gateway.url}/_local/token/other`, { method: 'POST' });
    expect(events.map((event) => event.rawPath)).toEqual(['/_local/token', '/_local/token/other']);
  });

  test('that throws is a 500, and the server goes on', async () => {
    const failing: LocalRoute = {
      method: 'GET',
      path: '/_local/broken',
      handle: () => {
        throw new Error('broken');
      },
    };
    const { gateway, errors } = await given(undefined, [failing]);
    expect((await fetch(`${gateway.url}/_local/broken`)).status).toBe(500);
    expect(errors).toEqual([new Error('broken')]);
    expect((await fetch(gateway.url)).status).toBe(204);
  });
});

test('rejects to start on a port that is taken', async () => {
  const { gateway } = await given();
  const second = startGateway({
    clock: createVirtualClock(),
    port: gateway.port,
    invoke: async () => ({ payload: null }),
  });
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a request travels through a real function and back, bytes intact', async () => {
  const { clock, runner } = await givenRunner({ source: 'http-echo' });
  const gateway = await startGateway({ clock, invoke: (event) => runner.invoke(probe, event) });
  onTestFinished(() => gateway.close());
  const bytes = new Uint8Array(300_000).map((_, index) => index % 251);
  const response = await fetch(`${gateway.url}/path`, { method: 'PUT', body: bytes });
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
});
