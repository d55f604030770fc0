/** The client against a server that speaks the contract: the way through, and every other method. */
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { createClient, type Client, type ScanProgress } from '../../client/client.ts';
import type { RequestEvent } from '../../client/http.ts';
import type { Health, PolicyView, ScanView, Status, Ticket } from '../../core/contract.ts';
import { ContractServer } from './contract-server.ts';
import { virtualTiming } from './virtual-timing.ts';

const photo = { bytes: new Uint8Array(200_000).map((_, index) => index % 251), contentType: 'image/jpeg' };

let server: ContractServer;
let client: Client;
let events: RequestEvent[];
beforeEach(async () => {
  server = await ContractServer.start();
  events = [];
  client = createClient({
    baseUrl: `${server.url}/`,
    getToken: () => 'good-token',
    onRequest: (event) => events.push(event),
    timing: virtualTiming(),
  });
});
afterEach(async () => {
  await server.stop();
});

describe('scanning a photo', () => {
  it('brings exactly the bytes of the photo to storage and comes back with the ended scan', async () => {
    const scan = await client.scanPhoto(photo, { name: 'Left arm' });
    expect(scan).toMatchObject({ state: 'completed', band: 'no-clear-difference', name: 'Left arm' });
    expect(server.uploads.get(scan.id)?.equals(photo.bytes)).toBe(true);
  });

  it('sends Content-Length and no chunks, although the upload is a stream in Node', async () => {
    await client.scanPhoto(photo);
    const [put] = server.seen('PUT upload');
    expect(put?.headers['content-length']).toBe('200000');
    expect(put?.headers['transfer-encoding']).toBeUndefined();
  });

  it('gives storage neither the token nor anything else that the ticket did not name', async () => {
    await client.scanPhoto(photo);
    const [put] = server.seen('PUT upload');
    expect(put?.headers.authorization).toBeUndefined();
    expect(put?.headers.cookie).toBeUndefined();
    expect(put?.headers.referer).toBeUndefined();
  });

  it('tells each stage in order, and the upload piece by piece up to its end', async () => {
    const stages: ScanProgress[] = [];
    await client.scanPhoto(photo, { onProgress: (progress) => stages.push(progress) });
    const uploading = stages.filter((progress) => progress.stage === 'uploading');
    expect([...new Set(stages.map(({ stage }) => stage))]).toEqual([
      'preparing',
      'ticket-issued',
      'uploading',
      'analysing',
      'ended',
    ]);
    expect(uploading[0]).toEqual({ stage: 'uploading', sentBytes: 0, totalBytes: 200_000 });
    expect(uploading.length).toBeGreaterThan(3);
    expect(uploading.at(-1)).toEqual({ stage: 'uploading', sentBytes: 200_000, totalBytes: 200_000 });
  });

  it('takes a Blob and an ArrayBuffer as well as a Uint8Array', async () => {
    for (const bytes of [new Blob([photo.bytes]), photo.bytes.buffer]) {
      const scan = await client.scanPhoto({ bytes, contentType: 'image/jpeg' });
      expect(server.uploads.get(scan.id)?.equals(photo.bytes)).toBe(true);
    }
  });

  it('uploads through a fetch that the caller brings, telling 0 and then everything', async () => {
    const urls: string[] = [];
    const own = createClient({
      baseUrl: server.url,
      getToken: () => 'good-token',
      fetch: async (input, init) => {
        urls.push(typeof input === 'string' ? input : 'not a string');
        return fetch(input, init);
      },
    });
    const sent: number[] = [];
    const ticket = await own.requestTicket(photo);
    await own.upload(ticket, photo.bytes, { onProgress: ({ sentBytes }) => sent.push(sentBytes) });
    expect(sent).toEqual([0, 200_000]);
    expect(urls).toHaveLength(2);
    expect(server.uploads.get(ticket.scan.id)?.equals(photo.bytes)).toBe(true);
  });

  it('waits for the end by asking again, with the API waiting up to 5 s each time', async () => {
    server.readsUntilEnd = 3;
    const scan = await client.scanPhoto(photo);
    expect(scan.state).toBe('completed');
    expect(server.seen('GET /v1/scans/{id}').map(({ path }) => path.split('?')[1])).toEqual(
      Array.from({ length: 4 }, () => 'wait=5'),
    );
  });

  it('gives each photo an idempotency key of its own', async () => {
    await client.scanPhoto(photo);
    await client.scanPhoto(photo);
    const keys = server.seen('POST /v1/scans').map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
  });

  it('finds the first scan again with the key of the first request', async () => {
    const idempotencyKey = 'a-key-of-the-caller';
    const first = await client.scanPhoto(photo, { idempotencyKey });
    const again = await client.scanPhoto(photo, { idempotencyKey });
    expect(again.id).toBe(first.id);
    expect(server.seen('PUT upload')).toHaveLength(1);
  });
});

describe('what was scanned before', () => {
  it('pages through the whole history, asking for a page when it is wanted', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift((await client.requestTicket(photo)).scan.id);
    const pages: string[][] = [];
    for await (const page of client.history({ pageSize: 2 })) {
      pages.push(page.map(({ id }) => id));
      expect(server.seen('GET /v1/scans')).toHaveLength(pages.length);
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  });

  it('reads, names, unnames and deletes a scan', async () => {
    const { id } = await client.scanPhoto(photo);
    expect((await client.renameScan(id, 'Left arm')).name).toBe('Left arm');
    expect((await client.getScan(id)).name).toBe('Left arm');
    expect((await client.renameScan(id, null)).name).toBeUndefined();
    await client.deleteScan(id);
    await expect(client.getScan(id)).rejects.toMatchObject({ code: 'scan-not-found', status: 404 });
  });

  it('reads policy, health and status without a token', async () => {
    expect((await client.policy()).limits.maxUploadBytes).toBe(10_485_760);
    expect(await client.health()).toEqual({ status: 'ok' });
    expect(await client.status()).toMatchObject({ status: 'ok', boundMs: 300_000, promise: 'ONE-1' });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(undefined));
  });

  it('takes paused uploads told with 503 as an answer', async () => {
    server.fail('GET /v1/health', { kind: 'answer', status: 503, body: { status: 'paused' } });
    expect(await client.health()).toEqual({ status: 'paused' });
  });
});

it('tells an observer each request without a token, an id or an upload address', async () => {
  const { id } = await client.scanPhoto(photo);
  expect(events.map(({ route, outcome }) => [route, outcome])).toEqual([
    ['POST /v1/scans', 201],
    ['PUT upload', 200],
    ['GET /v1/scans/{id}', 200],
  ]);
  const told = JSON.stringify(events);
  for (const secret of ['good-token', id, 'signature', server.url]) expect(told).not.toContain(secret);
});

it('answers in the types of the contract', () => {
  expectTypeOf(client.requestTicket).returns.resolves.toEqualTypeOf<Ticket>();
  expectTypeOf(client.scanPhoto).returns.resolves.toEqualTypeOf<ScanView>();
  expectTypeOf(client.waitForResult).returns.resolves.toEqualTypeOf<ScanView>();
  expectTypeOf(client.history).returns.toEqualTypeOf<AsyncGenerator<readonly ScanView[], void>>();
  expectTypeOf(client.policy).returns.resolves.toEqualTypeOf<PolicyView>();
  expectTypeOf(client.health).returns.resolves.toEqualTypeOf<Health>();
  expectTypeOf(client.status).returns.resolves.toEqualTypeOf<Status>();
  // @ts-expect-error -- a photo says what it is
  expectTypeOf(client.scanPhoto).toBeCallableWith({ bytes: new Uint8Array(1) });
});
