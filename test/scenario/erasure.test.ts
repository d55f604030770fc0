/**
 * Erasure on the whole embedded cloud (CAL-6, CAL-15): everything that is stored anywhere for one person is listed raw,
 * before and after, with upkeep killed at each of its steps and photos on their way.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../client/client.ts';
import { erasureTimes } from '../../core/erasure.ts';
import { tables, type TableName } from '../../core/tables.ts';
import { derive } from '../../local/principals.ts';
import { everythingOf } from '../erasure/everything.ts';
import {
  aPhoto,
  givenLeaver,
  identifiersIn,
  leftoversIn,
  placesIn,
  startErasureWorld,
} from '../erasure/in-cloud.ts';
import { expectNothingLeft, type World } from './world.ts';

let world: World;
let aPicture: Awaited<ReturnType<typeof aPhoto>>;
beforeAll(async () => {
  world = await startErasureWorld({ schedule: true });
  aPicture = await aPhoto();
});
afterAll(() => world.cloud.close());
afterEach(() => {
  world.cloud.database.faults.clear();
  world.cloud.storage.faults.clear();
});

const minute = 60_000;

it('an account is severed at once, gone in minutes, and proved gone without it', async () => {
  // The address at which mail comes back, as SES's own simulator has it.
  const member = await givenLeaver(world, 'bounce@simulator.amazonses.com');
  const { client } = member;
  await world.idle();
  const ids = await identifiersIn(world, member);
  const before = new Set((await everythingOf(placesIn(world), ids)).map(({ place }) => place));
  for (const place of [
    'accounts',
    'identities',
    'scans',
    'purchases',
    'consents',
    'communications',
  ] as const) {
    expect(before, place).toContain(place);
  }
  expect(before).toContain('dead addresses');
  const { erasure } = await client.eraseMe();
  await expect(client.me()).rejects.toMatchObject({ code: 'account-inactive' });
  expect((await client.eraseMe()).erasure.reference).toBe(erasure.reference);
  await world.pass(minute);
  expect(await leftoversIn(world, ids)).toEqual([]);
  expect(await client.erasure(erasure.reference)).toMatchObject({ erasure: { state: 'erasing' } });
  await world.pass(erasureTimes.quietMs + minute);
  expect(await client.erasure(erasure.reference)).toBeUndefined();
  expect(await leftoversIn(world, ids)).toEqual([]);
  expect(world.printed.filter((line) => ids.some((id) => line.includes(id)))).toEqual([]);
});

describe('a photo that is on its way when its account goes', () => {
  it.each(['not sent yet', 'sent, its event late', 'being looked at'] as const)(
    '%s, is deleted unread and leaves nothing',
    async (where) => {
      const member = await givenLeaver(world);
      const { client } = member;
      const ticket = await client.requestTicket(aPicture);
      const ids = await identifiersIn(world, member);
      const { storage, runner } = world.cloud;
      if (where === 'sent, its event late') runner.planDeliveries('analyze', 'lost');
      let erased: Promise<unknown> | undefined;
      if (where === 'being looked at') {
        storage.faults.before(async (operation, key) => {
          if (operation === 'GetObject' && key === ticket.scan.id) {
            erased ??= client.eraseMe().then(() => runner.invoke('upkeep', { task: 'erasures' }));
            await erased;
          }
        });
      }
      if (where === 'sent, its event late') await world.put(ticket, aPicture.bytes);
      if (where !== 'being looked at') erased = client.eraseMe();
      else await world.put(ticket, aPicture.bytes);
      await world.idle();
      await erased;
      if (where === 'not sent yet') await world.put(ticket, aPicture.bytes);
      await world.pass(5 * minute);
      expect(await leftoversIn(world, ids)).toEqual([]);
      expectNothingLeft(world);
    },
  );
});

describe('upkeep killed', () => {
  // Without the clock's own runs, of which one could come first.
  beforeAll(async () => {
    await world.cloud.close();
    world = await startErasureWorld();
  });

  /** Each write of a pass, by name, and three moments by seed. */
  const moments: readonly (string | number)[] = [
    'TransactWriteItems scans',
    'DeleteItem scans',
    'DeleteItem communications',
    'DeleteItem consents',
    'DeleteItem identities',
    'DeleteItem accounts',
    'DeleteItem purchases',
    'PutItem erasures',
    ...[1, 2, 3].map((number) => Number.parseInt(derive(String(number), 'kill').slice(0, 4), 16) % 30),
  ];

  it.each(moments)('when the database has done %s is made up for by the next minute', async (moment) => {
    await world.sweep();
    const member = await givenLeaver(world);
    await member.client.requestTicket(aPicture);
    const ids = await identifiersIn(world, member);
    const { erasure } = await member.client.eraseMe();
    const { database, runner } = world.cloud;
    let [done, killed] = [0, 0];
    let isStruck = false;
    const stop = database.faults.after(async (operation, body) => {
      done += 1;
      const isNamed =
        typeof moment === 'string' &&
        moment.startsWith(operation) &&
        JSON.stringify(body).includes(world.cloud.names[tableOf(moment)]);
      if (!isStruck && (isNamed || done === moment)) {
        isStruck = true;
        killed = await runner.kill('upkeep');
      }
    });
    expect(await runner.invoke('upkeep', { task: 'erasures' })).toHaveProperty('error');
    stop();
    expect(killed).toBe(1);
    await runner.invoke('upkeep', { task: 'erasures' });
    expect(await leftoversIn(world, ids)).toEqual([]);
    references.push(erasure.reference);
  });
  const references: string[] = [];

  it('and all of them are proved gone', async () => {
    await world.pass(erasureTimes.quietMs + minute);
    await world.cloud.runner.invoke('upkeep', { task: 'erasures' });
    const client = createClient({ baseUrl: world.cloud.apiUrl, getToken: () => undefined });
    for (const reference of references) expect(await client.erasure(reference)).toBeUndefined();
    expect(references).toHaveLength(moments.length);
  });

  function tableOf(moment: string): TableName {
    const named = tables.find(({ name }) => moment.endsWith(` ${name}`));
    if (named === undefined) throw new Error(`given: no table in ${moment}`);
    return named.name;
  }
});
