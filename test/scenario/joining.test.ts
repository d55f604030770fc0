/**
 * The API killed at every step of joining, withdrawing and reporting, and upkeep at every step of telling a changed
 * policy, on the whole embedded cloud: whatever step it was, either nothing happened or all of it did, a photo that is on its way ends as it must, and the same request again works.
 */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { consentsViewSchema, meSchema } from '../../core/contract.ts';
import { createIdentityStore } from '../../lambdas/adapters/dynamodb/identity-store.ts';
import { createKeyedHash } from '../../lambdas/runtime/keyed-hash.ts';
import { derive } from '../../local/principals.ts';
import { freshAddress } from '../people/given.ts';
import { expectNothingLeft, photo, startWorld, type Person, type World } from './world.ts';

let world: World;
let bytes: Uint8Array;
beforeAll(async () => {
  world = await startWorld({ seed, trustForwarded: true });
  bytes = await photo('skin-clear');
});
afterAll(() => world.cloud.close());
afterEach(() => world.cloud.database.faults.clear());

const seed = 'joining';
const longEnoughMs = 300_000;
const consentPath = '/v1/me/consents/image-processing';

/** Runs `request` again and again, each time on something new, killed a step later, until one run lives through all of them. */
async function killAtEachStep<T>(
  given: () => Promise<T>,
  request: (given: T) => Promise<Response>,
  check: (given: T, killed: boolean) => Promise<void>,
  answers = 200,
): Promise<number> {
  for (let step = 1; step < 30; step += 1) {
    const here = await given();
    const kill = world.killAt(step, 'api');
    const response = await request(here);
    const struck = await kill.end();
    expect(response.status, `step ${step}`).toBe(struck > 0 ? 502 : answers);
    await check(here, struck > 0);
    if (struck === 0) return step;
  }
  throw new Error('a request that never ends');
}

const stored = z.object({
  consents: consentsViewSchema.shape.consents,
  acts: consentsViewSchema.shape.acts,
});

/** Each request from a source of its own. */
function post(source: number, path: string, body: object): Promise<Response> {
  return fetch(`${world.cloud.apiUrl}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': `198.18.${source >> 8}.${source & 255}`,
    },
    body: JSON.stringify(body),
  });
}

const challengeSchema = z.object({ challenge: z.string() });

async function requestCode(source: number, email: string): Promise<string> {
  return challengeSchema.parse(await (await post(source, '/v1/sessions', { email })).json()).challenge;
}

function codeOf(email: string): string {
  return /\d{8}/.exec(world.cloud.outbox.lastTo(email)?.subject ?? '')?.[0] ?? '';
}

interface Member {
  readonly email: string;
  readonly accountId: string;
  readonly token: string;
}

async function signIn(source: number): Promise<Member> {
  const email = freshAddress();
  const challenge = await requestCode(source, email);
  const answer = await post(source, '/v1/sessions/verify', { email, challenge, code: codeOf(email) });
  const { accessToken: token } = z.object({ accessToken: z.string() }).parse(await answer.json());
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return { email, accountId: z.object({ sub: z.string() }).parse(claims).sub, token };
}

async function read(path: string, { token }: Member): Promise<unknown> {
  const answer = await fetch(`${world.cloud.apiUrl}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.json();
}

async function evidenceOf(member: Member) {
  return stored.parse(await read('/v1/me/consents', member)).acts;
}

/** What the account itself says was done. */
async function meOf(member: Member): Promise<{ readonly done: ReadonlySet<string> }> {
  const { adultAffirmedAt, policy } = meSchema.parse(await read('/v1/me', member));
  return {
    done: new Set([
      ...(adultAffirmedAt === undefined ? [] : ['adulthood-affirmed']),
      ...(policy.acceptedVersion === undefined ? [] : ['policy-accepted']),
    ]),
  };
}

/** An address by which a report finds somebody. */
async function giveAddress({ accountId }: Person): Promise<string> {
  const { documents, names } = world.cloud;
  const email = freshAddress();
  const keyedHash = createKeyedHash(derive(seed, 'identity'));
  await createIdentityStore(documents, names, keyedHash).claimAddress(keyedHash('address', email), accountId);
  await documents.send(
    new UpdateCommand({
      TableName: names.accounts,
      Key: { accountId, item: 'account' },
      UpdateExpression: 'SET email = :email',
      ExpressionAttributeValues: { ':email': email },
    }),
  );
  return email;
}

async function stateOf({ accountId }: Person): Promise<string> {
  const { documents, names } = world.cloud;
  const Key = { accountId, item: 'account' };
  return String((await documents.send(new GetCommand({ TableName: names.accounts, Key }))).Item?.['state']);
}

describe('the API killed at each step', () => {
  it('of a withdrawal leaves the consent standing and the scan going on, or both ended', async () => {
    const seen = new Set<string>();
    const steps = await killAtEachStep(
      async () => {
        const person = await world.person();
        return { person, ticket: await person.ticket(bytes) };
      },
      ({ person }) => person.call('DELETE', consentPath),
      async ({ person, ticket }) => {
        // Nobody asks again; the app goes on with the photo, as it does not know.
        await world.put(ticket, bytes);
        await world.idle();
        await world.pass(longEnoughMs);
        const answer = await person.call('GET', '/v1/me/consents');
        const { consents, acts } = stored.parse(await answer.json());
        const granted = consents[0]?.granted === true;
        const scan = await world.rawScan(ticket.scan.id);
        seen.add(`${granted} ${String(scan?.['state'])}`);
        expect(scan?.['state']).toBe(granted ? 'completed' : 'erased');
        expect(await person.units()).toEqual(granted ? [1, 1] : [0, 0]);
        expect(acts.filter(({ kind }) => kind === 'consent-withdrawn')).toHaveLength(granted ? 0 : 1);
        expectNothingLeft(world);
        // Asked again, it is withdrawn, once.
        expect((await person.call('DELETE', consentPath)).status).toBe(200);
        const after = stored.parse(await (await person.call('GET', '/v1/me/consents')).json());
        expect(after.consents[0]?.granted).toBe(false);
        expect(after.acts.filter(({ kind }) => kind === 'consent-withdrawn')).toHaveLength(1);
      },
    );
    // Reads, the transaction, the answer's read: both ends were met.
    expect(steps).toBeGreaterThan(6);
    expect([...seen].toSorted()).toEqual(['false erased', 'true completed']);
  });

  it('of asking for a code leaves no account, and asking again brings one that works', async () => {
    let source = 1000;
    const steps = await killAtEachStep(
      async () => freshAddress(),
      (email) => post((source += 1), '/v1/sessions', { email }),
      async (email) => {
        const accounts = (await world.cloud.database.items('accounts')).map((item) => JSON.stringify(item));
        expect(accounts.filter((item) => item.includes(email))).toEqual([]);
        const challenge = await requestCode((source += 1), email);
        const attempt = { email, challenge, code: codeOf(email) };
        expect((await post((source += 1), '/v1/sessions/verify', attempt)).status).toBe(200);
      },
      202,
    );
    // The counts, the code, the mail.
    expect(steps).toBeGreaterThan(4);
  });

  it('of signing in leaves one account at most, and a new code works', async () => {
    let source = 0;
    const ask = (email: string) => requestCode((source += 1), email);
    const steps = await killAtEachStep(
      async () => {
        const email = freshAddress();
        return { email, challenge: await ask(email) };
      },
      ({ email, challenge }) =>
        post((source += 1), '/v1/sessions/verify', { email, challenge, code: codeOf(email) }),
      async ({ email }) => {
        const challenge = await ask(email);
        const answer = await post((source += 1), '/v1/sessions/verify', {
          email,
          challenge,
          code: codeOf(email),
        });
        expect(answer.status).toBe(200);
        const items = (await world.cloud.database.items('accounts')).map((item) => JSON.stringify(item));
        expect(items.filter((item) => item.includes(email))).toHaveLength(1);
      },
    );
    expect(steps).toBeGreaterThan(6);
  });

  it('of giving consent records the act once, or not at all', async () => {
    const steps = await killAtEachStep(
      () => world.person({ granted: false }),
      (person) => person.call('PUT', consentPath, { body: { version: 1, language: 'en' } }),
      async (person) => {
        expect((await person.call('PUT', consentPath, { body: { version: 1, language: 'en' } })).status).toBe(
          200,
        );
        const { acts, consents } = stored.parse(await (await person.call('GET', '/v1/me/consents')).json());
        expect(acts).toHaveLength(1);
        expect(consents[0]?.granted).toBe(true);
      },
    );
    expect(steps).toBeGreaterThan(3);
  });

  it.each([
    ['affirming adulthood', '/v1/me/adulthood', 1, 'adulthood-affirmed'],
    ['accepting the policy', '/v1/me/policy', '1.0', 'policy-accepted'],
  ])(
    'of %s records the act once, or not at all, and the account with it',
    async (_what, path, version, kind) => {
      let source = 0;
      const act = ({ token }: Member): Promise<Response> =>
        fetch(`${world.cloud.apiUrl}${path}`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ version, language: 'de' }),
        });
      const steps = await killAtEachStep(
        () => signIn((source += 1)),
        act,
        async (member) => {
          // Nobody asks again: the account says what the evidence says.
          const [before, beforeMe] = [await evidenceOf(member), await meOf(member)];
          expect(before.filter((one) => one.kind === kind).length).toBe(beforeMe.done.has(kind) ? 1 : 0);
          expect((await act(member)).status).toBe(200);
          const [after, afterMe] = [await evidenceOf(member), await meOf(member)];
          expect(after).toMatchObject([{ kind, version: String(version), language: 'de' }]);
          expect(afterMe.done.has(kind)).toBe(true);
          // What was there stays: evidence is only ever added.
          expect(before.length === 0 ? [] : after).toEqual(before);
        },
      );
      expect(steps).toBeGreaterThan(3);
    },
  );

  it('of a report of a minor leaves an account that goes on, or one that is suspended with nothing open', async () => {
    const seen = new Set<string>();
    let source = 0;
    const steps = await killAtEachStep(
      async () => {
        const person = await world.person();
        const email = await giveAddress(person);
        return { email, person, ticket: await person.ticket(bytes) };
      },
      ({ email }) => post((source += 1), '/v1/reports/minor', { email, text: 'My child’s.' }),
      async ({ email, person, ticket }) => {
        await world.put(ticket, bytes);
        await world.idle();
        await world.pass(longEnoughMs);
        const state = await stateOf(person);
        const scan = await world.rawScan(ticket.scan.id);
        seen.add(`${state} ${String(scan?.['state'])}`);
        expect(scan?.['state']).toBe(state === 'active' ? 'completed' : 'erased');
        expect(await person.units()).toEqual(state === 'active' ? [1, 1] : [0, 0]);
        expectNothingLeft(world);
        // Reported again, it is suspended, and the report is kept once.
        expect((await post((source += 1), '/v1/reports/minor', { email })).status).toBe(202);
        expect(await stateOf(person)).toBe('suspended');
        const kept = (await world.cloud.database.items('communications')).filter((item) =>
          JSON.stringify(item).includes(person.accountId),
        );
        expect(kept).toHaveLength(1);
        expect((await person.call('GET', '/v1/me')).status).toBe(403);
      },
      202,
    );
    // The limit, the address, the account, its work, the transaction, the image, the mail.
    expect(steps).toBeGreaterThan(8);
    expect([...seen].toSorted()).toEqual(['active completed', 'suspended erased']);
  });
});

describe('a changed policy', () => {
  it('is told to everybody, once, though upkeep is killed at each step of it (CAL-16)', async () => {
    const { cloud } = world;
    // As if each of them had been told of a policy before this one last.
    const crowd = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const person = await world.person();
        const email = await giveAddress(person);
        const Key = { accountId: person.accountId, item: 'account' };
        await cloud.documents.send(
          new UpdateCommand({
            TableName: cloud.names.accounts,
            Key,
            UpdateExpression: 'SET policyTold = :older REMOVE policyVersion',
            ExpressionAttributeValues: { ':older': '0.9' },
          }),
        );
        return email;
      }),
    );
    const told = (): readonly string[] =>
      cloud.outbox
        .mails()
        .map(({ to, subject }) => (subject.includes('policy') ? to : ''))
        .filter((to) => crowd.includes(to));
    const begins = (operation: string, body: object): boolean =>
      operation === 'Scan' && JSON.stringify(body).includes('accounts');
    const inFlight = new Set<string>();
    // Each run is killed a step later than the one before: now before, now after somebody's mail.
    let step = 1;
    for (let struck = 1; struck > 0; step += 1) {
      const before = told().length;
      const kill = world.killAt(step, 'upkeep', begins);
      await cloud.runner.invoke('upkeep', { task: 'policy' });
      struck = await kill.end();
      const last = told().at(-1);
      if (struck > 0 && told().length > before && last !== undefined) inFlight.add(last);
      expect(step).toBeLessThan(60);
    }
    expect(step).toBeGreaterThan(6);
    // Whom a killed run had taken is given up after a quarter of an hour.
    await world.pass(900_000);
    await cloud.runner.invoke('upkeep', { task: 'policy' });
    expect(new Set(told())).toEqual(new Set(crowd));
    const twice = crowd.filter((email) => told().filter((to) => to === email).length > 1);
    // Only somebody whose mail had gone out when the run was killed before it could be noted.
    expect([...inFlight]).toEqual(expect.arrayContaining(twice));
    await cloud.runner.invoke('upkeep', { task: 'policy' });
    expect(told().length).toBe(crowd.length + twice.length);
  });
});
