/** Users of the pool who never showed that an address is theirs (CAL-5), and the race with somebody who does just then. */
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { erasureTimes } from '../../../core/erasure.ts';
import { createCognitoDirectory } from '../../../lambdas/adapters/cognito-directory.ts';
import { createCognitoProvider } from '../../../lambdas/adapters/cognito-provider.ts';
import { createErasureStore } from '../../../lambdas/adapters/dynamodb/erasure-store.ts';
import { removeUnverified, type RemoveUnverifiedPorts } from '../../../lambdas/upkeep/remove-unverified.ts';
import { bodyOf, codeOf, freshAddress, givenPeople, type PeopleWorld } from '../../people/given.ts';
import { clientId, startFakePool, userPoolId, type FakePool } from '../adapters/cognito.ts';

let pool: FakePool;
let client: CognitoIdentityProviderClient;
let world: PeopleWorld;
beforeAll(async () => {
  pool = await startFakePool(0);
  client = new CognitoIdentityProviderClient({
    endpoint: pool.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  world = await givenPeople({
    replace: ({ accounts, members, clock }) => ({
      provider: createCognitoProvider({
        client,
        userPoolId,
        clientId,
        accounts,
        members,
        clock,
        pause: async () => {},
      }),
    }),
  });
  pool.now = world.clock.now();
});
afterAll(async () => {
  await world.close();
  client.destroy();
  await pool.close();
});

/** One run over the pool as it is. */
function run(more: Partial<RemoveUnverifiedPorts> = {}): Promise<void> {
  const { documents, names, ports, clock } = world;
  const own: RemoveUnverifiedPorts = {
    users: createCognitoDirectory(client, userPoolId),
    accounts: ports.accounts,
    erasures: createErasureStore(documents, names, ports.keyedHash),
    clock,
    log: ports.log,
  };
  return removeUnverified({ ...own, ...more }, () => true);
}

let sources = 0x2000;
function post(path: string, body: object): Promise<Response> {
  return world.call('POST', path, { body, source: `2001:db8:${(sources += 1).toString(16)}::1` });
}

async function ask(email: string): Promise<string> {
  return String((await bodyOf(await post('/v1/sessions', { email })))['challenge']);
}

function verify(email: string, challenge: string): Promise<Response> {
  return post('/v1/sessions/verify', { email, challenge, code: pool.codeFor(email) });
}

function pass(ms: number): void {
  world.clock.advance(ms);
  pool.now = world.clock.now();
}

it('are deleted after a day; whoever signed in stays, and so do those of the last day', async () => {
  const [member, late] = [freshAddress(), freshAddress()];
  expect((await verify(member, await ask(member))).status).toBe(200);
  // More than a page of them.
  const nobody = Array.from({ length: 70 }, freshAddress);
  for (const email of nobody) await world.ports.provider.begin({ address: email, language: 'en' });
  pass(erasureTimes.unverifiedMs - 1);
  await world.ports.provider.begin({ address: late, language: 'en' });
  await run();
  expect(nobody.filter((email) => pool.subOf(email) === undefined)).toEqual([]);
  pass(2);
  await run();
  expect(nobody.filter((email) => pool.subOf(email) !== undefined)).toEqual([]);
  expect(pool.subOf(member)).toBeDefined();
  expect(pool.subOf(late)).toBeDefined();
  // Asked again, it is a new user.
  const [first = ''] = nobody;
  expect((await verify(first, await ask(first))).status).toBe(200);
});

it('who sign in while their user is being deleted get no account that nobody could come back to', async () => {
  const email = freshAddress();
  await ask(email);
  pass(erasureTimes.unverifiedMs + 1);
  const challenge = await ask(email);
  const before = pool.subOf(email) ?? '';
  const real = createCognitoDirectory(client, userPoolId);
  let answered: unknown;
  await run({
    users: {
      ...real,
      // Just then: barred, and not deleted yet.
      async remove(accountId) {
        if (accountId === before) answered = await codeOf(await verify(email, challenge));
        await real.remove(accountId);
      },
    },
  });
  expect(answered).toBe('account-inactive');
  expect(await world.ports.accounts.find(before)).toBeUndefined();
  expect((await verify(email, await ask(email))).status).toBe(200);
  expect(pool.subOf(email)).not.toBe(before);
});

it('who signed in just before stay', async () => {
  const email = freshAddress();
  await ask(email);
  pass(erasureTimes.unverifiedMs + 1);
  const challenge = await ask(email);
  const { accounts } = world.ports;
  let status = 0;
  await run({
    accounts: {
      // Looked for and not found, then opened, then barred: too late for that.
      async find(accountId) {
        const found = await accounts.find(accountId);
        if (accountId === pool.subOf(email)) status = (await verify(email, challenge)).status;
        return found;
      },
    },
  });
  expect(status).toBe(200);
  expect(await accounts.find(pool.subOf(email) ?? '')).toMatchObject({ state: 'active' });
});

it('of a run that was killed between barring and deleting are deleted by the next', async () => {
  const email = freshAddress();
  await ask(email);
  pass(erasureTimes.unverifiedMs + 1);
  const real = createCognitoDirectory(client, userPoolId);
  const killed = run({ users: { ...real, remove: () => Promise.reject(new Error('killed')) } });
  await expect(killed).rejects.toThrow('killed');
  await run();
  expect(pool.subOf(email)).toBeUndefined();
});

it('are deleted with an account that is erased', async () => {
  const email = freshAddress();
  await verify(email, await ask(email));
  const sub = pool.subOf(email) ?? '';
  const directory = createCognitoDirectory(client, userPoolId);
  await directory.remove(sub);
  // A pass that was killed comes again.
  await directory.remove(sub);
  expect(pool.subOf(email)).toBeUndefined();
});
