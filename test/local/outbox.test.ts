/** The outbox takes what the SES API takes, shows it, and lets nobody from elsewhere in. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openKeptMap, type KeptMap } from '../../local/data/kept-map.ts';
import { createOutbox, sesPath, type ReturnKind, type SentMail } from '../../local/outbox.ts';
import { givenFolder } from './data/given.ts';

const host = 'http://127.0.0.1:4000';

function given(kept?: KeptMap<SentMail>) {
  const returned: [string, ReturnKind][] = [];
  const outbox = createOutbox({
    now: () => 0,
    ...(kept === undefined ? {} : { kept }),
    onReturn: (address, kind) => void returned.push([address, kind]),
  });
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const route = outbox.routes.find((one) => one.method === method && one.path === path.split('?', 1)[0]);
    if (route === undefined) throw new Error('given: no such route');
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return route.handle(new Request(`${host}${path}`, init));
  };
  return { outbox, call, returned };
}

const mail = (to: string, subject = 'Hello', html = '<p>Hello</p>') => ({
  FromEmailAddress: 'onceover@localhost',
  Destination: { ToAddresses: [to] },
  Content: {
    Simple: { Subject: { Data: subject }, Body: { Text: { Data: 'Hello' }, Html: { Data: html } } },
  },
});
const send = `${sesPath}/v2/email/outbound-emails`;

it('keeps what was sent, and shows it without running any of it', async () => {
  const { outbox, call } = given();
  expect(
    (await call('POST', send, mail('a@example.com', '<b>Hi</b>', '<script>alert(1)</script>'))).status,
  ).toBe(200);
  expect(outbox.lastTo('a@example.com')).toMatchObject({ number: 1, subject: '<b>Hi</b>' });
  expect(await (await call('GET', '/local/mail')).text()).toContain('&lt;b&gt;Hi&lt;/b&gt;');
  const raw = await call('GET', '/local/mail?number=1&part=html');
  expect(raw.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
});

it('forgets the oldest beyond five hundred', async () => {
  const { outbox, call } = given();
  for (let count = 0; count < 502; count += 1) await call('POST', send, mail(`p${count}@example.com`));
  expect(outbox.mails()).toHaveLength(500);
  expect(outbox.mails()[0]?.number).toBe(3);
});

it('outlives its process where mail is kept, and forgets the same', async () => {
  const path = join(givenFolder(), 'mail.log');
  const first = openKeptMap<SentMail>(path);
  const { call } = given(first);
  for (let count = 0; count < 501; count += 1) await call('POST', send, mail(`p${count}@example.com`));
  await first.close();
  const second = openKeptMap<SentMail>(path);
  const { outbox, call: callAgain } = given(second);
  expect(outbox.mails()).toHaveLength(500);
  expect(outbox.mails()[0]).toMatchObject({ number: 2, to: 'p1@example.com' });
  await callAgain('POST', send, mail('next@example.com'));
  expect(outbox.lastTo('next@example.com')?.number).toBe(502);
  expect(second.entries()).toHaveLength(500);
  await second.close();
});

it('tells of mail that comes back, as the mailbox simulator has it', async () => {
  const { call, returned } = given();
  await call('POST', send, mail('bounce@simulator.amazonses.com'));
  await call('POST', send, mail('complaint@simulator.amazonses.com'));
  expect(returned.map(([, kind]) => kind)).toEqual(['Bounce', 'Complaint']);
});

it.each([
  [
    'two addresses',
    { ...mail('a@example.com'), Destination: { ToAddresses: ['a@b.example', 'c@d.example'] } },
  ],
  ['no text', { ...mail('a@example.com'), Content: { Simple: { Subject: { Data: 'x' }, Body: {} } } }],
  [
    'a copy to somebody',
    { ...mail('a@example.com'), Destination: { ToAddresses: ['a@b.example'], CcAddresses: [] } },
  ],
  ['a tag', { ...mail('a@example.com'), EmailTags: [{ Name: 'account', Value: 'x' }] }],
  ['a configuration that counts', { ...mail('a@example.com'), ConfigurationSetName: 'opens' }],
  ['nothing', undefined],
])('rejects %s', async (_what, body) => {
  const { outbox, call } = given();
  expect((await call('POST', send, body)).status).toBe(400);
  expect(outbox.mails()).toEqual([]);
});

it('rejects a page elsewhere, to send and to read', async () => {
  const { call } = given();
  const headers = { origin: 'https://elsewhere.example' };
  expect((await call('POST', send, mail('a@example.com'), headers)).status).toBe(403);
  expect((await call('GET', '/local/mail.json', undefined, headers)).status).toBe(403);
});
