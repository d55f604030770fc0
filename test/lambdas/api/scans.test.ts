import { expect, test } from 'vitest';
import { deletedScanSchema, historySchema, scanViewSchema } from '../../../core/contract.ts';
import {
  alice,
  bandOf,
  bob,
  deletion,
  exactly,
  givenApi,
  givenEnd,
  givenScan,
  model,
  problemOf,
  start,
  stateOf,
  unitsUsed,
  type World,
} from './given.ts';

const band = bandOf('no-clear-difference');
const completed = { state: 'completed', band, model, deletion } as const;

async function view(response: Response) {
  expect(response.status).toBe(200);
  return exactly(scanViewSchema, response);
}

test('a completed scan shows its band in a sentence, the model, the verified deletion, and that it is charged', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  world.clock.advance(3_000);
  await givenEnd(world, scanId, completed);
  expect(await view(await world.send('GET', `/v1/scans/${scanId}`))).toEqual({
    id: scanId,
    state: 'completed',
    issuedAt: '2026-11-21T14:00:00.000Z',
    endedAt: '2026-11-21T14:00:03.000Z',
    band,
    message: 'No clear colour difference was found in the centre of this photo.',
    advice: expect.stringContaining('says nothing about health'),
    charged: true,
    model: { ...model, evaluated: true },
    deletion: { deletedAt: '2026-11-21T14:00:02.000Z', msFromUpload: 610, verified: true },
  });
});

test.each([
  { state: 'inconclusive', reason: 'blurred', model, deletion } as const,
  { state: 'rejected', reason: 'corrupt-image', deletion } as const,
  { state: 'failed', reason: 'interrupted' } as const,
  { state: 'failed', reason: 'interrupted', deletion } as const,
  { state: 'expired' } as const,
])('a scan that ended as %j says what to do and that nothing was charged', async (outcome) => {
  const world = givenApi();
  const scanId = await givenScan(world);
  await givenEnd(world, scanId, outcome);
  const scan = await view(await world.send('GET', `/v1/scans/${scanId}`));
  expect(scan).toMatchObject({ state: outcome.state, charged: false });
  expect(scan.reason).toBe('reason' in outcome ? outcome.reason : undefined);
  expect(scan.message).toMatch(/Nothing was charged\.$/);
  expect(scan.deletion !== undefined).toBe('deletion' in outcome);
  expect(unitsUsed(world)).toBe(0);
});

test('a read without wait answers at once', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  expect((await view(await world.send('GET', `/v1/scans/${scanId}`))).state).toBe('issued');
  expect(world.clock.now()).toBe(start);
});

test('a waiting read answers as soon as the scan ends', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  let looks = 0;
  world.onPause = async () => {
    looks += 1;
    if (looks === 3) await givenEnd(world, scanId, completed);
  };
  expect((await view(await world.send('GET', `/v1/scans/${scanId}?wait=5`))).state).toBe('completed');
  expect(world.clock.now() - start).toBe(750);
});

test('a waiting read answers the open scan when its time is over', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  expect((await view(await world.send('GET', `/v1/scans/${scanId}?wait=1.1`))).state).toBe('issued');
  expect(world.clock.now() - start).toBe(1_100);
});

test('a waiting read ends when the scan is deleted meanwhile', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  world.onPause = async () => givenEnd(world, scanId, { state: 'erased' });
  const response = await world.send('GET', `/v1/scans/${scanId}?wait=5`);
  expect((await problemOf(response)).code).toBe('scan-not-found');
});

test.each(['-1', '5.01', 'Infinity', 'soon', '0x2&wait=1'])('rejects a wait of %s', async (wait) => {
  const world = givenApi();
  const response = await world.send('GET', `/v1/scans/${await givenScan(world)}?wait=${wait}`);
  expect(await problemOf(response)).toMatchObject({
    code: 'invalid-request',
    violations: [{ field: 'wait' }],
  });
});

test.each(['GET', 'PATCH', 'DELETE'])(
  'rejects %s of another account’s scan as not found, and changes nothing',
  async (method) => {
    const world = givenApi();
    for (const end of [false, true]) {
      const scanId = await givenScan(world, { key: `key-of-alice-${String(end)}` });
      if (end) await givenEnd(world, scanId, completed);
      const before = await world.ledger.scans.find(scanId);
      const body = method === 'PATCH' ? { body: { name: 'mine now' } } : {};
      const response = await world.send(method, `/v1/scans/${scanId}`, { as: bob, ...body });
      expect(response.status).toBe(404);
      expect((await problemOf(response)).code).toBe('scan-not-found');
      expect(await world.ledger.scans.find(scanId)).toEqual(before);
    }
    expect(world.deletedImages).toEqual([]);
  },
);

test.each(['GET', 'PATCH', 'DELETE'])(
  'rejects %s of a scan that never was, in the same words',
  async (method) => {
    const body = method === 'PATCH' ? { body: { name: 'a' } } : {};
    const response = await givenApi().send(method, `/v1/scans/${'x'.repeat(22)}`, body);
    expect(response.status).toBe(404);
    expect((await problemOf(response)).code).toBe('scan-not-found');
  },
);

test('rename gives a name, in any script, and null takes it away', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  for (const end of [false, true]) {
    if (end) await givenEnd(world, scanId, completed);
    const named = await world.send('PATCH', `/v1/scans/${scanId}`, { body: { name: ' दायाँ हाथ ' } });
    expect((await view(named)).name).toBe('दायाँ हाथ');
    const unnamed = await world.send('PATCH', `/v1/scans/${scanId}`, { body: { name: null } });
    expect((await view(unnamed)).name).toBeUndefined();
  }
});

test.each([
  ['empty', ' '],
  ['too long', 'x'.repeat(61)],
  ['with a hidden turn', 'a\u202eb'],
  ['with a control', 'a\u0007b'],
])('rejects a name that is %s, without repeating it', async (_why, name) => {
  const world = givenApi();
  const scanId = await givenScan(world);
  const renamed = await world.send('PATCH', `/v1/scans/${scanId}`, { body: { name } });
  const ticket = await world.ticket({
    key: 'key-with-bad-name',
    body: { contentType: 'image/png', contentLength: 1, sha256: `${'A'.repeat(43)}=`, name },
  });
  for (const response of [renamed, ticket]) {
    expect(response.status).toBe(400);
    expect((await problemOf(response)).violations).toEqual([
      { field: 'name', problem: 'must have 1 to 60 characters, none of them invisible' },
    ]);
  }
});

test('history is one’s own, newest first, in pages', async () => {
  const world = givenApi({ ticketsPerDay: 10 });
  const ids: string[] = [];
  for (let scan = 0; scan < 5; scan += 1) {
    ids.unshift(await givenScan(world, { key: `key-of-scan-no-${scan}-` }));
    world.clock.advance(1);
  }
  await givenScan(world, { as: bob });
  const seen: string[] = [];
  let after = '';
  for (let page = 0; page < 3; page += 1) {
    const response = await world.send('GET', `/v1/scans?limit=2${after}`);
    const { scans, next } = await exactly(historySchema, response);
    seen.push(...scans.map(({ id }) => id));
    after = `&after=${next}`;
    expect(next === undefined).toBe(page === 2);
  }
  expect(seen).toEqual(ids);
});

test('history leaves out what was erased, even while the index still shows it', async () => {
  const given = givenApi();
  const scanId = await givenScan(given);
  const world = givenApi({
    scans: {
      ...given.ledger.scans,
      history: async () => ({
        scans: [{ scanId, state: 'erased', issuedAt: start, endedAt: start, outcome: { state: 'erased' } }],
      }),
    },
  });
  expect(await exactly(historySchema, await world.send('GET', '/v1/scans'))).toEqual({ scans: [] });
});

test.each(['limit=0', 'limit=101', 'limit=1.5', 'limit=many', `after=${'x'.repeat(401)}`])(
  'rejects a history of %s',
  async (query) => {
    const response = await givenApi().send('GET', `/v1/scans?${query}`);
    expect(await problemOf(response)).toMatchObject({
      code: 'invalid-request',
      violations: [{ field: query.split('=')[0] }],
    });
  },
);

test('deleting a completed scan removes it and gives nothing back (CAL-4)', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  await givenEnd(world, scanId, completed);
  const response = await world.send('DELETE', `/v1/scans/${scanId}`);
  expect(response.status).toBe(200);
  expect(await exactly(deletedScanSchema, response)).toMatchObject({
    givenBack: false,
    message: expect.stringContaining('not given back'),
  });
  expect(await world.ledger.scans.find(scanId)).toBeUndefined();
  expect(world.ledger.purchase(alice, 'pi_first')).toMatchObject({ scansUsed: 1, scansCompleted: 1 });
  expect((await world.send('DELETE', `/v1/scans/${scanId}`)).status).toBe(404);
});

test('deleting an open scan ends it as erased, gives its unit back and deletes its image', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  expect((await world.send('DELETE', `/v1/scans/${scanId}`)).status).toBe(200);
  expect(await world.ledger.scans.find(scanId)).toEqual({
    scanId,
    state: 'erased',
    issuedAt: start,
    endedAt: start,
    outcome: { state: 'erased' },
  });
  expect(unitsUsed(world)).toBe(0);
  expect(world.deletedImages).toEqual([scanId]);
  expect((await world.send('GET', `/v1/scans/${scanId}`)).status).toBe(404);
});

test('deleting succeeds when the image cannot be deleted right now: the sweep will', async () => {
  const cause = new Error('storage is away');
  const world = givenApi({
    images: {
      async delete() {
        throw cause;
      },
      isGone: async () => false,
    },
  });
  const scanId = await givenScan(world);
  expect((await world.send('DELETE', `/v1/scans/${scanId}`)).status).toBe(200);
  expect(world.lines).toContainEqual(
    expect.objectContaining({ level: 'error', event: 'image-deletion-deferred', error: cause }),
  );
});

test('deleting twice at once settles once', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  const responses = await Promise.all([1, 2].map(() => world.send('DELETE', `/v1/scans/${scanId}`)));
  expect(responses.map(({ status }) => status)).toEqual([200, 200]);
  expect(unitsUsed(world)).toBe(0);
});

/** Runs `meanwhile` once, after the scan was read and before it is settled. */
function givenRace(meanwhile: (world: World) => Promise<unknown>): World {
  const given = givenApi();
  let raced = false;
  const world = givenApi({
    tickets: given.ledger.tickets,
    scans: {
      ...given.ledger.scans,
      async settle(settlement) {
        if (!raced) {
          raced = true;
          await meanwhile(given);
        }
        return given.ledger.scans.settle(settlement);
      },
    },
  });
  return { ...world, ledger: given.ledger };
}

test('deleting while the analysis claims the scan ends it all the same', async () => {
  const world = givenRace(async ({ ledger }) => {
    const lease = { leaseId: 'lease', leaseUntil: start + 40_000, etag: 'e', sequencer: '1' };
    return ledger.scans.claim(ledger.all()[0]?.scanId ?? '', lease, start);
  });
  const scanId = await givenScan(world);
  expect((await world.send('DELETE', `/v1/scans/${scanId}`)).status).toBe(200);
  expect(await stateOf(world, scanId)).toBe('erased');
  expect(unitsUsed(world)).toBe(0);
});

test('deleting while the analysis completes the scan removes it, charged once', async () => {
  const world = givenRace(async (given) => givenEnd(given, given.ledger.all()[0]?.scanId ?? '', completed));
  const scanId = await givenScan(world);
  expect((await world.send('DELETE', `/v1/scans/${scanId}`)).status).toBe(200);
  expect(await stateOf(world, scanId)).toBeUndefined();
  expect(world.ledger.purchase(alice, 'pi_first')).toMatchObject({ scansUsed: 1, scansCompleted: 1 });
});

test('rejects a deletion with busy when transactions keep being in the way', async () => {
  const world = givenApi();
  const scanId = await givenScan(world);
  for (let times = 0; times < 100; times += 1) world.ledger.fail('settle', 'conflict');
  const response = await world.send('DELETE', `/v1/scans/${scanId}`);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await stateOf(world, scanId)).toBe('issued');
});
