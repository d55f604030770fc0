/** A changed policy is told to everybody, once, in their language, over the real stores (CAL-16). */
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePolicy, type Policy } from '../../../core/policy.ts';
import { itemKey } from '../../../core/tables.ts';
import { createAudienceStore } from '../../../lambdas/adapters/dynamodb/audience-store.ts';
import { itemOfAccount } from '../../../lambdas/adapters/dynamodb/account-item.ts';
import { createIdentityStore } from '../../../lambdas/adapters/dynamodb/identity-store.ts';
import { tellPolicy, type TellPolicyPorts } from '../../../lambdas/upkeep/tell-policy.ts';
import { calmara } from '../../../policies/calmara.ts';
import { rememberingLog } from '../../memory/log.ts';
import { bodyOf, freshAddress, givenPeople, join, signIn, type PeopleWorld } from '../../people/given.ts';

const changed: Policy = parsePolicy({
  ...calmara,
  versions: [
    ...calmara.versions,
    {
      version: '1.1',
      effectiveFrom: '2026-12-01',
      asksAgain: false,
      changes: { en: 'A word is clearer.', de: 'Ein Wort ist klarer.' },
    },
    {
      version: '2.0',
      effectiveFrom: '2027-01-01',
      asksAgain: true,
      changes: { en: 'Another provider.', de: 'Ein anderer Anbieter.' },
    },
  ],
});

let world: PeopleWorld;
beforeEach(async () => {
  world = await givenPeople();
});
afterEach(() => world.close());

function ports(more: Partial<TellPolicyPorts> = {}): TellPolicyPorts {
  const { accounts, mailer, clock, log } = world.ports;
  const audience = createAudienceStore(world.documents, world.names);
  return { audience, accounts, mailer, clock, log, policy: changed, ...more };
}

const always = (): boolean => true;

/** Mails about the policy so far, to whom. */
function told(): readonly string[] {
  return world.mails.filter(({ subject }) => /policy|Datenschutz/.test(subject)).map(({ to }) => to);
}

/** Accounts past signing in: many, in more than one page of a scan. */
async function givenCrowd(size: number): Promise<readonly string[]> {
  const addresses = Array.from({ length: size }, freshAddress);
  const writes = addresses.map((email, at) => {
    // A page of a scan is 1 MB; the text is read by nobody.
    const Item = {
      ...itemOfAccount({
        accountId: `crowd-${at}`,
        state: 'active',
        email,
        language: 'en',
        policyTold: '1.0',
      }),
      padding: 'x'.repeat(100_000),
    };
    return world.documents.send(new PutCommand({ TableName: world.names.accounts, Item }));
  });
  await Promise.all(writes);
  return addresses;
}

describe('a changed policy', () => {
  it('is told to whoever was there before, in their language, with all that is new, once', async () => {
    const [english, german] = [await join(world), await signIn(world)];
    await world.call('PATCH', '/v1/me', { token: german.token, body: { language: 'de' } });
    expect(await tellPolicy(ports(), always)).toEqual({ count: 2, failed: 0, complete: true });
    expect(told().toSorted()).toEqual([english.email, german.email].toSorted());
    const mail = world.mails.find(
      ({ to, subject }) => to === german.email && subject.includes('Datenschutz'),
    );
    expect(mail?.text).toMatch(
      /Fassung 1\.1, ab 1\. Dezember 2026:\n\n> Ein Wort ist klarer\.\n\nFassung 2\.0/,
    );
    expect(mail?.text).toContain('fragt die App, ob du sie annimmst');
    expect(await tellPolicy(ports(), always)).toEqual({ count: 0, failed: 0, complete: true });
    expect(told()).toHaveLength(2);
  });

  it('is no news for who joins under it, and for who accepted it before the mail came', async () => {
    const early = await join(world);
    const later = await givenPeople({ sharing: world, policy: changed });
    await later.call('PUT', '/v1/me/policy', {
      token: early.token,
      body: { version: '2.0', language: 'en' },
    });
    await signIn(later);
    expect(await tellPolicy(ports(), always)).toMatchObject({ count: 0 });
    expect(told()).toEqual([]);
  });

  it('asks nothing of who accepted a version since which nothing asks again', async () => {
    const [first, second] = calmara.versions.concat(changed.versions.slice(1));
    const mild = parsePolicy({ ...calmara, versions: [first, second].flatMap((one) => one ?? []) });
    const member = await join(world);
    await tellPolicy(ports({ policy: mild }), always);
    expect(world.mails.findLast(({ to }) => to === member.email)?.text).toContain('You need to do nothing.');
    // The next change is told by itself.
    await tellPolicy(ports(), always);
    const last = world.mails.findLast(({ to }) => to === member.email)?.text;
    expect(last).toContain('Version 2.0');
    expect(last).not.toContain('Version 1.1');
  });

  it('is told over many pages, and a run that has no time left is taken up by the next', async () => {
    const addresses = await givenCrowd(30);
    let turns = 12;
    expect(await tellPolicy(ports(), () => (turns -= 1) >= 0)).toEqual({
      count: 12,
      failed: 0,
      complete: false,
    });
    expect(await tellPolicy(ports(), always)).toEqual({ count: 18, failed: 0, complete: true });
    expect(told().toSorted()).toEqual([...addresses].sort());
  });

  it('is told to several at a time where that is asked for, and as bounded', async () => {
    const addresses = await givenCrowd(30);
    let [turns, atOnce, most] = [3, 0, 0];
    const mailer: TellPolicyPorts['mailer'] = {
      async send(to, mail) {
        most = Math.max(most, (atOnce += 1));
        const sent = await world.ports.mailer.send(to, mail);
        atOnce -= 1;
        return sent;
      },
    };
    expect(await tellPolicy(ports({ mailer }), () => (turns -= 1) >= 0, 4)).toEqual({
      count: 12,
      failed: 0,
      complete: false,
    });
    expect(await tellPolicy(ports({ mailer }), always, 4)).toEqual({ count: 18, failed: 0, complete: true });
    expect(told().toSorted()).toEqual([...addresses].sort());
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('is told to the others when one cannot be, and to that one by the next run', async () => {
    const addresses = await givenCrowd(8);
    let refused: string | undefined;
    const mailer: TellPolicyPorts['mailer'] = {
      async send(to, mail) {
        refused ??= to;
        if (to === refused) throw new Error('refused');
        return world.ports.mailer.send(to, mail);
      },
    };
    expect(await tellPolicy(ports({ mailer }), always)).toEqual({ count: 7, failed: 1, complete: true });
    world.clock.advance(15 * 60_000);
    expect(await tellPolicy(ports(), always)).toEqual({ count: 1, failed: 0, complete: true });
    expect(told().toSorted()).toEqual([...addresses].sort());
  });

  it('is told once by two runs at once', async () => {
    const addresses = await givenCrowd(12);
    const runs = await Promise.all([tellPolicy(ports(), always), tellPolicy(ports(), always)]);
    expect(told().toSorted()).toEqual([...addresses].sort());
    expect(runs.reduce((sum, { count }) => sum + count, 0)).toBe(12);
  });

  it('waits for the next run when mail does not go out at all', async () => {
    await givenCrowd(8);
    const mailer = { send: () => Promise.reject(new Error('down')) };
    const { log, said } = rememberingLog();
    const report = { count: 0, failed: 5, complete: false };
    expect(await tellPolicy(ports({ mailer, log }), always)).toEqual(report);
    // For the alarm.
    expect(said.at(-1)).toEqual(['info', 'policy-told', report]);
  });

  it('is told to nobody whose account is suspended, gone, or gone since the page was read', async () => {
    const [suspended, gone] = [await join(world), await join(world)];
    await world.call('POST', '/v1/reports/minor', { body: { email: suspended.email } });
    const before = world.mails.length;
    const accounts: TellPolicyPorts['accounts'] = {
      // Erased between the page and the mail.
      find: async (accountId) =>
        accountId === gone.accountId ? undefined : world.ports.accounts.find(accountId),
    };
    expect(await tellPolicy(ports({ accounts }), always)).toMatchObject({ count: 0 });
    expect(world.mails).toHaveLength(before);
  });

  it('brings nothing back of an account that goes while it is told', async () => {
    const { accountId } = await signIn(world);
    await createAudienceStore(world.documents, world.names).noteTold('never-there', '2.0');
    const items = await world.database.items('accounts');
    expect(JSON.stringify(items)).not.toContain('never-there');
    await tellPolicy(ports(), always);
    expect((await world.ports.accounts.find(accountId))?.policyTold).toBe('2.0');
  });

  it('leaves mail alone to addresses that it came back from, and does not try them every day', async () => {
    const { email, accountId } = await signIn(world);
    const identities = createIdentityStore(world.documents, world.names, world.ports.keyedHash);
    await identities.suppress(world.ports.keyedHash('address', email), 'bounced', 0);
    await tellPolicy(ports(), always);
    expect(told()).toEqual([]);
    expect((await world.ports.accounts.find(accountId))?.policyTold).toBe('2.0');
  });

  it('is told to who was there before anybody wrote down who was told', async () => {
    const { email, accountId } = await signIn(world);
    const Key = { accountId, item: itemKey.account };
    await world.documents.send(
      new UpdateCommand({ TableName: world.names.accounts, Key, UpdateExpression: 'REMOVE policyTold' }),
    );
    await tellPolicy(ports(), always);
    expect(told()).toEqual([email]);
  });
});

it('whoever opens an account was told of the version in force', async () => {
  const { accountId, token } = await signIn(world);
  expect((await world.ports.accounts.find(accountId))?.policyTold).toBe('1.0');
  expect(await bodyOf(await world.call('GET', '/v1/me', { token }))).not.toHaveProperty('policyTold');
});
