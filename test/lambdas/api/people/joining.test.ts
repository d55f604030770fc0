/** Joining, withdrawing, reporting: evidence as a regulator would read it, and what the transactions prove. */
import { createHash } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consentsViewSchema, meSchema, ticketSchema } from '../../../../core/contract.ts';
import { parsePolicy, type Policy } from '../../../../core/policy.ts';
import { calmara } from '../../../../policies/calmara.ts';
import { anIssuedScan, aPurchase, aTicket } from '../../../contract/given.ts';
import {
  bodyOf,
  codeOf,
  freshAddress,
  givenPeople,
  join,
  signIn,
  start,
  ticket,
  type Member,
  type PeopleWorld,
} from '../../../people/given.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await givenPeople();
});
afterAll(() => world.close());

const consentPath = '/v1/me/consents/image-processing';

const put = (path: string, member: Member, version: unknown, language = 'en'): Promise<Response> =>
  world.call('PUT', path, { token: member.token, body: { version, language } });

const withdraw = (member: Member): Promise<Response> =>
  world.call('DELETE', consentPath, { token: member.token });

async function evidenceOf(member: Member) {
  const answer = await world.call('GET', '/v1/me/consents', { token: member.token });
  return consentsViewSchema.parse(await answer.json());
}

async function scanOf(response: Response): Promise<string> {
  if (response.status !== 201) throw new Error(`given: a ticket answered ${response.status}`);
  return ticketSchema.parse(await response.json()).scan.id;
}

async function unitsOf({ accountId }: Member): Promise<number | undefined> {
  const { purchases } = await world.ports.tickets.findApplicant(accountId, world.clock.now());
  return purchases[0]?.scansUsed;
}

describe('the evidence', () => {
  it('names each act by itself: which text, version and language, its digest, when, by which request (CAL-16)', async () => {
    const member = await signIn(world);
    await put('/v1/me/adulthood', member, 1, 'de');
    world.clock.advance(1000);
    await put('/v1/me/policy', member, '1.0', 'en');
    world.clock.advance(1000);
    await put(consentPath, member, 1, 'de');
    world.clock.advance(1000);
    await withdraw(member);
    const { acts, consents } = await evidenceOf(member);
    const consent = calmara.consents[0];
    expect(acts.map(({ kind, text, version, language }) => [kind, text, version, language])).toEqual([
      ['adulthood-affirmed', 'adulthood', '1', 'de'],
      ['policy-accepted', 'policy', '1.0', 'en'],
      ['consent-given', 'image-processing', '1', 'de'],
      ['consent-withdrawn', 'image-processing', '1', undefined],
    ]);
    expect(acts.map(({ by }) => by)).toEqual([
      'PUT /v1/me/adulthood',
      'PUT /v1/me/policy',
      'PUT /v1/me/consents/{purpose}',
      'DELETE /v1/me/consents/{purpose}',
    ]);
    const shown = `${consent?.title['de']}\n${consent?.text['de']}`;
    expect(acts[2]?.textDigest).toBe(createHash('sha256').update(shown).digest('hex'));
    expect(acts.map(({ at }) => Date.parse(at) - Date.parse(acts[0]?.at ?? ''))).toEqual([
      0, 1000, 2000, 3000,
    ]);
    expect(consents).toMatchObject([{ purpose: 'image-processing', granted: false }]);
  });

  it('is written once when an act comes twice, at once or later', async () => {
    const member = await signIn(world);
    const answers = await Promise.all(Array.from({ length: 4 }, () => put('/v1/me/adulthood', member, 1)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await put('/v1/me/adulthood', member, 1);
    expect((await evidenceOf(member)).acts).toHaveLength(1);
  });

  it('is written once when its answer is lost and the SDK asks again', async () => {
    const member = await signIn(world);
    world.database.faults.next({ operation: 'TransactWriteItems', times: 1, effect: 'apply-then-drop' });
    expect((await put('/v1/me/adulthood', member, 1)).status).toBe(200);
    expect((await evidenceOf(member)).acts).toHaveLength(1);
  });

  it('is never changed: giving, withdrawing and giving again are three acts', async () => {
    const member = await join(world);
    world.clock.advance(1000);
    await withdraw(member);
    await withdraw(member);
    world.clock.advance(1000);
    await put(consentPath, member, 1);
    const { acts, consents } = await evidenceOf(member);
    expect(acts.slice(2).map(({ kind }) => kind)).toEqual([
      'consent-given',
      'consent-withdrawn',
      'consent-given',
    ]);
    expect(consents).toMatchObject([{ granted: true }]);
  });

  it('rejects an act about another text than the present one', async () => {
    const member = await signIn(world);
    for (const [path, version] of [
      ['/v1/me/adulthood', 2],
      ['/v1/me/policy', '0.9'],
      [consentPath, 7],
    ] as const) {
      expect(await codeOf(await put(path, member, version)), path).toBe('text-changed');
    }
    expect((await evidenceOf(member)).acts).toEqual([]);
  });

  it('rejects a purpose that the policy does not ask for, and a language that it does not speak', async () => {
    const member = await signIn(world);
    expect(await codeOf(await put('/v1/me/consents/marketing', member, 1))).toBe('purpose-not-found');
    expect(
      await codeOf(await world.call('DELETE', '/v1/me/consents/marketing', { token: member.token })),
    ).toBe('purpose-not-found');
    expect((await put(consentPath, member, 1, 'fr')).status).toBe(400);
  });
});

describe('a ticket', () => {
  it('is refused until all three were done, each by its own name', async () => {
    const member = await signIn(world);
    const steps = [
      ['adults-only', '/v1/me/adulthood', 1],
      ['policy-changed', '/v1/me/policy', '1.0'],
      ['consent-required', consentPath, 1],
      ['no-scans-left', '', 0],
    ] as const;
    for (const [code, path, version] of steps) {
      expect(await codeOf(await ticket(world, member))).toBe(code);
      if (path !== '') await put(path, member, version);
    }
  });

  it('is refused when the policy changed in a way that asks again, until it is accepted (CAL-16)', async () => {
    const member = await join(world);
    const changes = { en: 'Another word.', de: 'Ein anderes Wort.' };
    const version = (name: string, asksAgain: boolean): Policy['versions'][number] => ({
      version: name,
      effectiveFrom: '2026-12-01',
      asksAgain,
      changes,
    });
    const worded: Policy = parsePolicy({
      ...calmara,
      versions: [...calmara.versions, version('1.1', false)],
    });
    const changed: Policy = parsePolicy({ ...worded, versions: [...worded.versions, version('2.0', true)] });
    const later = await givenPeople({ sharing: world, policy: worded });
    expect((await ticket(later, member)).status).toBe(201);
    const muchLater = await givenPeople({ sharing: world, policy: changed });
    const refused = await ticket(muchLater, member);
    expect(await bodyOf(refused)).toMatchObject({ code: 'policy-changed', version: '2.0' });
    const { token } = member;
    const me = meSchema.parse(await (await muchLater.call('GET', '/v1/me', { token })).json());
    expect(me.policy).toMatchObject({ acceptedVersion: '1.0', currentVersion: '2.0', mustAccept: true });
    await muchLater.call('PUT', '/v1/me/policy', { token, body: { version: '2.0', language: 'en' } });
    expect((await ticket(muchLater, member)).status).toBe(201);
  });

  it('is refused when a consent’s text changed in a way that asks again', async () => {
    const member = await join(world);
    const [consent] = calmara.consents;
    if (consent === undefined) throw new Error('given: no consent');
    const policy = parsePolicy({ ...calmara, consents: [{ ...consent, version: 2, sinceVersion: 2 }] });
    const later = await givenPeople({ sharing: world, policy });
    expect(await codeOf(await ticket(later, member))).toBe('consent-required');
    const { token } = member;
    await later.call('PUT', consentPath, { token, body: { version: 2, language: 'de' } });
    expect((await ticket(later, member)).status).toBe(201);
  });
});

describe('withdrawing', () => {
  it('erases what is open, deletes its images, gives its units back and stops tickets (ALY-1)', async () => {
    const member = await join(world);
    const open = [await scanOf(await ticket(world, member)), await scanOf(await ticket(world, member))];
    expect(await unitsOf(member)).toBe(2);
    expect((await withdraw(member)).status).toBe(200);
    expect(await unitsOf(member)).toBe(0);
    for (const scanId of open) {
      expect(await world.ports.scans.find(scanId)).toMatchObject({ state: 'erased' });
      expect(await world.ports.scans.find(scanId)).not.toHaveProperty('accountId');
    }
    expect(world.deletedImages).toEqual(expect.arrayContaining(open));
    expect(await codeOf(await ticket(world, member))).toBe('consent-required');
  });

  it('leaves what ended as it is', async () => {
    const member = await join(world);
    const scanId = await scanOf(await ticket(world, member));
    const from = await world.ports.scans.find(scanId);
    if (from?.state !== 'issued') throw new Error('given: not issued');
    await world.ports.scans.settle({ from, outcome: { state: 'expired' }, endedAt: start });
    await withdraw(member);
    expect(await world.ports.scans.find(scanId)).toMatchObject({ state: 'expired' });
    expect(await unitsOf(member)).toBe(0);
  });

  it('misses no ticket that comes while it reads', async () => {
    const member = await join(world);
    let between: Promise<Response> | undefined;
    const slowly = await givenPeople({
      sharing: world,
      replace: ({ joining }) => ({
        joining: {
          ...joining,
          async findOpenWork(accountId, now) {
            const work = await joining.findOpenWork(accountId, now);
            between ??= ticket(world, member);
            await between;
            return work;
          },
        },
      }),
    });
    const answer = await slowly.call('DELETE', consentPath, { token: member.token });
    expect(answer.status).toBe(200);
    if (between === undefined) throw new Error('given: no ticket came between');
    const scanId = await scanOf(await between);
    expect(await world.ports.scans.find(scanId)).toMatchObject({ state: 'erased' });
    expect(await unitsOf(member)).toBe(0);
  });

  it('ends a scan that the analysis claims while it reads', async () => {
    const member = await join(world);
    const scanId = await scanOf(await ticket(world, member));
    let claimed = false;
    const slowly = await givenPeople({
      sharing: world,
      replace: ({ joining, scans }) => ({
        joining: {
          ...joining,
          async findOpenWork(accountId, now) {
            const work = await joining.findOpenWork(accountId, now);
            const lease = { leaseId: 'a-lease', leaseUntil: now + 40_000, etag: 'e', sequencer: '1' };
            if (!claimed) await scans.claim(scanId, lease, now);
            claimed = true;
            return work;
          },
        },
      }),
    });
    expect((await slowly.call('DELETE', consentPath, { token: member.token })).status).toBe(200);
    expect(await world.ports.scans.find(scanId)).toMatchObject({ state: 'erased' });
    expect(await unitsOf(member)).toBe(0);
  });

  it.each([
    ['of one purchase', 250, 1],
    ['of a purchase each', 70, 70],
  ])('ends more scans than one transaction takes, %s', async (_whose, count, purchases) => {
    const member = await join(world);
    const { accountId } = member;
    for (let at = 0; at < purchases; at += 1) {
      const paymentIntentId = `pi_many_${at}`;
      const Item = { ...aPurchase(accountId, { paymentIntentId, scansTotal: count }) };
      await world.documents.send(new PutCommand({ TableName: world.names.purchases, Item }));
    }
    const issuedAt = world.clock.now();
    for (let at = 0; at < count; at += 1) {
      const scan = anIssuedScan(accountId, { issuedAt, paymentIntentId: `pi_many_${at % purchases}` });
      expect(await world.ports.tickets.issue(aTicket(scan, { ticketsPerDay: count }))).toBe('issued');
    }
    const deletedBefore = world.deletedImages.length;
    expect((await withdraw(member)).status).toBe(200);
    expect((await world.ports.joining.findOpenWork(accountId, world.clock.now())).scans).toEqual([]);
    const after = await world.ports.purchases.list(accountId);
    expect(new Set(after.map(({ scansUsed }) => scansUsed))).toEqual(new Set([0]));
    expect(world.deletedImages.length - deletedBefore).toBe(count);
    expect((await evidenceOf(member)).acts.filter(({ kind }) => kind === 'consent-withdrawn')).toHaveLength(
      1,
    );
  });

  it('works where a purchase is gone', async () => {
    const member = await join(world);
    const scanId = await scanOf(await ticket(world, member));
    const Key = { accountId: member.accountId, paymentIntentId: 'pi_first' };
    await world.documents.send(new DeleteCommand({ TableName: world.names.purchases, Key }));
    expect((await withdraw(member)).status).toBe(200);
    expect(await world.ports.scans.find(scanId)).toMatchObject({ state: 'erased' });
  });

  it('twice at once is one act, and both are answered', async () => {
    const member = await join(world);
    await ticket(world, member);
    const answers = await Promise.all([withdraw(member), withdraw(member), withdraw(member)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { acts } = await evidenceOf(member);
    expect(acts.filter(({ kind }) => kind === 'consent-withdrawn')).toHaveLength(1);
    expect(await unitsOf(member)).toBe(0);
  });

  it('of what was never given answers what stands: nothing', async () => {
    const member = await signIn(world);
    expect(consentsViewSchema.parse(await (await withdraw(member)).json())).toEqual({
      consents: [],
      acts: [],
    });
  });

  it('survives a conflict and a lost answer without moving a unit twice', async () => {
    const member = await join(world);
    await ticket(world, member);
    world.database.faults.next({ operation: 'TransactWriteItems', times: 1, effect: 'transaction-conflict' });
    expect((await withdraw(member)).status).toBe(200);
    await put(consentPath, member, 1);
    await ticket(world, member);
    world.database.faults.next({ operation: 'TransactWriteItems', times: 1, effect: 'apply-then-drop' });
    expect((await withdraw(member)).status).toBe(200);
    expect(await unitsOf(member)).toBe(0);
  });
});

describe('a report of a minor', () => {
  let source = 0;
  const report = (email: string): Promise<Response> =>
    world.call('POST', '/v1/reports/minor', { body: { email }, source: `203.0.113.${(source += 1)}` });

  it('suspends the account, ends its sessions and erases what is open, with units given back (CAL-7)', async () => {
    const member = await join(world);
    const scanId = await scanOf(await ticket(world, member));
    expect((await report(member.email)).status).toBe(202);
    expect(await world.ports.accounts.find(member.accountId)).toMatchObject({ state: 'suspended' });
    expect(await world.ports.scans.find(scanId)).toMatchObject({ state: 'erased' });
    expect(world.deletedImages).toContain(scanId);
    expect(await unitsOf(member)).toBe(0);
    expect(await codeOf(await ticket(world, member))).toBe('account-inactive');
    expect(world.mails.at(-1)).toMatchObject({ to: member.email, subject: 'Your account is suspended' });
  });

  it('answers the same, after the same time, whoever it is about', async () => {
    const member = await join(world);
    const timed = async (email: string) => {
      const before = world.clock.now();
      const answer = await report(email);
      return [answer.status, await answer.text(), world.clock.now() - before];
    };
    expect(await timed(member.email)).toEqual(await timed(freshAddress()));
  });

  it('is kept once, and suspends once, when it comes many times at once', async () => {
    const member = await join(world);
    await Promise.all([report(member.email), report(member.email), report(member.email)]);
    const items = (await world.database.items('communications')).map((item) => JSON.stringify(item));
    expect(items.filter((item) => item.includes(member.accountId))).toHaveLength(1);
  });

  it('suspends although the mail about it cannot be sent', async () => {
    const broken = await givenPeople({
      sharing: world,
      replace: () => ({ mailer: { send: async () => Promise.reject(new Error('no mail today')) } }),
    });
    const member = await join(world);
    const answer = await broken.call('POST', '/v1/reports/minor', {
      body: { email: member.email },
      source: '203.0.113.222',
    });
    expect(answer.status).toBe(202);
    expect(await world.ports.accounts.find(member.accountId)).toMatchObject({ state: 'suspended' });
  });

  it('rejects the sixth of a source in a day', async () => {
    const from = (email: string) =>
      world.call('POST', '/v1/reports/minor', { body: { email }, source: '203.0.113.250' });
    for (let count = 0; count < 5; count += 1) expect((await from(freshAddress())).status).toBe(202);
    expect(await codeOf(await from(freshAddress()))).toBe('too-many-attempts');
  });
});

describe('me', () => {
  it('changes the language of mail, to one of the policy’s alone', async () => {
    const { token } = await signIn(world);
    const change = (language: unknown) => world.call('PATCH', '/v1/me', { token, body: { language } });
    expect(await bodyOf(await change('de'))).toMatchObject({ language: 'de' });
    expect((await change('fr')).status).toBe(400);
    expect(await bodyOf(await world.call('GET', '/v1/me', { token }))).toMatchObject({ language: 'de' });
  });
});
