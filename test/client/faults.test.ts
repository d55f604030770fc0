/** What the client does when something breaks: it tries again where that is safe, and says clearly where not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type Client } from '../../client/client.ts';
import { OnceoverApiError } from '../../client/error.ts';
import { ContractServer, problem, type Fault } from './contract-server.ts';
import { virtualTiming, type VirtualTiming } from './virtual-timing.ts';

const photo = { bytes: new Uint8Array(100_000).fill(7), contentType: 'image/jpeg' };
const times = (count: number, fault: Fault): readonly Fault[] => Array.from({ length: count }, () => fault);
const reset: Fault = { kind: 'reset' };

let server: ContractServer;
let timing: VirtualTiming;
let client: Client;
beforeEach(async () => {
  server = await ContractServer.start();
  timing = virtualTiming();
  client = createClient({ baseUrl: server.url, getToken: () => 'good-token', timing });
});
afterEach(async () => server.stop());

/** The error that a call ends with. */
async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => ({ instead: value }),
    (error: unknown) => error,
  );
}

describe('a connection that breaks', () => {
  it('repeats a ticket request with the same key, so that one scan comes of it', async () => {
    server.fail('POST /v1/scans', { kind: 'reset-after-applying' }, reset);
    const ticket = await client.requestTicket(photo);
    const keys = server.seen('POST /v1/scans').map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    const pages = await Array.fromAsync(client.history());
    expect(pages.flat().map(({ id }) => id)).toEqual([ticket.scan.id]);
  });

  it('waits longer from try to try', async () => {
    server.fail('GET /v1/policy', ...times(3, reset));
    await client.policy();
    expect(timing.waits).toEqual([187.5, 375, 750]);
  });

  it('rejects with "network" when it stays broken, after four tries', async () => {
    server.fail('GET /v1/policy', ...times(4, reset));
    const error = await errorOf(client.policy());
    expect(error).toBeInstanceOf(OnceoverApiError);
    expect(error).toMatchObject({ code: 'network', status: undefined, reference: undefined });
    expect(server.routes()).toHaveLength(4);
  });

  it('rejects with "network" when a gateway says for long that nothing is behind it', async () => {
    server.fail('GET /v1/policy', ...times(4, { kind: 'answer', status: 502, body: '<html>' }));
    expect(await errorOf(client.policy())).toMatchObject({ code: 'network', status: 502 });
  });

  it('takes a repeated deletion that finds nothing for done', async () => {
    const { scan } = await client.requestTicket(photo);
    server.fail('DELETE /v1/scans/{id}', { kind: 'reset-after-applying' });
    await client.deleteScan(scan.id);
    expect(server.seen('DELETE /v1/scans/{id}')).toHaveLength(2);
  });

  it('rejects a first deletion that finds nothing', async () => {
    expect(await errorOf(client.deleteScan('A'.repeat(22)))).toMatchObject({ code: 'scan-not-found' });
  });
});

describe('an upload that breaks', () => {
  it('is not repeated when the scan shows that the bytes arrived', async () => {
    server.fail('PUT upload', { kind: 'reset-after-applying' });
    expect((await client.scanPhoto(photo)).state).toBe('completed');
    expect(server.seen('PUT upload')).toHaveLength(1);
  });

  it('takes 412 on the repeated PUT for uploaded, when the scan cannot be asked', async () => {
    server.fail('PUT upload', { kind: 'reset-after-applying' });
    server.fail('GET /v1/scans/{id}', ...times(4, reset));
    expect((await client.scanPhoto(photo)).state).toBe('completed');
    expect(server.seen('PUT upload')).toHaveLength(2);
    expect(server.uploads.size).toBe(1);
  });

  it('is repeated, with the same bytes, when nothing arrived or storage is busy', async () => {
    server.fail('PUT upload', reset, { kind: 'answer', status: 503, headers: { 'retry-after': '2' } });
    const scan = await client.scanPhoto(photo);
    expect(server.uploads.get(scan.id)?.equals(photo.bytes)).toBe(true);
    expect(timing.waits).toContain(2000);
  });

  it('rejects with "upload-refused" when the bytes are not those of the ticket', async () => {
    const ticket = await client.requestTicket(photo);
    const error = await errorOf(client.upload(ticket, new Uint8Array(100_000)));
    expect(error).toMatchObject({ code: 'upload-refused', status: 403 });
    expect(server.seen('PUT upload')).toHaveLength(1);
  });

  it('rejects with "upload-expired" when the address is past its time', async () => {
    const ticket = await client.requestTicket(photo);
    server.uploadSeconds = 0;
    const expiresAt = '2026-01-01T00:00:00.000Z';
    const late = { ...ticket, ...(ticket.upload && { upload: { ...ticket.upload, expiresAt } }) };
    expect(await errorOf(client.upload(late, photo.bytes))).toMatchObject({
      code: 'upload-expired',
      status: 403,
    });
  });

  it('rejects with "upload-expired" when the repeated ticket names no address any more', async () => {
    const idempotencyKey = 'a-key-of-the-caller';
    await client.requestTicket(photo, { idempotencyKey });
    server.uploadSeconds = 0;
    expect(await errorOf(client.scanPhoto(photo, { idempotencyKey }))).toMatchObject({
      code: 'upload-expired',
      status: undefined,
    });
    expect(server.seen('PUT upload')).toHaveLength(0);
  });
});

describe('an answer that asks for patience', () => {
  it('waits as long as Retry-After says, then goes on', async () => {
    server.fail('POST /v1/scans', { kind: 'answer', ...problem('busy', { 'retry-after': '3' }) });
    await client.requestTicket(photo);
    expect(timing.waits).toEqual([3000]);
  });

  it('rejects at once when it would take longer than 20 s, and tells how long', async () => {
    const paused = problem('cleaner-not-alive', { 'retry-after': '60' });
    server.fail('POST /v1/scans', { kind: 'answer', ...paused });
    expect(await errorOf(client.requestTicket(photo))).toMatchObject({
      code: 'cleaner-not-alive',
      status: 503,
      reference: 'ref-7K2M',
      retryAfterSeconds: 60,
    });
    expect(timing.waits).toEqual([]);
  });

  it('rejects a daily limit without trying again', async () => {
    server.fail('POST /v1/scans', { kind: 'answer', ...problem('too-many-scans') });
    expect(await errorOf(client.requestTicket(photo))).toMatchObject({ code: 'too-many-scans', status: 429 });
    expect(server.routes()).toEqual(['POST /v1/scans']);
  });

  it('tries again after a 500 of our side', async () => {
    server.fail('GET /v1/policy', { kind: 'answer', ...problem('internal') });
    expect((await client.policy()).product).toBe('test');
  });
});

describe('a token that is refused', () => {
  it('is renewed once, and the request goes out again', async () => {
    const asked: boolean[] = [];
    const renewing = createClient({
      baseUrl: server.url,
      getToken: ({ renew }) => {
        asked.push(renew);
        return renew ? 'good-token' : 'old-token';
      },
      timing,
    });
    await renewing.requestTicket(photo);
    expect(asked).toEqual([false, true]);
    const keys = server.seen('POST /v1/scans').map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
  });

  it('rejects with "unauthenticated" when the new one is refused as well', async () => {
    server.tokens = new Set();
    const error = await errorOf(client.requestTicket(photo));
    expect(error).toMatchObject({ code: 'unauthenticated', status: 401 });
    expect(server.routes()).toHaveLength(2);
    expect(JSON.stringify(error)).not.toContain('good-token');
  });

  it('is renewed once a call, however often the call goes out', async () => {
    const busy = problem('busy', { 'retry-after': '0' });
    const refusal: Fault = { kind: 'answer', ...problem('unauthenticated') };
    server.fail('POST /v1/scans', refusal, { kind: 'answer', ...busy }, refusal);
    expect(await errorOf(client.requestTicket(photo))).toMatchObject({ code: 'unauthenticated' });
    expect(server.routes()).toHaveLength(3);
  });

  it('rejects with what getToken threw', async () => {
    const failure = new Error('signed out');
    const broken = createClient({
      baseUrl: server.url,
      getToken: async () => Promise.reject(failure),
      timing,
    });
    expect(await errorOf(broken.requestTicket(photo))).toBe(failure);
  });
});

describe('an answer that no repetition changes', () => {
  it('rejects a key that was used for another photo', async () => {
    const idempotencyKey = 'a-key-of-the-caller';
    await client.requestTicket(photo, { idempotencyKey });
    const other = { ...photo, bytes: new Uint8Array(9) };
    expect(await errorOf(client.requestTicket(other, { idempotencyKey }))).toMatchObject({
      code: 'idempotency-key-reused',
      status: 409,
      problem: { title: 'Idempotency key used for another request' },
    });
  });

  it('rejects a key whose scan was deleted', async () => {
    const idempotencyKey = 'a-key-of-the-caller';
    const { scan } = await client.requestTicket(photo, { idempotencyKey });
    await client.deleteScan(scan.id);
    expect(await errorOf(client.requestTicket(photo, { idempotencyKey }))).toMatchObject({
      code: 'scan-gone',
      status: 410,
    });
  });

  it.each([
    ['a page of a captive portal', { kind: 'answer', status: 200, body: '<html>' }],
    ['JSON of another service', { kind: 'answer', status: 200, body: { hello: 'world' } }],
    ['an error of a proxy', { kind: 'answer', status: 403, body: '<html>' }],
    ['a code that this client does not know', { kind: 'answer', status: 418, body: { code: 'teapot' } }],
  ] as const)('rejects %s with "unexpected-answer"', async (_, fault) => {
    server.fail('POST /v1/scans', fault);
    expect(await errorOf(client.requestTicket(photo))).toMatchObject({
      code: 'unexpected-answer',
      status: fault.status,
    });
  });

  const page = { generatedAt: '2026-11-01T12:00:00Z', product: 'Calmara', policyVersion: '1.0', items: [] };
  const whole = { id: 'a', survey: 'after-scan', version: 1, answers: {}, at: page.generatedAt };
  it.each([
    ['/v1/me/export', { ...page, notShown: [], elsewhere: [] }, { ...page, elsewhere: [] }],
    ['/v1/me/export', { ...page, notShown: [], elsewhere: [] }, { ...page, notShown: [] }],
    ['/v1/feedback', { feedback: [whole] }, { feedback: [whole, { ...whole, answers: undefined }] }],
  ])('rejects an answer of %s that lacks what is read of it', async (path, good, bad) => {
    const ask = async () => (path === '/v1/feedback' ? client.feedback() : client.exportPage());
    server.fail(`GET ${path}`, { kind: 'answer', status: 200, body: good });
    expect(await ask()).toEqual(good);
    server.fail(`GET ${path}`, { kind: 'answer', status: 200, body: bad });
    expect(await errorOf(ask())).toMatchObject({ code: 'unexpected-answer', status: 200 });
  });
});

describe('time', () => {
  it('rejects with "timeout" when no answer comes in time, again and again', async () => {
    const hang: Fault = { kind: 'hang', onArrival: () => timing.endLastLimit() };
    server.fail('GET /v1/policy', ...times(4, hang));
    expect(await errorOf(client.policy())).toMatchObject({ code: 'timeout', status: undefined });
    expect(server.routes()).toHaveLength(4);
  });

  it('rejects with "timeout" when a scan does not end in the given time, asking once a second', async () => {
    const ticket = await client.requestTicket(photo);
    const error = await errorOf(client.waitForResult(ticket.scan.id, { timeoutMs: 3500 }));
    expect(error).toMatchObject({ code: 'timeout' });
    expect(timing.waits).toEqual([1000, 1000, 1000, 500]);
  });
});

describe('an abort', () => {
  it.each(['POST /v1/scans', 'PUT upload', 'GET /v1/scans/{id}'])(
    'ends the scan at %s with the reason of the signal, and tries nothing again',
    async (route) => {
      const stop = new AbortController();
      const outcomes: unknown[] = [];
      const own = createClient({
        baseUrl: server.url,
        getToken: () => 'good-token',
        onRequest: ({ outcome }) => outcomes.push(outcome),
        timing,
      });
      server.fail(route, { kind: 'hang', onArrival: () => stop.abort(new Error('changed my mind')) });
      const error = await errorOf(own.scanPhoto(photo, { signal: stop.signal }));
      expect(error).toMatchObject({ message: 'changed my mind' });
      expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual(['aborted']);
      expect(server.seen(route)).toHaveLength(1);
    },
  );

  it('ends a wait between two tries', async () => {
    const stop = new AbortController();
    server.fail('GET /v1/policy', reset);
    const own = createClient({
      baseUrl: server.url,
      getToken: () => undefined,
      onRequest: () => stop.abort(new Error('changed my mind')),
      timing,
    });
    expect(await errorOf(own.policy({ signal: stop.signal }))).toMatchObject({ message: 'changed my mind' });
    expect(server.routes()).toHaveLength(1);
  });
});
