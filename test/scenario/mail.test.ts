/** Mail on the whole embedded cloud: the outbox that a person reads, mail that comes back, and staff who answer. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createClient } from '../../client/client.ts';
import { createSession } from '../../client/session.ts';
import { startWorld, type World } from './world.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.cloud.close());

async function signIn(email: string) {
  const { apiUrl, outbox } = world.cloud;
  const session = createSession({ baseUrl: apiUrl });
  const { challenge } = await session.requestCode(email);
  const code = /\d{8}/.exec(outbox.lastTo(email)?.subject ?? '')?.[0] ?? '';
  await session.verifyCode({ email, challenge, code });
  return createClient({ baseUrl: apiUrl, getToken: session.getToken });
}

const page = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${world.cloud.apiUrl}${path}`, { headers });

describe('the outbox', () => {
  it('shows a person what was sent, as text and HTML, and loads nothing from anywhere', async () => {
    await signIn('reader@example.com');
    const list = await page('/local/mail');
    expect(list.headers.get('content-security-policy')).toContain("default-src 'none'");
    const shown = await list.text();
    expect(shown).toContain('reader@example.com');
    expect(shown).toContain('color-scheme:light dark');
    const number = /number=(\d+)/.exec(shown)?.[1];
    const one = await (await page(`/local/mail?number=${number}`)).text();
    expect(one).toContain('It works once, for 10 minutes.');
    const html = await page(`/local/mail?number=${number}&part=html`);
    expect(html.headers.get('content-security-policy')).toContain('sandbox');
    expect((await page('/local/mail?number=999999')).status).toBe(404);
  });

  it('rejects a web page elsewhere', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    for (const path of ['/local/mail', '/local/mail.json'])
      expect((await page(path, headers)).status).toBe(403);
  });

  it('keeps no mail of an address from which it came back, and the answer stays the same', async () => {
    const email = 'bounce@simulator.amazonses.com';
    const session = createSession({ baseUrl: world.cloud.apiUrl });
    const first = await session.requestCode(email);
    await world.idle();
    const sent = world.cloud.outbox.mails().length;
    const second = await session.requestCode(email);
    expect(Object.keys(second)).toEqual(Object.keys(first));
    expect(world.cloud.outbox.mails()).toHaveLength(sent);
  });
});

it('leaves no address, code or token in what the functions print (ONE-6)', async () => {
  const email = 'canary@example.com';
  const client = await signIn(email);
  await client.sendMessage('question', 'A canary’s message.');
  await client.reportMinor({ email, text: 'A canary’s report.', contact: 'canary-contact@example.com' });
  const code =
    /\d{8}/.exec(world.cloud.outbox.mails().find(({ to }) => to === email)?.subject ?? '')?.[0] ?? '';
  const printed = world.printed.join('\n');
  expect(printed).toContain('minor-reported');
  for (const canary of [email, code, 'canary', '127.0.0.1', 'eyJ']) expect(printed).not.toContain(canary);
});

describe('the staff command', () => {
  const staff = async (...args: readonly string[]) => {
    const all = ['bin/staff.ts', ...args, '--api', world.cloud.apiUrl];
    return run(process.execPath, all, { cwd: root }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: unknown) => failure.parse(error),
    );
  };
  const failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
  const as = ['--as', 'kim', '--reason', 'message-waiting', '--note', 'Answering what waits in the inbox.'];

  it('answers a message, and the answer reaches the person by mail and in the list (CAL-10)', async () => {
    const client = await signIn('writer@example.com');
    const { id } = await client.sendMessage('question', 'How do I hold the phone?');
    const inbox = z
      .array(z.object({ accountId: z.string(), messageId: z.string() }))
      .parse(JSON.parse((await staff('inbox', ...as)).stdout));
    const accountId = inbox.find(({ messageId }) => messageId === id)?.accountId ?? '';
    expect((await staff('answer', accountId, id, 'A hand away.', ...as)).code).toBe(0);
    expect((await client.messages()).messages[0]?.answer?.text).toBe('A hand away.');
    expect(world.cloud.outbox.lastTo('writer@example.com')?.text).toContain('> A hand away.');
    expect(await world.cloud.database.items('audit')).toHaveLength(2);
  });

  it('rejects wrong usage, and says what is missing', async () => {
    expect(await staff('inbox', '--as', 'kim')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--reason'),
    });
    expect(await staff('results', ...as)).toMatchObject({ code: 2 });
    const gone = ['answer', 'nobody', 'x'.repeat(22), 'Text.', ...as];
    expect(await staff(...gone)).toMatchObject({ code: 1, stderr: expect.stringContaining('not-found') });
  });
});
