import { describe, expect, test } from 'vitest';
import { dwellBoundMs, dwellBucket } from '../../../core/dwell.ts';
import { healthSchema, policyViewSchema, statusSchema } from '../../../core/contract.ts';
import { firstShutGate } from '../../../core/model/gates.ts';
import { measurePhoto } from '../../../core/model/measures.ts';
import { protocol } from '../../../core/scan.ts';
import { exactly, givenApi, manifest, start } from './given.ts';

test('the policy is public, cached for a while, and names consents, limits and the model’s words', async () => {
  const response = await givenApi().send('GET', '/v1/policy', { as: null });
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  const policy = await exactly(policyViewSchema, response);
  expect(policy).toMatchObject({
    product: 'Calmara',
    adultAge: 18,
    limits: {
      ticketsPerDay: 3,
      maxUploadBytes: 10_485_760,
      contentTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/heic', 'image/heif', 'image/avif'],
    },
    model: { name: manifest.name, version: manifest.version, digest: manifest.sha256 },
  });
  expect(policy.consents.map(({ purpose }) => purpose)).toEqual(['image-processing']);
  expect(policy.model.bands.map(({ band }) => band)).toEqual(Object.keys(manifest.bands));
});

test('the policy tells a device how large a photo must be, and which gates it can check before an upload', async () => {
  const { model } = await exactly(policyViewSchema, await givenApi().send('GET', '/v1/policy', { as: null }));
  expect(model.input).toEqual({ width: 256, height: 256, fit: 'cover', enlarge: false });
  expect(new Set(model.gates.map(({ reason }) => reason))).toEqual(
    new Set(['too-dark', 'too-bright', 'blurred', 'not-enough-skin']),
  );
  const pixels = { width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 4).fill(2) };
  expect(firstShutGate(model.gates, ({ measure }) => measurePhoto(pixels, measure))).toBe('too-dark');
});

test('health is ok while the cleaner is alive, paused when it is not, and cached for seconds', async () => {
  const world = givenApi();
  const ok = await world.send('GET', '/v1/health', { as: null });
  expect(ok.headers.get('cache-control')).toBe('public, max-age=5');
  expect(await exactly(healthSchema, ok)).toEqual({
    status: 'ok',
    cleanerSeenAt: '2026-11-21T14:00:00.000Z',
  });
  world.clock.advance(protocol.heartbeatMaxAgeMs + 1);
  const paused = await exactly(healthSchema, await world.send('GET', '/v1/health', { as: null }));
  expect(paused.status).toBe('paused');
});

test('health says paused before the first sweep', async () => {
  const world = givenApi({ heartbeat: { read: async () => undefined, beat: async () => {} } });
  expect(await exactly(healthSchema, await world.send('GET', '/v1/health', { as: null }))).toEqual({
    status: 'paused',
  });
});

describe('the status', () => {
  const read = async (world: ReturnType<typeof givenApi>) =>
    exactly(statusSchema, await world.send('GET', '/v1/status', { as: null }));

  test('is public, cached for seconds, and says lifetimes, the oldest object and the bound (ONE-1)', async () => {
    const world = givenApi();
    await world.dwell.count([...Array.from({ length: 99 }, () => 400), 180_000], start);
    await world.dwell.saw({ oldestAgeMs: 2_500, at: start });
    const response = await world.send('GET', '/v1/status', { as: null });
    expect(response.headers.get('cache-control')).toBe('public, max-age=5');
    expect(await exactly(statusSchema, response)).toEqual({
      status: 'ok',
      cleanerSeenAt: '2026-11-21T14:00:00.000Z',
      lifetimes: {
        windowDays: 7,
        count: 100,
        p50Ms: dwellBoundMs(dwellBucket(400)),
        p99Ms: dwellBoundMs(dwellBucket(400)),
        maxMs: dwellBoundMs(dwellBucket(180_000)),
      },
      oldestObjectMs: 2_500,
      oldestObjectSeenAt: '2026-11-21T14:00:00.000Z',
      boundMs: 300_000,
      promise: 'ONE-1',
    });
  });

  test('says nothing of nine objects, and something of ten (CAL-9)', async () => {
    const world = givenApi();
    await world.dwell.count(
      Array.from({ length: 9 }, () => 400),
      start,
    );
    expect((await read(world)).lifetimes).toEqual({ windowDays: 7 });
    await world.dwell.count([400], start);
    world.clock.advance(5_000);
    expect((await read(world)).lifetimes).toMatchObject({ count: 10 });
  });

  test('is looked up once in five seconds, whoever asks', async () => {
    let reads = 0;
    const world = givenApi({
      dwell: {
        read: async () => {
          reads += 1;
          return { lifetimes: new Map() };
        },
      },
    });
    await Promise.all([read(world), read(world), read(world)]);
    expect(reads).toBe(1);
    world.clock.advance(5_000);
    await read(world);
    expect(reads).toBe(2);
  });

  test('is paused when the cleaner is not alive, and before the first sweep says what it can', async () => {
    const world = givenApi({ heartbeat: { read: async () => undefined, beat: async () => {} } });
    expect(await read(world)).toEqual({
      status: 'paused',
      lifetimes: { windowDays: 7 },
      boundMs: 300_000,
      promise: 'ONE-1',
    });
  });

  test('rejects with a problem when the counters are away, and asks again afterwards', async () => {
    let away = true;
    const world = givenApi({
      dwell: {
        read: async () => (away ? Promise.reject(new Error('away')) : { lifetimes: new Map() }),
      },
    });
    expect((await world.send('GET', '/v1/status', { as: null })).status).toBe(500);
    away = false;
    expect((await read(world)).status).toBe('ok');
  });
});

test('HEAD answers the headers alone', async () => {
  const response = await givenApi().send('HEAD', '/v1/policy', { as: null });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
});

test.each(['/v1/policy', '/v1/scans', '/nowhere'])(
  'the answer of %s is taken for nothing else',
  async (path) => {
    const response = await givenApi().send('GET', path);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).not.toBeNull();
  },
);
