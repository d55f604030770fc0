/** Two hundred people at once, each from an address of their own, from the first code to a result, without an error. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../client/client.ts';
import { createSession } from '../../client/session.ts';
import { aPurchase } from '../contract/given.ts';
import { expectEmptyBucket, photo, startWorld, type World } from '../scenario/world.ts';

const people = Number(process.env['PEOPLE'] ?? 200);

let world: World;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  world = await startWorld({ trustForwarded: true });
  bytes = Uint8Array.from(await photo('skin-clear'));
});
afterAll(() => world.cloud.close());

/** Somebody with an address and an e-mail of their own; answers how their photo ended. */
async function live(number: number): Promise<string> {
  const { apiUrl, outbox, documents, names } = world.cloud;
  const source = `198.18.${Math.floor(number / 250)}.${(number % 250) + 1}`;
  const from: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    const url = input instanceof Request ? input.url : input.toString();
    if (url.startsWith(apiUrl)) headers.set('x-forwarded-for', source);
    return fetch(input, { ...init, headers });
  };
  const patient = { baseUrl: apiUrl, fetch: from, requestTimeoutMs: 120_000 };
  const session = createSession(patient);
  const email = `person-${number}@example.com`;
  const { challenge } = await session.requestCode(email);
  const code = /\d{8}/.exec(outbox.lastTo(email)?.subject ?? '')?.[0] ?? '';
  await session.verifyCode({ email, challenge, code });
  const client = createClient({ ...patient, getToken: session.getToken });
  const policy = await client.policy();
  await client.affirmAdulthood({ version: policy.adulthood.version, language: 'en' });
  await client.acceptPolicy({ version: policy.version, language: 'en' });
  for (const { purpose, version } of policy.consents)
    await client.giveConsent(purpose, { version, language: 'en' });
  // What a payment will write.
  const token = (await session.getToken({ renew: false })) ?? '';
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const accountId =
    typeof claims === 'object' && claims !== null && 'sub' in claims ? String(claims.sub) : '';
  await documents.send(new PutCommand({ TableName: names.purchases, Item: { ...aPurchase(accountId) } }));
  const ticket = await client.requestTicket({ bytes, contentType: 'image/jpeg' });
  await client.upload(ticket, bytes);
  // A crowd asks now and then instead of holding the line: few requests are served at once.
  for (;;) {
    const { state } = await client.getScan(ticket.scan.id);
    if (state !== 'issued' && state !== 'claimed') return state;
    await pause(3_000 + Math.random() * 4_000);
  }
}

describe('the embedded cloud', () => {
  it(`serves ${people} people at once from sign-in to result`, async () => {
    const startedAt = performance.now();
    const ends = await Promise.allSettled(Array.from({ length: people }, (_, number) => live(number)));
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`${people} people in ${seconds.toFixed(1)} s`);
    const errors = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
    expect(errors).toEqual([]);
    expect(new Set(ends.map((end) => (end.status === 'fulfilled' ? end.value : '')))).toEqual(
      new Set(['completed']),
    );
    await world.idle();
    expectEmptyBucket(world);
  });
});
