/** Somebody who left something everywhere, in a world of people. */
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { ticketSchema } from '../../core/contract.ts';
import { isOpen } from '../../core/scan.ts';
import { checkout, pay, sendAll } from '../money/given.ts';
import { join, signIn, ticket, type Member, type PeopleWorld } from '../people/given.ts';
import { everythingOf, identifiersOf, mayStay, type Places, type Trace } from './everything.ts';

/** Where things are in a world of people; it has no bucket. */
export function placesOf({ database, mails, deadAddresses, pool, stripe }: PeopleWorld): Places {
  return {
    items: (table) => database.items(table),
    objects: () => [],
    mails: () => mails,
    deadAddresses: () => [...deadAddresses],
    users: () => pool.users(),
    books: stripe.books,
  };
}

/** Somebody's scan that ended, and one that is open. */
async function scanTwice(world: PeopleWorld, member: Member): Promise<string> {
  const ids: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    const answer = await ticket(world, member);
    ids.push(ticketSchema.parse(await answer.json()).scan.id);
  }
  const [ended = '', open = ''] = ids;
  const scan = await world.ports.scans.find(ended);
  if (scan === undefined || !isOpen(scan)) throw new Error('given: no open scan');
  await world.ports.scans.settle({ from: scan, outcome: { state: 'expired' }, endedAt: world.clock.now() });
  await world.call('PATCH', `/v1/scans/${ended}`, { token: member.token, body: { name: 'My left arm' } });
  return open;
}

/** Joined, scanned, paid, wrote, was answered, came back by mail, and is signed in twice. */
export async function givenEverything(world: PeopleWorld): Promise<Member & { readonly openScan: string }> {
  const member = await join(world);
  const { email, accountId, token } = member;
  const openScan = await scanTwice(world, member);
  await world.call('POST', '/v1/messages', { token, body: { topic: 'question', text: 'Who are you?' } });
  await world.call('POST', '/v1/feedback', {
    token,
    body: { survey: 'after-scan', version: 1, answers: { better: 'More light.' } },
  });
  const payment = await pay(world, member);
  await sendAll(world, payment);
  world.stripe.books.giveCustomer(payment, email);
  // Left open.
  await checkout(world, member);
  await signIn(world, email);
  await world.call('POST', '/v1/sessions', { body: { email }, source: '203.0.113.77' });
  const { addressHash } = hashesOf(world, member);
  await world.documents.send(
    new PutCommand({
      TableName: world.names.identities,
      Item: {
        identity: `suppressed#${addressHash}`,
        suppressedAt: world.clock.now(),
        suppressedFor: 'bounced',
      },
    }),
  );
  world.deadAddresses.add(email);
  // A record of a request that is older than its scan's index entry can be.
  await world.documents.send(
    new UpdateCommand({
      TableName: world.names.accounts,
      Key: { accountId, item: 'day#2026-11-20' },
      UpdateExpression: 'SET ticketCount = :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );
  return { ...member, openScan };
}

function hashesOf({ ports: { keyedHash } }: PeopleWorld, { email, accountId }: Member) {
  return {
    addressHash: keyedHash('address', email),
    accountHash: keyedHash('account', accountId),
    markHash: keyedHash('erasure', accountId),
  };
}

/** Every identifier under which something of this person is stored now. */
export function identifiers(world: PeopleWorld, member: Member): Promise<readonly string[]> {
  const { email, accountId } = member;
  return identifiersOf(placesOf(world), [email, accountId, ...Object.values(hashesOf(world, member))]);
}

/** What is stored under these identifiers and may not stay. */
export async function leftovers(
  world: PeopleWorld,
  ids: readonly string[],
  more: { readonly after?: boolean } = {},
): Promise<readonly Trace[]> {
  return (await everythingOf(placesOf(world), ids)).filter((trace) => !mayStay(trace, more));
}

/** An erasure as the API answers it. */
export const erasureAnswer = z.object({
  erasure: z.object({ reference: z.string(), requestedAt: z.string(), state: z.literal('erasing') }),
});

/** Asks for it as the person. */
export async function requestBy(world: PeopleWorld, { token }: Member, path = '/v1/me'): Promise<string> {
  const answer = await world.call('DELETE', path, { token });
  if (answer.status !== 202) throw new Error(`given: DELETE ${path} answered ${answer.status}`);
  return erasureAnswer.parse(await answer.json()).erasure.reference;
}
