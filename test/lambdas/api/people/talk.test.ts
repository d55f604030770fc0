/** Messages, surveys, reports of weaknesses (CAL-10, CAL-18), and that nothing is stored but what the policy names. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { feedbackListSchema, messagesSchema } from '../../../../core/contract.ts';
import { fieldOfAttribute } from '../../../../core/policy.ts';
import { calmara } from '../../../../policies/calmara.ts';
import {
  codeOf,
  givenPeople,
  join,
  signIn,
  ticket,
  type Member,
  type PeopleWorld,
} from '../../../people/given.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await givenPeople();
});
afterAll(() => world.close());

const send = (member: Member, text: unknown, topic = 'question'): Promise<Response> =>
  world.call('POST', '/v1/messages', { token: member.token, body: { topic, text } });

async function messagesOf({ token }: Member) {
  return messagesSchema.parse(await (await world.call('GET', '/v1/messages', { token })).json()).messages;
}

describe('messages', () => {
  it('are kept for their writer: listed newest first, and deleted by them', async () => {
    const member = await signIn(world);
    await send(member, 'The first.');
    world.clock.advance(1000);
    await send(member, '  Zwei Zeilen,\r\nfür den Support  ', 'problem');
    const messages = await messagesOf(member);
    expect(messages.map(({ text, topic }) => [topic, text])).toEqual([
      ['problem', 'Zwei Zeilen,\nfür den Support'],
      ['question', 'The first.'],
    ]);
    const path = `/v1/messages/${messages[0]?.id}`;
    expect((await world.call('DELETE', path, { token: member.token })).status).toBe(204);
    expect(await messagesOf(member)).toHaveLength(1);
    expect(await codeOf(await world.call('DELETE', path, { token: member.token }))).toBe('message-not-found');
  });

  it('rejects to show or delete somebody else’s, as if there were none', async () => {
    const [mine, theirs] = [await signIn(world), await signIn(world)];
    await send(theirs, 'Between us.');
    const [message] = await messagesOf(theirs);
    expect(await messagesOf(mine)).toEqual([]);
    const refused = await world.call('DELETE', `/v1/messages/${message?.id}`, { token: mine.token });
    expect(await codeOf(refused)).toBe('message-not-found');
    expect(await messagesOf(theirs)).toHaveLength(1);
  });

  it('may be as long as it says in any script, also from a client that escapes all of it', async () => {
    const member = await signIn(world);
    const text = '𐐷'.repeat(2000);
    const escaped = JSON.stringify({ topic: 'other', text }).replaceAll(
      /[^\x20-\x7e]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    expect(escaped.length).toBeGreaterThan(24_000);
    const sent = await world.call('POST', '/v1/messages', { token: member.token, body: escaped });
    expect(sent.status).toBe(201);
    expect((await messagesOf(member))[0]?.text).toBe(text);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n '],
    ['invisible characters alone', '\u200b\u2060'],
    ['a bidirectional override', 'abc\u202edef'],
    ['a control character', 'abc\u0007'],
    ['more than 2,000 characters', 'x'.repeat(2001)],
    ['a number', 7],
  ])('rejects %s as a text', async (_what, text) => {
    const member = await signIn(world);
    expect((await send(member, text)).status).toBe(400);
    expect(await messagesOf(member)).toEqual([]);
  });

  it('are answered in the list', async () => {
    const member = await signIn(world);
    await send(member, 'How?');
    const [message] = await messagesOf(member);
    const answer = { text: 'So.', at: world.clock.now() };
    await world.ports.communications.answerMessage(member.accountId, message?.id ?? '', answer);
    expect((await messagesOf(member))[0]?.answer?.text).toBe('So.');
  });

  it('rejects the twenty-first of a day', async () => {
    const member = await signIn(world);
    for (let count = 0; count < 20; count += 1)
      expect((await send(member, `Number ${count}.`)).status).toBe(201);
    expect(await codeOf(await send(member, 'One more.'))).toBe('too-many-attempts');
  });
});

async function answersOf({ token }: Member) {
  return feedbackListSchema.parse(await (await world.call('GET', '/v1/feedback', { token })).json()).feedback;
}

describe('a survey', () => {
  const answer = (member: Member, body: unknown): Promise<Response> =>
    world.call('POST', '/v1/feedback', { token: member.token, body });

  it('is answered with its version', async () => {
    const member = await signIn(world);
    const given = { survey: 'after-scan', version: 1, answers: { clear: 5, better: 'Nothing, thanks!' } };
    expect((await answer(member, given)).status).toBe(201);
    const stored = JSON.stringify(await world.database.items('communications'));
    expect(stored).toContain('Nothing, thanks!');
  });

  it('shows whoever answered it their answers, newest first, and deletes each', async () => {
    const member = await signIn(world);
    await answer(member, { survey: 'after-scan', version: 1, answers: { clear: 2 } });
    world.clock.advance(1000);
    await answer(member, { survey: 'after-scan', version: 1, answers: { clear: 5, better: 'Nothing.' } });
    await send(member, 'A message, which is no answer.');
    const [newest, oldest, ...more] = await answersOf(member);
    expect([newest, oldest, more]).toMatchObject([
      { survey: 'after-scan', version: 1, answers: { clear: 5, better: 'Nothing.' } },
      { answers: { clear: 2 } },
      [],
    ]);
    const path = `/v1/feedback/${newest?.id}`;
    expect((await world.call('DELETE', path, { token: member.token })).status).toBe(204);
    expect(await answersOf(member)).toEqual([oldest]);
    expect(await messagesOf(member)).toHaveLength(1);
    const again = await world.call('DELETE', path, { token: member.token });
    expect(await codeOf(again)).toBe('feedback-not-found');
  });

  it('rejects to show or delete somebody else’s answers, or a message as if it were one', async () => {
    const [mine, theirs] = [await signIn(world), await signIn(world)];
    await answer(theirs, { survey: 'after-scan', version: 1, answers: { clear: 1 } });
    await send(mine, 'A message.');
    const [given, message] = [(await answersOf(theirs))[0], (await messagesOf(mine))[0]];
    expect(await answersOf(mine)).toEqual([]);
    for (const id of [given?.id, message?.id]) {
      const refused = await world.call('DELETE', `/v1/feedback/${id}`, { token: mine.token });
      expect(await codeOf(refused)).toBe('feedback-not-found');
    }
    expect([await answersOf(theirs), await messagesOf(mine)]).toEqual([[given], [message]]);
  });

  it.each([
    ['another version', { survey: 'after-scan', version: 2, answers: { clear: 5 } }, 404],
    ['another survey', { survey: 'before-scan', version: 1, answers: { clear: 5 } }, 404],
    ['a question that is not its own', { survey: 'after-scan', version: 1, answers: { age: 5 } }, 400],
    ['a rating beyond five', { survey: 'after-scan', version: 1, answers: { clear: 6 } }, 400],
    ['a text for a rating', { survey: 'after-scan', version: 1, answers: { clear: 'very' } }, 400],
    ['a number for a text', { survey: 'after-scan', version: 1, answers: { better: 3 } }, 400],
    ['no answer', { survey: 'after-scan', version: 1, answers: {} }, 400],
    ['a field that is not known', { survey: 'after-scan', version: 1, answers: { clear: 1 }, age: 30 }, 400],
  ])('rejects %s', async (_what, body, status) => {
    expect((await answer(await signIn(world), body)).status).toBe(status);
  });
});

describe('a weakness', () => {
  it('can be reported by anybody, and the file says where (CAL-18)', async () => {
    const reported = await world.call('POST', '/v1/reports/security', {
      body: { text: 'Look at /x.', contact: 'finder@example.com' },
    });
    expect(reported.status).toBe(202);
    const headers = { host: 'api.example.com' };
    const file = await world.call('GET', '/.well-known/security.txt', { headers });
    expect(file.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await file.text();
    expect(text).toContain('Contact: https://api.example.com/v1/reports/security');
    // Without an app there is no page to lead people to.
    expect(text).not.toContain('/report\n');
    expect(text).toContain('Canonical: https://api.example.com/.well-known/security.txt\n');
    const expires = Date.parse(/^Expires: (.*)$/m.exec(text)?.[1] ?? '');
    expect(expires).toBeGreaterThan(world.clock.now());
    expect(expires).toBeLessThan(world.clock.now() + 365 * 24 * 60 * 60 * 1000);
  });

  it('behind the app is led to the app’s own address: the API’s own host, which it is handed, answers nobody else', async () => {
    const behind = await givenPeople({
      sharing: world,
      replace: () => ({ appOrigin: 'https://app.example' }),
    });
    const headers = { host: 'a1b2c3.execute-api.eu-central-1.amazonaws.com' };
    const text = await (await behind.call('GET', '/.well-known/security.txt', { headers })).text();
    expect(text).not.toContain('execute-api');
    expect(text).toContain(
      'Contact: https://app.example/report\nContact: https://app.example/v1/reports/security\n',
    );
    expect(text).toContain('Canonical: https://app.example/.well-known/security.txt\n');
  });
});

it('stores of people, in every table, only what the policy names', async () => {
  const member = await join(world);
  await ticket(world, member);
  await send(member, 'A message.');
  const { messageId = '' } = (await world.ports.communications.listMessages(member.accountId))[0] ?? {};
  await world.ports.communications.answerMessage(member.accountId, messageId, { text: 'So.', at: 1 });
  await world.ports.attempts.take({ name: 'x', windowMs: 1000, most: 1 }, 'hash', 1);
  await world.call('DELETE', '/v1/sessions', { token: member.token });
  for (const one of calmara.dataClasses) {
    const items = await world.database.items(one.table);
    const stored = new Set(items.flatMap((item) => Object.keys(item)));
    expect(
      [...stored].filter((name) => fieldOfAttribute(one, name) === undefined),
      one.table,
    ).toEqual([]);
  }
});
