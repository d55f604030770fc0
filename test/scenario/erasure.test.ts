/**
 * Erasure on the whole embedded cloud (CAL-6, CAL-15): everything that is stored anywhere for one person is listed raw,
 * before and after, with upkeep killed at each of its steps and photos on their way.
 */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createClient, type Client } from '../../client/client.ts';
import { erasureTimes } from '../../core/erasure.ts';
import { tables, type TableName } from '../../core/tables.ts';
import { createKeyedHash } from '../../lambdas/runtime/keyed-hash.ts';
import { derive } from '../../local/principals.ts';
import { everythingOf, identifiersOf, mayStay, type Places, type Trace } from '../erasure/everything.ts';
import { aPurchase, freshId } from '../contract/given.ts';
import { freshAddress } from '../people/given.ts';
import { expectNothingLeft, photo, startWorld, type World } from './world.ts';

const seed = 'erasure';
let world: World;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  world = await startWorld({ seed, trustForwarded: true });
  bytes = Uint8Array.from(await photo('skin-clear'));
});
afterAll(() => world.cloud.close());
afterEach(() => {
  world.cloud.database.faults.clear();
  world.cloud.storage.faults.clear();
});

const minute = 60_000;
const photoOf = () => ({ bytes, contentType: 'image/jpeg' }) as const;

interface Member {
  readonly email: string;
  readonly accountId: string;
  readonly client: Client;
}

const challengeSchema = z.object({ challenge: z.string() });
const tokensSchema = z.object({ accessToken: z.string() });

async function post(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${world.cloud.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': `192.0.2.${(source += 1) % 250}` },
    body: JSON.stringify(body),
  });
  return answer.json();
}
let source = 0;

/** Signs in, does what is needed before a photo, and leaves a scan and a message. */
async function givenMember(email = freshAddress()): Promise<Member> {
  const { challenge } = challengeSchema.parse(await post('/v1/sessions', { email }));
  const code = /\d{8}/.exec(world.cloud.outbox.lastTo(email)?.subject ?? '')?.[0];
  const { accessToken } = tokensSchema.parse(await post('/v1/sessions/verify', { email, challenge, code }));
  const client = createClient({ baseUrl: world.cloud.apiUrl, getToken: () => accessToken });
  const shown = { version: 1, language: 'en' };
  await client.affirmAdulthood(shown);
  await client.acceptPolicy({ version: '1.0', language: 'en' });
  await client.giveConsent('image-processing', shown);
  const accountId = decodeJwt(accessToken).sub ?? '';
  // What a payment would write.
  const Item = { ...aPurchase(accountId), paymentIntentId: `pi_${freshId()}` };
  const { documents, names } = world.cloud;
  await documents.send(new PutCommand({ TableName: names.purchases, Item }));
  await client.scanPhoto(photoOf());
  await client.sendMessage('question', 'Where is my photo?');
  return { email, accountId, client };
}

function places(): Places {
  const { database, storage, outbox, stripe } = world.cloud;
  return {
    items: (table) => database.items(table),
    objects: () => storage.objects().map(({ key }) => key),
    mails: () => outbox.mails(),
    deadAddresses: () => outbox.suppressed(),
    books: stripe.books,
  };
}

function identifiers({ email, accountId }: Member): Promise<readonly string[]> {
  const keyedHash = createKeyedHash(derive(seed, 'identity'));
  const hashes = [
    keyedHash('address', email),
    keyedHash('account', accountId),
    keyedHash('erasure', accountId),
  ];
  return identifiersOf(places(), [email, accountId, ...hashes]);
}

async function leftovers(ids: readonly string[], after = false): Promise<readonly Trace[]> {
  return (await everythingOf(places(), ids)).filter((trace) => !mayStay(trace, { after }));
}

const longEnough = { timeout: 240_000 };

it('an account is severed at once, gone in minutes, and proved gone without it', longEnough, async () => {
  // The address at which mail comes back, as SES's own simulator has it.
  const member = await givenMember('bounce@simulator.amazonses.com');
  const { client } = member;
  await world.idle();
  const ids = await identifiers(member);
  const before = new Set((await everythingOf(places(), ids)).map(({ place }) => place));
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
  expect(await leftovers(ids)).toEqual([]);
  expect(await client.erasure(erasure.reference)).toMatchObject({ erasure: { state: 'erasing' } });
  await world.pass(erasureTimes.quietMs + minute);
  expect(await client.erasure(erasure.reference)).toBeUndefined();
  expect(await leftovers(ids)).toEqual([]);
  expect(world.printed.filter((line) => ids.some((id) => line.includes(id)))).toEqual([]);
});

describe('a photo that is on its way when its account goes', longEnough, () => {
  it.each(['not sent yet', 'sent, its event late', 'being looked at'] as const)(
    '%s, is deleted unread and leaves nothing',
    async (where) => {
      const member = await givenMember();
      const { client } = member;
      const ticket = await client.requestTicket(photoOf());
      const ids = await identifiers(member);
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
      if (where === 'sent, its event late') await world.put(ticket, bytes);
      if (where !== 'being looked at') erased = client.eraseMe();
      else await world.put(ticket, bytes);
      await world.idle();
      await erased;
      if (where === 'not sent yet') await world.put(ticket, bytes);
      await world.pass(5 * minute);
      expect(await leftovers(ids)).toEqual([]);
      expectNothingLeft(world);
    },
  );
});

describe('upkeep killed', longEnough, () => {
  // Without the clock's own runs, of which one could come first.
  beforeAll(async () => {
    await world.cloud.close();
    world = await startWorld({ seed, trustForwarded: true, schedule: false });
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
    const member = await givenMember();
    await member.client.requestTicket(photoOf());
    const ids = await identifiers(member);
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
    expect(await leftovers(ids)).toEqual([]);
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
