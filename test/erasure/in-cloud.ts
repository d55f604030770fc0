/** Somebody who left something everywhere in a whole embedded cloud, and what is stored of them there. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { createClient, type Client } from '../../client/client.ts';
import { createKeyedHash } from '../../lambdas/runtime/keyed-hash.ts';
import { derive } from '../../local/principals.ts';
import { aPurchase, freshId } from '../contract/given.ts';
import { freshAddress } from '../people/given.ts';
import { photo, startWorld, type World } from '../scenario/world.ts';
import { everythingOf, identifiersOf, mayStay, type Places, type Trace } from './everything.ts';

const seed = 'erasure';

export interface Leaver {
  readonly email: string;
  readonly accountId: string;
  readonly client: Client;
  readonly refreshToken: string;
}

/** `schedule`: with the clock's own runs of every function. Default: without */
export function startErasureWorld({ schedule = false } = {}): Promise<World> {
  return startWorld({ seed, trustForwarded: true, schedule });
}

const challengeSchema = z.object({ challenge: z.string() });
export const tokensSchema = z.object({ accessToken: z.string(), refreshToken: z.string() });

/** Asks from a place of its own. */
export async function post(world: World, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${world.cloud.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': `192.0.2.${(source += 1) % 250}` },
    body: JSON.stringify(body),
  });
  return answer.json();
}
let source = 0;

/** Signs in, does what is needed before a photo, and leaves a scan and a message. */
export async function givenLeaver(world: World, email = freshAddress()): Promise<Leaver> {
  const { challenge } = challengeSchema.parse(await post(world, '/v1/sessions', { email }));
  const code = /\d{8}/.exec(world.cloud.outbox.lastTo(email)?.subject ?? '')?.[0];
  const verified = await post(world, '/v1/sessions/verify', { email, challenge, code });
  const { accessToken, refreshToken } = tokensSchema.parse(verified);
  const client = createClient({ baseUrl: world.cloud.apiUrl, getToken: () => accessToken });
  const shown = { version: 1, language: 'en' };
  await client.affirmAdulthood(shown);
  await client.acceptPolicy({ version: '1.0', language: 'en' });
  await client.giveConsent('image-processing', shown);
  const accountId = decodeJwt(accessToken).sub ?? '';
  // What a payment would write.
  const Item = { ...aPurchase(accountId, { scansTotal: 20 }), paymentIntentId: `pi_${freshId()}` };
  const { documents, names } = world.cloud;
  await documents.send(new PutCommand({ TableName: names.purchases, Item }));
  await client.scanPhoto(await aPhoto());
  await client.sendMessage('question', 'Where is my photo?');
  return { email, accountId, client, refreshToken };
}

export async function aPhoto() {
  return { bytes: Uint8Array.from(await photo('skin-clear')), contentType: 'image/jpeg' } as const;
}

export function placesIn({ cloud: { database, storage, outbox, stripe } }: World): Places {
  return {
    items: (table) => database.items(table),
    objects: () => storage.objects().map(({ key }) => key),
    mails: () => outbox.mails(),
    deadAddresses: () => outbox.suppressed(),
    // The embedded cloud's own provider keeps no users.
    users: () => [],
    books: stripe.books,
  };
}

export function identifiersIn(world: World, { email, accountId }: Leaver): Promise<readonly string[]> {
  const keyedHash = createKeyedHash(derive(seed, 'identity'));
  const hashes = [
    keyedHash('address', email),
    keyedHash('account', accountId),
    keyedHash('erasure', accountId),
  ];
  return identifiersOf(placesIn(world), [email, accountId, ...hashes]);
}

/** What is stored under these, or under an identifier of something that is, and may not stay. */
export async function leftoversIn(world: World, known: readonly string[]): Promise<readonly Trace[]> {
  const ids = await identifiersOf(placesIn(world), known);
  return (await everythingOf(placesIn(world), ids)).filter((trace) => !mayStay(trace));
}
