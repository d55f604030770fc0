/** What a data directory keeps across restarts and kills: a promise given before is judged as it would have been. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient, type Client } from '../../client/client.ts';
import { createSession } from '../../client/session.ts';
import { tables } from '../../core/tables.ts';
import type { CloudOptions } from '../../local/cloud.ts';
import { givenFolder } from '../local/data/given.ts';
import { endsAfterKill, killPoints } from '../restart/kill-points.ts';
import { expectPromisesKept } from '../restart/after-kill.ts';
import { killUnderLoad, nothingAnswered } from '../restart/kill-under-load.ts';
import { freePorts } from '../restart/ports.ts';
import { expectEmptyBucket, historyOf, photo, startWorld, type Person, type World } from './world.ts';

/** A world that closes with the test, unless the test closes it. */
async function given(data: string, options: Partial<CloudOptions> = {}): Promise<World> {
  const world = await startWorld({ data, ...options });
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await world.close();
    closed = true;
  };
  onTestFinished(close);
  return { ...world, close };
}

/** Somebody from before, in a later world. */
function clientOf(world: World, { accountId }: Pick<Person, 'accountId'>): Client {
  return createClient({
    baseUrl: world.cloud.apiUrl,
    getToken: () => world.cloud.issuer.issueToken(accountId),
  });
}

const jpeg = (bytes: Uint8Array) => ({ bytes: Uint8Array.from(bytes), contentType: 'image/jpeg' });

test('a restart keeps accounts, history, charge, open scans, tokens, upload addresses and the clock', async () => {
  const data = join(givenFolder(), 'data');
  const port = await freePorts();
  // Without the clock's runs, of which one could be at work at the end.
  const first = await given(data, { port, schedule: false });
  expect(first.cloud.resumed).toBeUndefined();
  const bytes = await photo('skin-clear');
  const person = await first.person({ scansTotal: 2 });
  const key = 'bf5a2bd4-7c32-4a05-9f8e-8c1a4d1f7a10';
  const done = await person.client.scanPhoto(jpeg(bytes), { name: 'kept' });
  await first.pass(1_000);
  const token = await first.cloud.issuer.issueToken(person.accountId);
  const email = 'restarted@example.com';
  const session = createSession({ baseUrl: first.cloud.apiUrl });
  const { challenge } = await session.requestCode(email);
  const offset = first.cloud.clock.offset();
  await expect(startWorld({ data }), 'a second process').rejects.toMatchObject({ code: 'in-use' });
  // Last, and used first: the address is good for a minute, in which a slow machine does little more than start again.
  const ticket = await person.ticket(bytes, key);
  await first.close();

  const second = await given(data, { port });
  expect(second.cloud.resumed).toEqual({ objects: 0, events: 0, scans: 2, cutBytes: 0 });
  expect(second.cloud.clock.offset()).toBeGreaterThanOrEqual(offset);
  expect(await second.put(ticket, bytes)).toBe(200);
  const client = createClient({ baseUrl: second.cloud.apiUrl, getToken: async () => token });
  expect(await client.waitForResult(ticket.scan.id)).toMatchObject({ state: 'completed', charged: true });
  expect(await second.put(ticket, bytes)).toBe(200);
  // The mail that was sent before can be read, and its code still signs in.
  const code = /\d{8}/.exec(second.cloud.outbox.lastTo(email)?.subject ?? '')?.[0] ?? '';
  await session.verifyCode({ email, challenge, code });
  expect(await session.isSignedIn()).toBe(true);
  expect(await client.getScan(done.id)).toEqual(done);
  await second.idle();
  expectEmptyBucket(second);
  expect(await historyOf({ ...person, client })).toEqual([ticket.scan.id, done.id]);
  await expect(client.requestTicket(jpeg(bytes))).rejects.toMatchObject({ code: 'no-scans-left' });
  expect(await client.requestTicket(jpeg(bytes), { idempotencyKey: key })).toMatchObject({
    scan: { id: ticket.scan.id, state: 'completed' },
  });
});

test('an event on its way arrives when it is due, and an object whose time ran out is swept at once', async () => {
  const data = join(givenFolder(), 'data');
  const first = await given(data, { schedule: false });
  const person = await first.person();
  const bytes = await photo('skin-clear');
  first.cloud.runner.planDeliveries('analyze', 'lost', { delayMs: 60_000 });
  const late = await person.ticket(bytes);
  await first.put(late, bytes);
  await first.pass(125_000);
  const due = await person.ticket(bytes);
  await first.put(due, bytes);
  expect(readdirSync(join(data, 'objects'))).toHaveLength(2);
  await first.close();

  const second = await given(data, { schedule: false });
  expect(second.cloud.resumed).toMatchObject({ objects: 2, events: 1 });
  const keys = second.cloud.storage.objects().map(({ key }) => key);
  expect(keys).toEqual([due.scan.id]);
  expect(readdirSync(join(data, 'objects'))).toHaveLength(1);
  const client = clientOf(second, person);
  expect(await client.getScan(late.scan.id)).toMatchObject({ state: 'failed', charged: false });
  expect(await client.getScan(due.scan.id)).toMatchObject({ state: 'issued' });
  await second.pass(61_000);
  expect(await client.getScan(due.scan.id)).toMatchObject({ state: 'completed', charged: true });
  expectEmptyBucket(second);
});

test('the terminal’s account stays erased: the next start makes another one, and says so', async () => {
  const data = join(givenFolder(), 'data');
  const first = await given(data, { schedule: false });
  const { accountId } = first.cloud;
  const askToken = ({ cloud }: World) => fetch(`${cloud.apiUrl}/local/token`, { method: 'POST' });
  expect(first.cloud.replacesErased).toBe(false);
  await clientOf(first, { accountId }).eraseMe();
  const refused = await askToken(first);
  expect([refused.status, await refused.json()]).toEqual([410, { error: expect.stringContaining('erased') }]);
  await first.cloud.runner.invoke('upkeep', { task: 'erasures' });
  const storedOf = async ({ cloud }: World) => {
    const items = await Promise.all(tables.map(async ({ name }) => [name, await cloud.database.items(name)]));
    return items.filter(([, all]) => JSON.stringify(all).includes(accountId)).map(([name]) => name);
  };
  // Until the last pass the row by which it is known.
  expect(await storedOf(first)).toEqual(['erasures']);
  await first.close();

  const second = await given(data, { schedule: false });
  expect(second.cloud.replacesErased).toBe(true);
  expect(second.cloud.accountId).not.toBe(accountId);
  expect(await storedOf(second)).toEqual(['erasures']);
  await expect(clientOf(second, { accountId }).me()).rejects.toMatchObject({ code: 'account-inactive' });
  expect((await askToken(second)).status).toBe(200);
  const bytes = jpeg(await photo('skin-clear'));
  expect(await clientOf(second, second.cloud).scanPhoto(bytes)).toMatchObject({ charged: true });
  const books = await second.cloud.runner.invoke('upkeep', { repair: false });
  expect(JSON.stringify(books)).toContain('"differences":[]');
});

describe('a process that is killed when', () => {
  test.each(killPoints.slice(0, 2))('%s ends its scan as it must after the restart', async (point, state) => {
    const units = state === 'completed' ? ['1', '1'] : ['0', '0'];
    const ends = await endsAfterKill(join(givenFolder(), 'data'), point);
    expect(ends).toEqual({ afterRetry: state, promised: state, units });
  });

  test('four people use it keeps every promise after the restart', async () => {
    const data = join(givenFolder(), 'data');
    const answered = nothingAnswered();
    const options = { data, port: await freePorts(), seed: 'default suite', scans: 100_000, answered };
    await killUnderLoad(options);
    expect(existsSync(join(data, 'lock'))).toBe(true);
    expect(answered.issued.size).toBeGreaterThan(0);
    await expectPromisesKept(options);
    expect(existsSync(join(data, 'lock'))).toBe(false);
  });
});
