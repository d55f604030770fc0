import { expect, test } from 'vitest';
import { protocol } from '../../../core/scan.ts';
import {
  alice,
  bob,
  givenApi,
  givenEnd,
  givenScan,
  pack,
  photo,
  problemOf,
  start,
  stateOf,
  statusesOf,
  ticketOf,
  unitsUsed,
} from './given.ts';
import { LostAnswerError } from '../../memory/ledger.ts';

const day = 24 * 60 * 60 * 1000;

test('a ticket is a new scan, one unit of the oldest purchase, and an address that pins the photo', async () => {
  const world = givenApi();
  const response = await world.ticket({ body: { ...photo, name: '  Left forearm ' } });
  expect(response.status).toBe(201);
  const { scan, upload } = await ticketOf(response);
  expect(response.headers.get('location')).toBe(`/v1/scans/${scan.id}`);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(scan).toEqual({
    id: scan.id,
    state: 'issued',
    name: 'Left forearm',
    issuedAt: '2026-11-21T14:00:00.000Z',
    message: 'Waiting for the photo.',
    charged: false,
  });
  expect(upload?.expiresAt).toBe('2026-11-21T14:01:00.000Z');
  expect(world.signed).toEqual([{ scanId: scan.id, upload: photo, expiresInMs: protocol.uploadMs }]);
  expect(world.ledger.purchase(alice, 'pi_first')?.scansUsed).toBe(1);
  expect(await world.ledger.scans.find(scan.id)).toMatchObject({
    accountId: alice,
    deadlineAt: start + protocol.deadlineMs,
    paymentIntentId: 'pi_first',
  });
});

test('the same key and body give the same scan, and an address for the seconds that remain', async () => {
  const world = givenApi();
  const first = await ticketOf(await world.ticket());
  world.clock.advance(12_400);
  const response = await world.ticket();
  expect(response.status).toBe(200);
  const second = await ticketOf(response);
  expect(second.scan.id).toBe(first.scan.id);
  expect(response.headers.get('location')).toBe(`/v1/scans/${first.scan.id}`);
  expect(second.upload?.expiresAt).toBe(first.upload?.expiresAt);
  expect(world.signed.at(-1)?.expiresInMs).toBe(47_600);
  expect(unitsUsed(world)).toBe(1);
});

test('a replay has no address once less than a second of it remains', async () => {
  const world = givenApi();
  await world.ticket();
  world.clock.advance(protocol.uploadMs - 1000);
  expect((await ticketOf(await world.ticket())).upload).toBeDefined();
  world.clock.advance(1);
  expect((await ticketOf(await world.ticket())).upload).toBeUndefined();
});

test('a replay of a claimed scan has no address: its photo has arrived', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  const lease = { leaseId: 'lease', leaseUntil: start + 40_000, etag: 'e', sequencer: '1' };
  await world.ledger.scans.claim(scanId, lease, start);
  const { scan, upload } = await ticketOf(await world.ticket());
  expect(scan.state).toBe('claimed');
  expect(upload).toBeUndefined();
});

test('a replay of a scan that ended has no address', async () => {
  const world = givenApi();
  await givenEnd(world, await givenScan(world), { state: 'expired' });
  const { scan, upload } = await ticketOf(await world.ticket());
  expect(scan.state).toBe('expired');
  expect(upload).toBeUndefined();
});

test('a replay is answered when no limit would admit a new ticket', async () => {
  const world = givenApi({ ticketsPerDay: 1 });
  const scanId = await givenScan(world);
  world.ledger.put.purchase({ ...pack(alice, 'pi_second', 1), scansUsed: 1 });
  world.ledger.put.consent(alice, { purpose: 'image-processing', version: 1, granted: false, at: start });
  world.clock.advance(protocol.heartbeatMaxAgeMs + 10_000);
  const response = await world.ticket();
  expect(response.status).toBe(200);
  expect((await ticketOf(response)).scan.id).toBe(scanId);
});

test('rejects a key that was used for another body, whichever field differs', async () => {
  const world = givenApi();
  await world.ticket({ body: { ...photo, name: 'A' } });
  const others = [
    { ...photo, name: 'B' },
    photo,
    { ...photo, name: 'A', contentLength: photo.contentLength + 1 },
    { ...photo, name: 'A', contentType: 'image/png' },
    { ...photo, name: 'A', sha256: `${'A'.repeat(43)}=` },
  ];
  for (const body of others) {
    const response = await world.ticket({ body });
    expect(response.status).toBe(409);
    expect((await problemOf(response)).code).toBe('idempotency-key-reused');
  }
  expect(unitsUsed(world)).toBe(1);
});

test('two people may use the same key: each has their own scan', async () => {
  const world = givenApi();
  const [a, b] = [await givenScan(world), await givenScan(world, { as: bob })];
  expect(a).not.toBe(b);
});

test('rejects a replay of a deleted scan as gone, whether it was open or had ended', async () => {
  const world = givenApi();
  const open = await givenScan(world, { key: 'key-of-open-scan' });
  await world.send('DELETE', `/v1/scans/${open}`);
  const ended = await givenScan(world, { key: 'key-of-ended-scan' });
  await givenEnd(world, ended, { state: 'expired' });
  await world.send('DELETE', `/v1/scans/${ended}`);
  for (const key of ['key-of-open-scan', 'key-of-ended-scan']) {
    const response = await world.ticket({ key });
    expect(response.status).toBe(410);
    expect((await problemOf(response)).code).toBe('scan-gone');
  }
});

test('a key is free again after 24 hours, and not a millisecond before', async () => {
  const world = givenApi();
  const first = await givenScan(world);
  world.clock.advance(day - 1);
  expect((await ticketOf(await world.ticket())).scan.id).toBe(first);
  world.clock.advance(1);
  await world.ledger.heartbeat.beat(world.clock.now());
  const response = await world.ticket();
  expect(response.status).toBe(201);
  expect((await ticketOf(response)).scan.id).not.toBe(first);
});

test('the same key twice at once makes one scan and takes one unit', async () => {
  const world = givenApi();
  const responses = await Promise.all([world.ticket(), world.ticket(), world.ticket()]);
  expect(statusesOf(responses)).toEqual([200, 200, 201]);
  const ids = await Promise.all(responses.map(async (response) => (await ticketOf(response)).scan.id));
  expect(new Set(ids).size).toBe(1);
  expect(world.ledger.all()).toHaveLength(1);
  expect(unitsUsed(world)).toBe(1);
});

test('the same key twice at once with two bodies makes one scan and refuses the other', async () => {
  const world = givenApi();
  const responses = await Promise.all([
    world.ticket(),
    world.ticket({ body: { ...photo, contentLength: 1 } }),
  ]);
  expect(statusesOf(responses)).toEqual([201, 409]);
  expect(unitsUsed(world)).toBe(1);
});

test('two keys at once never share the last unit: the second uses the next purchase', async () => {
  const world = givenApi();
  const responses = await Promise.all([
    world.ticket({ key: 'key-number-one-1' }),
    world.ticket({ key: 'key-number-two-2' }),
  ]);
  expect(responses.map(({ status }) => status)).toEqual([201, 201]);
  expect(world.ledger.purchase(alice, 'pi_first')?.scansUsed).toBe(1);
  expect(world.ledger.purchase(alice, 'pi_second')?.scansUsed).toBe(1);
});

test('rejects the loser of a race for the very last unit with no-scans-left', async () => {
  const world = givenApi();
  world.ledger.put.purchase({ ...pack(alice, 'pi_second', 5), voidedAt: start });
  const responses = await Promise.all([
    world.ticket({ key: 'key-number-one-1' }),
    world.ticket({ key: 'key-number-two-2' }),
  ]);
  expect(statusesOf(responses)).toEqual([201, 402]);
});

test('a conflict is tried again until it passes', async () => {
  const world = givenApi();
  for (let times = 0; times < 4; times += 1) world.ledger.fail('issue', 'conflict');
  expect((await world.ticket()).status).toBe(201);
  expect(unitsUsed(world)).toBe(1);
});

test('rejects with busy and Retry-After when conflicts do not end, never with no-scans-left', async () => {
  const world = givenApi();
  for (let times = 0; times < 100; times += 1) world.ledger.fail('issue', 'conflict');
  const response = await world.ticket();
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect((await problemOf(response)).code).toBe('busy');
  expect(world.clock.now() - start).toBeLessThanOrEqual(2_100);
  expect(unitsUsed(world)).toBe(0);
});

test('rejects with busy after two seconds, however few tries those were', async () => {
  const given = givenApi();
  let tries = 0;
  const world = givenApi({
    tickets: {
      ...given.ledger.tickets,
      async issue() {
        tries += 1;
        world.clock.advance(900);
        return { refused: ['conflict'] };
      },
    },
  });
  expect((await problemOf(await world.ticket())).code).toBe('busy');
  expect(tries).toBe(3);
});

test('a retry after a lost answer finds the ticket that was written', async () => {
  const world = givenApi();
  world.ledger.fail('issue', 'lost');
  const lost = await world.ticket();
  expect((await problemOf(lost)).code).toBe('internal');
  expect(world.lines.find(({ event }) => event === 'request-failed')?.error).toBeInstanceOf(LostAnswerError);
  const retried = await world.ticket();
  expect(retried.status).toBe(200);
  expect((await ticketOf(retried)).upload).toBeDefined();
  expect(unitsUsed(world)).toBe(1);
});

test('an attempt that was written although it was answered as a conflict is its own ticket, and new', async () => {
  const given = givenApi();
  let answers = 0;
  const world = givenApi({
    scans: given.ledger.scans,
    tickets: {
      ...given.ledger.tickets,
      async issue(ticket) {
        const answer = await given.ledger.tickets.issue(ticket);
        answers += 1;
        return answers === 1 ? { refused: ['conflict'] } : answer;
      },
    },
  });
  expect((await world.ticket()).status).toBe(201);
  expect(answers).toBe(1);
  expect(given.ledger.all()).toHaveLength(1);
});

test('rejects an account that never affirmed adulthood', async () => {
  const world = givenApi();
  world.ledger.put.account({ accountId: alice, state: 'active' });
  const response = await world.ticket();
  expect(response.status).toBe(403);
  expect((await problemOf(response)).code).toBe('adults-only');
});

test('rejects without a standing consent, naming the purposes', async () => {
  const world = givenApi();
  world.ledger.put.consent(alice, { purpose: 'image-processing', version: 1, granted: false, at: start });
  const response = await world.ticket();
  expect(response.status).toBe(403);
  expect(await problemOf(response)).toMatchObject({
    code: 'consent-required',
    purposes: ['image-processing'],
  });
});

test('rejects when consent is withdrawn between the check and the transaction', async () => {
  const given = givenApi();
  const world = givenApi({
    scans: given.ledger.scans,
    tickets: {
      ...given.ledger.tickets,
      async issue(ticket) {
        const purpose = 'image-processing';
        given.ledger.put.consent(alice, { purpose, version: 1, granted: false, at: start });
        return given.ledger.tickets.issue(ticket);
      },
    },
  });
  expect((await problemOf(await world.ticket())).code).toBe('consent-required');
  expect(given.ledger.all()).toHaveLength(0);
});

test('rejects when the cleaner was last seen over three minutes ago, and admits again once it beats', async () => {
  const world = givenApi();
  world.clock.advance(protocol.heartbeatMaxAgeMs);
  expect((await world.ticket()).status).toBe(201);
  world.clock.advance(1);
  const response = await world.ticket({ key: 'another-key-1234' });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('60');
  expect((await problemOf(response)).code).toBe('cleaner-not-alive');
  await world.ledger.heartbeat.beat(world.clock.now());
  world.clock.advance(1_000);
  expect((await world.ticket({ key: 'another-key-1234' })).status).toBe(201);
});

test('rejects before the first sweep', async () => {
  const world = givenApi({ heartbeat: { read: async () => undefined, beat: async () => {} } });
  expect((await problemOf(await world.ticket())).code).toBe('cleaner-not-alive');
});

test('the heartbeat is read once in five seconds while the cleaner is alive', async () => {
  let reads = 0;
  const world = givenApi({
    heartbeat: {
      read: async () => {
        reads += 1;
        return start;
      },
      beat: async () => {},
    },
  });
  for (const key of ['key-number-one-1', 'key-number-two-2']) await world.ticket({ key });
  expect(reads).toBe(1);
  world.clock.advance(5_000);
  await world.ticket({ key: 'key-number-three' });
  expect(reads).toBe(2);
});

test('rejects the ticket over the daily limit until the next UTC day, saying when that is', async () => {
  const world = givenApi();
  for (const key of ['key-number-one-1', 'key-number-two-2', 'key-number-three']) {
    expect((await world.ticket({ key })).status).toBe(201);
  }
  const response = await world.ticket({ key: 'key-number-four-4' });
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe(String(10 * 3600));
  expect((await problemOf(response)).code).toBe('too-many-scans');
  world.clock.advance(10 * 3600 * 1000);
  await world.ledger.heartbeat.beat(world.clock.now());
  expect((await world.ticket({ key: 'key-number-four-4' })).status).toBe(201);
});

test('rejects with no-scans-left, not with the daily limit, when both hold: tomorrow brings none', async () => {
  const world = givenApi();
  world.ledger.put.purchase({ ...pack(alice, 'pi_first', 1), scansTotal: 3 });
  world.ledger.put.purchase({ ...pack(alice, 'pi_second', 5), voidedAt: start });
  for (const key of ['key-number-one-1', 'key-number-two-2', 'key-number-three']) await world.ticket({ key });
  const response = await world.ticket({ key: 'key-number-four-4' });
  expect((await problemOf(response)).code).toBe('no-scans-left');
});

test('rejects when every purchase is used or voided', async () => {
  const world = givenApi();
  world.ledger.put.purchase({ ...pack(alice, 'pi_first', 1), scansUsed: 1 });
  world.ledger.put.purchase({ ...pack(alice, 'pi_second', 5), voidedAt: start });
  const response = await world.ticket();
  expect(response.status).toBe(402);
  expect((await problemOf(response)).code).toBe('no-scans-left');
});

test.each([
  ['too-many-bytes', { ...photo, contentLength: 10 * 1024 * 1024 + 1 }],
  ['unsupported-content-type', { ...photo, contentType: 'image/tiff' }],
  ['unsupported-content-type', { ...photo, contentType: 'image/jpeg; charset=x' }],
])('rejects with %s before anything is taken', async (code, body) => {
  const world = givenApi();
  const response = await world.ticket({ body });
  expect(response.status).toBe(422);
  expect((await problemOf(response)).code).toBe(code);
  expect(unitsUsed(world)).toBe(0);
});

test('a photo of exactly 10 MiB is admitted', async () => {
  expect((await givenApi().ticket({ body: { ...photo, contentLength: 10 * 1024 * 1024 } })).status).toBe(201);
});

test('a refused ticket leaves its key free', async () => {
  const world = givenApi();
  world.ledger.put.consent(alice, { purpose: 'image-processing', version: 1, granted: false, at: start });
  expect((await world.ticket()).status).toBe(403);
  world.ledger.put.consent(alice, { purpose: 'image-processing', version: 1, granted: true, at: start });
  expect((await world.ticket()).status).toBe(201);
  expect(await stateOf(world, world.signed[0]?.scanId ?? '')).toBe('issued');
});
