/** What staff may do: proven, written down, then done, over the real stores (CAL-12, CAL-14). */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { WrittenRow } from '../../../core/people-ports.ts';
import {
  staffActionNames,
  staffActions,
  staffCategories,
  type StaffAction,
  type StaffAnswer,
  type StaffCategory,
} from '../../../core/staff.ts';
import { createStsIdentity } from '../../../lambdas/adapters/sts-identity.ts';
import { pay, sendAll } from '../../money/given.ts';
import { givenPeople, join, signIn, ticket, type Member, type PeopleWorld } from '../../people/given.ts';
import { openOffice, type Colleague, type Office } from '../../privacy/staff.ts';

let world: PeopleWorld;
let office: Office;
beforeAll(async () => {
  world = await givenPeople();
  office = await openOffice(world);
});
afterAll(async () => {
  await office.close();
  await world.close();
});

const kim: Colleague = { category: 'support', staff: 'kim.l' };
const lou: Colleague = { category: 'billing', staff: 'lou' };
const ada: Colleague = { category: 'privacy-officer', staff: 'ada' };
const bob: Colleague = { category: 'privacy-officer', staff: 'bob' };
const inboxNote = { reason: 'message-waiting', note: 'Answering what waits in the inbox.' };
const asked = { reason: 'person-asked', note: 'The person asks on the phone.' };
const paying = { reason: 'payment-question', note: 'A person asks about a payment.' };
const reported = { reason: 'minor-reported', note: 'Deciding about a report of a minor.' };
const court = { reason: 'authority-request', note: 'A court order, looked at by counsel.' };

async function messageOf(member: Member, text = 'How?'): Promise<string> {
  await world.call('POST', '/v1/messages', { token: member.token, body: { topic: 'question', text } });
  return (await world.ports.communications.listMessages(member.accountId))[0]?.messageId ?? '';
}

const stored = async (): Promise<string> => JSON.stringify(await world.database.items('audit'));

/** Rows of today about an account. */
async function rowsAbout(accountId: string): Promise<readonly WrittenRow[]> {
  const rows = await office.ports.audit.rowsOf(new Date(world.clock.now()).toISOString().slice(0, 10));
  return rows.filter((row) => row.accountId === accountId);
}

function answerOf(answer: StaffAnswer): Record<string, unknown> {
  if (!answer.ok) throw new Error(`given: ${answer.code}`);
  return Object.fromEntries(Object.entries(Object(answer.answer)));
}

/** A request of each action that has the form it must have. */
function requestOf(action: (typeof staffActionNames)[number]): object {
  const fields: Record<string, object> = {
    find: { email: 'nobody@example.com' },
    answer: { accountId: 'somebody', messageId: 'q3Zk0mTnS8u5vJ1xYbD7Hw', text: 'So.' },
    refund: { accountId: 'somebody', paymentIntentId: 'pi_1' },
    usage: { since: '2026-11-01' },
    audit: { since: '2026-11-21' },
    'authority-open': {
      accountId: 'somebody',
      authority: 'A court, 12/34',
      counselReference: 'C-1/26',
      classes: ['personal'],
    },
    'authority-answer': { requestId: 'q3Zk0mTnS8u5vJ1xYbD7Hw' },
    'authority-refuse': { requestId: 'q3Zk0mTnS8u5vJ1xYbD7Hw' },
  };
  const about = ['account', 'messages', 'feedback', 'transactions', 'minor', 'confirm-minor', 'reject-minor'];
  return {
    action,
    reason: staffActions[action].reasons[0],
    note: 'Trying what the role may do.',
    ...(about.includes(action) ? { accountId: 'somebody' } : {}),
    ...fields[action],
  };
}

/** Written out: this must not follow the code. */
const mayAsk: Readonly<Record<StaffCategory, readonly StaffAction[]>> = {
  support: ['find', 'account', 'inbox', 'messages', 'answer', 'surveys', 'feedback', 'reports'],
  billing: ['transactions', 'refund'],
  product: ['usage'],
  'privacy-officer': [
    'audit',
    'minors',
    'minor',
    'confirm-minor',
    'reject-minor',
    'authority-open',
    'authority-list',
    'authority-answer',
    'authority-refuse',
  ],
  'on-call': ['operations'],
};

describe('a role', () => {
  it.each(
    staffCategories.flatMap((category) => mayAsk[category].map((action) => [category, action] as const)),
  )('%s may ask for %s, and a row says so', async (category, action) => {
    const answer = await office.ask({ category, staff: 'own' }, requestOf(action));
    expect(answer.ok ? 'ok' : answer.code).toMatch(/^(?:ok|not-found|no-such-case)$/);
    const rows = await office.ports.audit.rowsOf(new Date(world.clock.now()).toISOString().slice(0, 10));
    const own = rows.filter((row) => row.staff === 'own' && row.action === action);
    expect(own[0]).toMatchObject({ category, note: 'Trying what the role may do.' });
    expect(own.some(({ refused }) => refused === 'forbidden')).toBe(false);
  });

  it('and no other may ask for any of them: each action is one role’s', () => {
    expect(Object.values(mayAsk).flat().toSorted()).toEqual(staffActionNames.toSorted());
  });

  it.each(staffCategories)(
    '%s is refused every action of another, and each refusal leaves a row',
    async (category) => {
      for (const action of staffActionNames.filter((one) => !mayAsk[category].includes(one))) {
        const before = (await world.database.items('audit')).length;
        expect(await office.ask({ category, staff: 'nosy' }, requestOf(action)), action).toEqual({
          ok: false,
          code: 'forbidden',
        });
        const items = await world.database.items('audit');
        expect(items.length, action).toBe(before + 1);
      }
      expect(await stored()).toContain('forbidden');
    },
  );

  it('cannot be stated: what a request says of itself is refused', async () => {
    for (const more of [{ category: 'billing' }, { staff: 'somebody.else' }]) {
      expect(await office.ask(kim, { ...inboxNote, action: 'inbox', ...more })).toMatchObject({
        code: 'invalid-request',
      });
    }
  });
});

describe('a proof', () => {
  const request = { ...inboxNote, action: 'inbox' };

  it('is good for its own request alone', async () => {
    const event = await office.prove(kim, request);
    const other = JSON.stringify({ ...request, note: 'Something else altogether.' });
    expect(await office.send({ ...event, request: other })).toEqual({ ok: false, code: 'not-identified' });
    expect(await office.send(event)).toMatchObject({ ok: true });
  });

  it('is good for five minutes', async () => {
    const old = await office.prove(kim, request, world.clock.now() - 301_000);
    const early = await office.prove(kim, request, world.clock.now() + 301_000);
    for (const event of [old, early]) {
      expect(await office.send(event)).toEqual({ ok: false, code: 'not-identified' });
    }
  });

  it('of another role’s session is not taken for it: the token is signed too', async () => {
    const event = await office.prove(kim, request);
    const swapped = event.proof.securityToken?.replace('support', 'billing') ?? '';
    expect(await office.send({ ...event, proof: { ...event.proof, securityToken: swapped } })).toEqual({
      ok: false,
      code: 'not-identified',
    });
  });

  it('that does not sign the request’s digest is refused before anybody is asked', async () => {
    const event = await office.prove(kim, request);
    const authorization = event.proof.authorization.replace(';x-onceover-request', '');
    expect(await office.send({ ...event, proof: { ...event.proof, authorization } })).toEqual({
      ok: false,
      code: 'not-identified',
    });
  });

  it('of a role of another account, or of no role of staff, is nobody’s', async () => {
    const event = await office.prove(kim, request);
    for (const more of [{ account: '111111111111' }, { rolePrefix: 'onceover-other-staff-' }]) {
      const identity = createStsIdentity({
        endpoint: office.identityUrl,
        account: '000000000000',
        rolePrefix: 'onceover-local-staff-',
        clock: world.clock,
        ...more,
      });
      expect(await identity.verify(event.proof, event.request)).toBeUndefined();
    }
  });
});

describe('support', () => {
  it('sees who waits, then the message, then answers it: in the list and by mail, in the person’s language', async () => {
    const member = await signIn(world);
    await world.call('PATCH', '/v1/me', { token: member.token, body: { language: 'de' } });
    const messageId = await messageOf(member, 'Wie geht das?');
    const { accountId } = member;
    const inbox = await office.ask(kim, { ...inboxNote, action: 'inbox' });
    expect(inbox).toMatchObject({
      ok: true,
      answer: expect.arrayContaining([expect.objectContaining({ accountId, messageId })]),
    });
    // No word of anybody in the inbox itself.
    expect(JSON.stringify(inbox)).not.toContain('Wie geht das?');
    expect(await office.ask(kim, { ...inboxNote, action: 'messages', accountId })).toMatchObject({
      answer: [{ text: 'Wie geht das?' }],
    });
    const answer = { ...inboxNote, action: 'answer', accountId, messageId, text: 'So geht das.' };
    expect(await office.ask(kim, answer)).toEqual({ ok: true, answer: { mail: 'sent' } });
    expect(world.mails.at(-1)).toMatchObject({
      to: member.email,
      subject: 'Eine Antwort auf deine Nachricht',
    });
    expect(world.mails.at(-1)?.text).toContain('> So geht das.');
    const after = await office.ask(kim, { ...inboxNote, action: 'inbox' });
    expect(JSON.stringify(after)).not.toContain(messageId);
  });

  it('leaves a row of who, what, why and about whom, and no word of what was read', async () => {
    const member = await signIn(world);
    await messageOf(member, 'A secret of mine.');
    await office.ask(kim, { ...inboxNote, action: 'messages', accountId: member.accountId });
    expect(await rowsAbout(member.accountId)).toMatchObject([
      { staff: 'kim.l', category: 'support', action: 'messages', ...inboxNote },
    ]);
    expect(await stored()).not.toContain('A secret of mine.');
  });

  it('finds an account by its address, writes the account and never the address', async () => {
    const member = await signIn(world);
    const found = await office.ask(kim, {
      ...asked,
      action: 'find',
      email: ` ${member.email.toUpperCase()} `,
    });
    expect(found).toEqual({ ok: true, answer: { accountId: member.accountId } });
    expect(await rowsAbout(member.accountId)).toHaveLength(1);
    expect(await stored()).not.toContain(member.email);
    const none = await office.ask(kim, { ...asked, action: 'find', email: 'nobody@example.com' });
    expect(none).toEqual({ ok: false, code: 'not-found' });
  });

  it('sees of an account its state and what it accepted; neither address nor anything else', async () => {
    const member = await join(world);
    await ticket(world, member);
    const answer = answerOf(
      await office.ask(kim, { ...asked, action: 'account', accountId: member.accountId }),
    );
    expect(Object.keys(answer).toSorted()).toEqual([
      'accountId',
      'adultAffirmedAt',
      'language',
      'openedAt',
      'policyAcceptedAt',
      'policyVersion',
      'state',
    ]);
    expect(JSON.stringify(answer)).not.toContain(member.email);
  });

  it('may say that a message waits only while one does, or was answered within a week', async () => {
    const member = await signIn(world);
    const { accountId } = member;
    const look = { ...inboxNote, action: 'messages', accountId };
    expect(await office.ask(kim, look)).toEqual({ ok: false, code: 'no-such-case' });
    const messageId = await messageOf(member);
    expect(await office.ask(kim, look)).toMatchObject({ ok: true });
    await office.ask(kim, { ...inboxNote, action: 'answer', accountId, messageId, text: 'So.' });
    world.clock.advance(6 * 86_400_000);
    expect(await office.ask(kim, look)).toMatchObject({ ok: true });
    world.clock.advance(2 * 86_400_000);
    expect(await office.ask(kim, look)).toEqual({ ok: false, code: 'no-such-case' });
  });

  it('rejects to answer a message that the person deleted', async () => {
    const member = await signIn(world);
    const messageId = await messageOf(member);
    await world.call('DELETE', `/v1/messages/${messageId}`, { token: member.token });
    const answer = { ...inboxNote, action: 'answer', accountId: member.accountId, messageId, text: 'Late.' };
    expect(await office.ask(kim, answer)).toEqual({ ok: false, code: 'not-found' });
  });

  it('answers in the list although mail fails, and says so', async () => {
    const member = await signIn(world);
    const messageId = await messageOf(member);
    const mailer = { send: async () => Promise.reject(new Error('no mail today')) };
    const answer = { ...inboxNote, action: 'answer', accountId: member.accountId, messageId, text: 'So.' };
    expect(await office.ask(kim, answer, { mailer })).toEqual({ ok: true, answer: { mail: 'failed' } });
    const [message] = await world.ports.communications.listMessages(member.accountId);
    expect(message?.answer?.text).toBe('So.');
  });

  it('sees who answered a survey, newest first, then what one of them did; each sees that it was read', async () => {
    const [first, second] = [await signIn(world), await signIn(world)];
    for (const { token } of [first, second]) {
      const answers = { clear: 4, better: 'My secret wish.' };
      await world.call('POST', '/v1/feedback', {
        token,
        body: { survey: 'after-scan', version: 1, answers },
      });
      world.clock.advance(1000);
    }
    const reviewing = { reason: 'feedback-review', note: 'The monthly look at answers.' };
    const surveys = await office.ask(kim, { ...reviewing, action: 'surveys' });
    expect(surveys).toMatchObject({
      answer: [{ accountId: second.accountId }, { accountId: first.accountId }],
    });
    // No word of anybody in the list itself.
    expect(JSON.stringify(surveys)).not.toContain('wish');
    const { accountId } = first;
    expect(await office.ask(kim, { ...reviewing, action: 'feedback', accountId })).toMatchObject({
      answer: [{ survey: 'after-scan', surveyVersion: 1, answers: { clear: 4, better: 'My secret wish.' } }],
    });
    expect(await rowsAbout(accountId)).toMatchObject([{ action: 'feedback', ...reviewing }]);
    const log = await world.call('GET', '/v1/me/access-log', { token: first.token });
    expect(await log.text()).toContain('feedback-review');
    // In nobody's inbox: there is nothing to answer.
    expect(JSON.stringify(await office.ask(kim, { ...inboxNote, action: 'inbox' }))).not.toContain(accountId);
  });

  it('reads reports of weaknesses', async () => {
    await world.call('POST', '/v1/reports/security', { body: { text: 'Look at /x.' } });
    const request = { action: 'reports', reason: 'security-reported', note: 'Reading what came today.' };
    expect(await office.ask(kim, request)).toMatchObject({
      answer: [{ kind: 'security', text: 'Look at /x.' }],
    });
  });

  it('is refused the twenty-first account of an hour, and the row says so', async () => {
    const eve: Colleague = { category: 'support', staff: 'eve' };
    for (let at = 0; at < 20; at += 1) {
      const answer = await office.ask(eve, { ...asked, action: 'account', accountId: `stranger-${at}` });
      expect(answer).toEqual({ ok: false, code: 'not-found' });
    }
    const one = { ...asked, action: 'account', accountId: 'stranger-20' };
    expect(await office.ask(eve, one)).toEqual({ ok: false, code: 'too-many-accounts' });
    expect(await office.ask(eve, { ...one, accountId: 'stranger-3' })).toMatchObject({ code: 'not-found' });
    world.clock.advance(3_600_001);
    expect(await office.ask(eve, one)).toMatchObject({ code: 'not-found' });
  });
});

describe('one person with two roles', () => {
  const inSupport: Colleague = { category: 'support', staff: 'mia' };
  const inBilling: Colleague = { category: 'billing', staff: 'mia' };

  it('looks at no more accounts by having two, and the audit says that it is one person', async () => {
    world.clock.advance(86_400_000);
    for (let at = 0; at < 20; at += 1) {
      const accountId = `both-${at}`;
      const request = at % 2 === 0 ? { ...asked, action: 'account' } : { ...paying, action: 'transactions' };
      const answer = await office.ask(at % 2 === 0 ? inSupport : inBilling, { ...request, accountId });
      expect(answer.ok ? 'ok' : answer.code).not.toBe('too-many-accounts');
    }
    const one = { accountId: 'both-20' };
    for (const [who, request] of [
      [inSupport, { ...asked, ...one, action: 'account' }],
      [inBilling, { ...paying, ...one, action: 'transactions' }],
    ] as const) {
      expect(await office.ask(who, request)).toEqual({ ok: false, code: 'too-many-accounts' });
    }
    const since = new Date(world.clock.now()).toISOString().slice(0, 10);
    const look = { action: 'audit', reason: 'regular-audit', note: 'The weekly look at the log.', since };
    const { anomalies } = answerOf(await office.ask(bob, look));
    expect(anomalies).toEqual(
      expect.arrayContaining([
        { kind: 'refused', staff: 'mia', day: since, count: 12 },
        { kind: 'many-accounts', staff: 'mia', day: since, count: 20 },
        { kind: 'many-roles', staff: 'mia', day: since, count: 2 },
      ]),
    );
  });

  it('does in each what that one may, and is refused in it what the other may', async () => {
    expect(await office.ask(inSupport, { ...inboxNote, action: 'inbox' })).toMatchObject({ ok: true });
    expect(await office.ask(inBilling, { ...inboxNote, action: 'inbox' })).toEqual({
      ok: false,
      code: 'forbidden',
    });
  });
});

describe('nothing is read', () => {
  it('while the row cannot be written', async () => {
    let read = 0;
    const blind = {
      audit: {
        ...office.ports.audit,
        record: async () => Promise.reject(new Error('the audit table is away')),
      },
      communications: {
        ...world.ports.communications,
        listWaiting: async () => {
          read += 1;
          return [];
        },
      },
    };
    await expect(office.ask(kim, { ...inboxNote, action: 'inbox' }, blind)).rejects.toThrow('away');
    expect(read).toBe(0);
  });

  it.each<[string, object, readonly string[]]>([
    ['no reason', { reason: undefined }, ['reason']],
    ['a reason that is none of the action', { reason: 'payment-question' }, ['reason']],
    ['a note of one word', { note: 'because' }, ['note']],
    ['a note one letter short', { note: 'nine chars'.slice(0, 9) }, ['note']],
    ['a note that is a book', { note: 'x'.repeat(501) }, ['note']],
    ['another action', { action: 'results' }, ['action']],
    ['a field that is not known', { scanId: 'x' }, ['request']],
  ])('for %s, and there is no row', async (_what, more, fields) => {
    const before = await stored();
    expect(await office.ask(kim, { ...inboxNote, action: 'inbox', ...more })).toEqual({
      ok: false,
      code: 'invalid-request',
      fields,
    });
    expect(await stored()).toBe(before);
  });

  it.each([undefined, {}, { request: '{}' }, { request: 'x'.repeat(20_000), proof: {} }, 'inbox'])(
    'for an event that is none: %o',
    async (event) => {
      expect(await office.send(event)).toMatchObject({ ok: false, code: 'invalid-request' });
    },
  );
});

describe('billing', () => {
  it('sees what an account bought, after a row says so, and nothing else (CAL-12)', async () => {
    const member = await join(world);
    const { accountId } = member;
    const answer = await office.ask(lou, { ...paying, action: 'transactions', accountId });
    expect(answer).toEqual({ ok: true, answer: await world.ports.purchases.list(accountId) });
    const policy = world.ports.policy.dataClasses.find(({ table }) => table === 'purchases');
    const fields = policy?.fields.map(({ name }) => name);
    const seen =
      answer.ok && Array.isArray(answer.answer)
        ? answer.answer.flatMap((one) => Object.keys(Object(one)))
        : [];
    expect(fields).toEqual(expect.arrayContaining(seen));
    expect(JSON.stringify(answer)).not.toContain(member.email);
    expect(await rowsAbout(accountId)).toHaveLength(1);
  });

  it('sends a payment back, twice as once, and what is unused is blocked', async () => {
    const member = await join(world);
    const { accountId } = member;
    const paymentIntentId = await pay(world, member);
    await sendAll(world, paymentIntentId);
    const request = { ...paying, action: 'refund', accountId, paymentIntentId };
    expect(await office.ask(lou, request)).toEqual({ ok: true, answer: { refunded: paymentIntentId } });
    expect(await office.ask(lou, request)).toMatchObject({ ok: true });
    await sendAll(world, paymentIntentId);
    expect(await world.ports.purchases.find(accountId, paymentIntentId)).toMatchObject({
      voidReason: 'refunded',
      amountRefunded: 499,
    });
  });

  it('rejects to send back a payment that is not the account’s', async () => {
    const [member, other] = [await join(world), await join(world)];
    const paymentIntentId = await pay(world, other);
    await sendAll(world, paymentIntentId);
    const request = { ...paying, action: 'refund', accountId: member.accountId, paymentIntentId };
    expect(await office.ask(lou, request)).toEqual({ ok: false, code: 'not-found' });
    const kept = await world.ports.purchases.find(other.accountId, paymentIntentId);
    expect(kept?.voidedAt).toBeUndefined();
  });
});

describe('a report of a minor', () => {
  async function reportedAccount(): Promise<Member> {
    const member = await join(world);
    const source = `2001:db8:5:${(reports += 1).toString(16)}::1`;
    await world.call('POST', '/v1/reports/minor', {
      body: { email: member.email, text: 'My child’s.' },
      source,
    });
    return member;
  }
  let reports = 0;

  it('waits for the privacy officer, and confirmed begins the erasure of everything (CAL-7)', async () => {
    const { accountId } = await reportedAccount();
    expect(await office.ask(ada, { ...reported, action: 'minors' })).toMatchObject({
      answer: expect.arrayContaining([expect.objectContaining({ accountId })]),
    });
    expect(await office.ask(ada, { ...reported, action: 'minor', accountId })).toMatchObject({
      answer: [{ kind: 'minor', text: 'My child’s.' }],
    });
    const { erasure } = answerOf(await office.ask(ada, { ...reported, action: 'confirm-minor', accountId }));
    expect(await world.ports.accounts.find(accountId)).toMatchObject({ state: 'erasing' });
    expect(await office.ports.erasures.find(String(erasure))).toMatchObject({
      cause: 'minor',
      scope: 'account',
    });
    // Asked again, it is the same erasure.
    expect(await office.ask(ada, { ...reported, action: 'confirm-minor', accountId })).toMatchObject({
      answer: { erasure },
    });
  });

  it('that was wrong gives the account back, with its sessions over', async () => {
    const member = await reportedAccount();
    const { accountId } = member;
    expect(await office.ask(ada, { ...reported, action: 'reject-minor', accountId })).toEqual({
      ok: true,
      answer: { state: 'active' },
    });
    expect((await world.call('GET', '/v1/me', { token: member.token })).status).toBe(401);
    const again = await signIn(world, member.email);
    expect((await world.call('GET', '/v1/me', { token: again.token })).status).toBe(200);
    const waiting = await office.ask(ada, { ...reported, action: 'minors' });
    expect(JSON.stringify(waiting)).not.toContain(accountId);
  });

  it('is needed: no account without one is erased or given back', async () => {
    const { accountId } = await join(world);
    for (const action of ['confirm-minor', 'reject-minor']) {
      expect(await office.ask(ada, { ...reported, action, accountId })).toEqual({
        ok: false,
        code: 'no-such-case',
      });
    }
    expect(await world.ports.accounts.find(accountId)).toMatchObject({ state: 'active' });
  });
});

describe('a request by an authority', () => {
  const order = {
    ...court,
    action: 'authority-open',
    authority: 'District court, 12 Ds 34/26',
    counselReference: 'C-77/26',
  };

  async function opened(member: Member, classes: readonly string[]): Promise<string> {
    const answer = await office.ask(ada, { ...order, accountId: member.accountId, classes });
    // No two people act in one millisecond.
    world.clock.advance(1);
    return String(answerOf(answer)['requestId']);
  }

  it('is answered by a second person with the classes that it names, once (CAL-14)', async () => {
    const member = await join(world);
    await messageOf(member, 'A message.');
    const requestId = await opened(member, ['personal']);
    const answer = { ...court, action: 'authority-answer', requestId };
    expect(await office.ask(ada, answer)).toEqual({ ok: false, code: 'second-person-needed' });
    const { disclosed, counselReference } = answerOf(await office.ask(bob, answer));
    expect(counselReference).toBe('C-77/26');
    const text = JSON.stringify(disclosed);
    expect(text).toContain(member.email);
    expect(text).not.toContain('A message.');
    expect(text).not.toContain('pi_');
    expect(await office.ask(bob, answer)).toEqual({ ok: false, code: 'no-such-case' });
    const { items } = await world.ports.accessLog.page(member.accountId, undefined);
    expect(items.map(({ action }) => action)).toEqual(['authority-answer', 'authority-open']);
    expect(await office.ask(ada, { ...court, action: 'authority-list' })).toMatchObject({
      answer: expect.arrayContaining([
        expect.objectContaining({ requestId, openedBy: 'ada', decidedBy: 'bob', state: 'answered' }),
      ]),
    });
  });

  it('never reaches a result: health is no class that can be asked for', async () => {
    const { accountId } = await join(world);
    expect(await office.ask(ada, { ...order, accountId, classes: ['health'] })).toMatchObject({
      code: 'invalid-request',
    });
  });

  it('needs counsel’s reference and a class', async () => {
    const { accountId } = await join(world);
    for (const more of [{ counselReference: undefined, classes: ['personal'] }, { classes: [] }]) {
      expect(await office.ask(ada, { ...order, accountId, ...more })).toMatchObject({
        code: 'invalid-request',
      });
    }
  });

  it('that is refused, or older than a week, is not answered', async () => {
    const member = await join(world);
    const refusedId = await opened(member, ['personal']);
    await office.ask(bob, { ...court, action: 'authority-refuse', requestId: refusedId });
    const oldId = await opened(member, ['personal']);
    world.clock.advance(7 * 86_400_000 + 1);
    for (const requestId of [refusedId, oldId]) {
      expect(await office.ask(bob, { ...court, action: 'authority-answer', requestId })).toEqual({
        ok: false,
        code: 'no-such-case',
      });
    }
  });
});

describe('the audit', () => {
  it('shows who saw what and why, refused attempts first', async () => {
    world.clock.advance(86_400_000);
    const member = await join(world);
    const since = new Date(world.clock.now()).toISOString().slice(0, 10);
    await office.ask(kim, { ...asked, action: 'account', accountId: member.accountId });
    await office.ask(kim, { ...paying, action: 'transactions', accountId: member.accountId });
    const audit = { action: 'audit', reason: 'regular-audit', note: 'The weekly look at the log.', since };
    const { anomalies, rows } = answerOf(await office.ask(ada, audit));
    expect(rows).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ staff: 'kim.l', action: 'account', accountId: member.accountId }),
        expect.objectContaining({ staff: 'kim.l', action: 'transactions', refused: 'forbidden' }),
      ]),
    );
    expect(anomalies).toEqual([expect.objectContaining({ kind: 'refused', staff: 'kim.l', day: since })]);
  });

  it.each([
    ['letters', 'ü'],
    // Six bytes each in JSON.
    ['control characters', '\u0001'],
    ['halves of a character', '\ud800'],
  ])(
    'of a year is looked through whole, in answers that Lambda can give, with notes of %s',
    async (_what, letter) => {
      const now = world.clock.now();
      const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
      const since = dayOf(now - 360 * 86_400_000);
      const rowsOf = async (day: string): Promise<readonly WrittenRow[]> =>
        Array.from({ length: 20 }, (_, at) => ({
          auditId: `${day}-${at}`,
          at: Date.parse(day) + at,
          staff: 'kim.l',
          category: 'support',
          action: 'inbox',
          reason: 'message-waiting',
          note: `${day} ${at} ${letter.repeat(480)}`,
          ...(day === since && at === 0 ? { refused: 'forbidden' } : {}),
        }));
      const shown = z.object({
        anomalies: z.array(z.unknown()),
        rows: z.array(z.looseObject({ auditId: z.string(), at: z.number() })),
        leftOut: z.number(),
      });
      const audit = { action: 'audit', reason: 'regular-audit', note: 'The yearly look at the log.', since };
      const look = async (more: object) => {
        const given = await office.ask(
          ada,
          { ...audit, ...more },
          { audit: { ...office.ports.audit, rowsOf } },
        );
        expect(Buffer.byteLength(JSON.stringify(given))).toBeLessThan(6_000_000);
        return shown.parse(answerOf(given));
      };
      const first = await look({});
      // The one of the first day, whose row is left out.
      expect(first.anomalies).toEqual([{ kind: 'refused', staff: 'kim.l', day: since, count: 1 }]);
      expect(first.rows.at(-1)?.auditId).toBe(`${dayOf(now)}-19`);
      expect(first.leftOut).toBe(361 * 20 - first.rows.length);
      const read = new Set<string>();
      let { rows, leftOut } = first;
      for (let answers = 0; answers < 10; answers += 1) {
        for (const { auditId } of rows) read.add(auditId);
        if (leftOut === 0) break;
        ({ rows, leftOut } = await look({ until: dayOf(rows[0]?.at ?? 0) }));
      }
      expect([read.size, leftOut]).toEqual([361 * 20, 0]);
    },
  );

  it('ends with the day that it is asked for, and at the latest with today', async () => {
    const today = new Date(world.clock.now()).toISOString().slice(0, 10);
    world.clock.advance(86_400_000);
    const audit = { action: 'audit', reason: 'regular-audit', note: 'The weekly look at the log.' };
    const daysUntil = async (until: string): Promise<readonly string[]> => {
      const days = new Set<string>();
      const rowsOf = async (day: string): Promise<readonly WrittenRow[]> => {
        days.add(day);
        return [];
      };
      const request = { ...audit, since: today, until };
      answerOf(await office.ask(ada, request, { audit: { ...office.ports.audit, rowsOf } }));
      return [...days];
    };
    const tomorrow = new Date(world.clock.now()).toISOString().slice(0, 10);
    expect(await daysUntil(today)).toEqual([today]);
    expect(await daysUntil('2999-12-31')).toEqual([today, tomorrow]);
    expect(await daysUntil('2000-01-01')).toEqual([]);
    expect(await office.ask(ada, { ...audit, since: today, until: 'soon' })).toMatchObject({
      fields: ['until'],
    });
  });

  it.each([
    ['lacks what rows have', { staff: undefined, note: undefined }, { staff: 'unlisted', note: '' }],
    ['was written by later code', { layout: 99 }, { staff: 'kim.l' }],
    ['says its moment in another way', { at: 1.5, refused: 7 }, { refused: 'unlisted' }],
  ])('shows a row that %s as unlisted, and it stops no request of its day', async (_what, more, shown) => {
    world.clock.advance(86_400_000);
    const day = new Date(world.clock.now()).toISOString().slice(0, 10);
    const action = 'layout' in more ? 'inbox' : 'read-diary';
    const row = { day, item: `${day}#odd`, layout: 3, at: world.clock.now(), category: 'support', action };
    const Item = { ...row, staff: 'kim.l', reason: 'message-waiting', note: 'A row.', ...more };
    await world.documents.send(new PutCommand({ TableName: world.names.audit, Item }));
    expect(await office.ask(kim, { ...asked, action: 'account', accountId: 'nobody' })).toMatchObject({
      code: 'not-found',
    });
    const audit = {
      action: 'audit',
      reason: 'regular-audit',
      note: 'The weekly look at the log.',
      since: day,
    };
    const { anomalies, rows } = answerOf(await office.ask(ada, audit));
    expect(rows).toContainEqual(expect.objectContaining({ auditId: 'odd', ...shown }));
    expect(anomalies).toContainEqual(expect.objectContaining({ kind: 'unlisted', day }));
  });

  it('is itself in the audit', async () => {
    const since = new Date(world.clock.now()).toISOString().slice(0, 10);
    const audit = { action: 'audit', reason: 'regular-audit', note: 'The weekly look at the log.', since };
    const { rows } = answerOf(await office.ask(bob, audit));
    expect(rows).toContainEqual(expect.objectContaining({ staff: 'bob', action: 'audit' }));
  });
});

describe('product and on call', () => {
  it('see counts of days that are over, and whether the cleaner lives: nothing of a person', async () => {
    const day = new Date(world.clock.now()).toISOString().slice(0, 10);
    for (let at = 0; at < 12; at += 1)
      await world.call('POST', '/v1/usage', { body: { event: 'app-opened' } });
    const look = { action: 'usage', reason: 'product-review', note: 'The monthly look at use.', since: day };
    const pia: Colleague = { category: 'product', staff: 'pia' };
    expect(answerOf(await office.ask(pia, look))).toMatchObject({ days: [], totals: {} });
    world.clock.advance(2 * 86_400_000);
    expect(answerOf(await office.ask(pia, look))['days']).toContainEqual({
      day,
      counts: { 'app-opened': 10 },
    });
    const incident = { action: 'operations', reason: 'incident', note: 'An alarm went off just now.' };
    const answer = answerOf(await office.ask({ category: 'on-call', staff: 'ole' }, incident));
    expect(Object.keys(answer)).toContain('cleanerSeenAt');
    expect(answer['parkedEvents']).toEqual([]);
  });

  it('on call sees which events of the payment provider were set aside, since when and how often', async () => {
    const { parkedEvents, clock } = world.ports;
    const since = clock.now();
    await parkedEvents.park('early', 'charge.refunded', since);
    await parkedEvents.park('late', 'unreadable', since + 1000);
    await parkedEvents.park('early', 'charge.refunded', since + 2000);
    const ask = async () => {
      const incident = { action: 'operations', reason: 'incident', note: 'An alarm went off just now.' };
      return answerOf(await office.ask({ category: 'on-call', staff: 'ole' }, incident))['parkedEvents'];
    };
    expect(await ask()).toEqual([
      { eventHash: 'early', type: 'charge.refunded', firstAt: since, attempts: 2 },
      { eventHash: 'late', type: 'unreadable', firstAt: since + 1000, attempts: 1 },
    ]);
    for (const hash of ['early', 'late']) await parkedEvents.release(hash);
    expect(await ask()).toEqual([]);
  });
});
