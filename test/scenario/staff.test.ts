/**
 * Staff on the whole embedded cloud, by their commands: every check that AWS would make, a person who sees what was asked about
 * them, a report of a minor followed to its end, and counts of use as a table. Nothing of a person is printed by a function.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createClient, type Client } from '../../client/client.ts';
import { createSession } from '../../client/session.ts';
import { leaksIn } from './leaks.ts';
import { onOneDay, photo, startWorld, type World } from './world.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let world: World;
beforeAll(async () => {
  // Days pass at once here; what the clock would do is done by hand.
  world = await startWorld({ schedule: false });
  await onOneDay(world, 3 * hourMs);
});
afterAll(() => world.cloud.close());

const failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

async function command(script: string, ...args: readonly string[]) {
  return run(process.execPath, [script, ...args, '--api', world.cloud.apiUrl], { cwd: root }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: unknown) => failure.parse(error),
  );
}
const staff = (...args: readonly string[]) => command('bin/staff.ts', ...args);
const as = (name: string, reason: string) => [
  '--as',
  name,
  '--reason',
  reason,
  '--note',
  'A scenario that tries what staff may do.',
];

async function signIn(email: string): Promise<Client> {
  const session = createSession({ baseUrl: world.cloud.apiUrl });
  const { challenge } = await session.requestCode(email);
  const code = /\b\d{8}\b/.exec(world.cloud.outbox.lastTo(email)?.subject ?? '')?.[0] ?? '';
  await session.verifyCode({ email, challenge, code });
  return createClient({ baseUrl: world.cloud.apiUrl, getToken: session.getToken });
}

async function find(email: string): Promise<string> {
  const found = await staff('find', email, ...as('kim', 'person-asked'));
  return z.object({ accountId: z.string() }).parse(JSON.parse(found.stdout)).accountId;
}

describe('support and billing', () => {
  it('find an account and see their own part of it; the person reads who looked and why', async () => {
    const email = 'seen@example.com';
    const client = await signIn(email);
    const accountId = await find(email);
    expect((await staff('account', accountId, ...as('kim', 'person-asked'))).stdout).toContain('active');
    expect(await staff('transactions', accountId, ...as('lou', 'payment-question'))).toMatchObject({
      code: 0,
    });
    const { entries } = await client.accessLog();
    expect(entries.map(({ category, action, reason }) => [category, action, reason])).toEqual([
      ['billing', 'transactions', 'payment-question'],
      ['support', 'account', 'person-asked'],
      ['support', 'find', 'person-asked'],
    ]);
    const pages = await Array.fromAsync(client.exportPages());
    expect(pages.flatMap(({ items }) => items).filter(({ kind }) => kind === 'audit')).toHaveLength(3);
  });

  it('are refused by name, as on AWS: an unknown reason, a name that is none, a system that is not there', async () => {
    expect(await staff('inbox', ...as('kim', 'curious'))).toMatchObject({ code: 2 });
    expect(await staff('inbox', ...as('Kim L', 'person-asked'))).toMatchObject({ code: 2 });
    const nowhere = ['bin/staff.ts', 'inbox', ...as('kim', 'person-asked'), '--api', 'http://127.0.0.1:9'];
    const refused = await run(process.execPath, nowhere, { cwd: root }).catch((error: unknown) =>
      failure.parse(error),
    );
    expect(refused).toMatchObject({ code: 3 });
    expect(await staff('results', ...as('kim', 'person-asked'))).toMatchObject({ code: 2 });
  });

  it('have no key that opens a photo: storage answers them as it answers strangers', async () => {
    const answer = await fetch(`${world.cloud.apiUrl}/local/sts`, {
      method: 'POST',
      body: new URLSearchParams({
        Action: 'AssumeRole',
        RoleArn: 'arn:aws:iam::000000000000:role/onceover-local-staff-support',
        RoleSessionName: 'kim',
      }),
    });
    const xml = await answer.text();
    const part = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(xml)?.[1] ?? '';
    const storage = new S3Client({
      region: 'us-east-1',
      endpoint: world.cloud.storage.url,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: {
        accessKeyId: part('AccessKeyId'),
        secretAccessKey: part('SecretAccessKey'),
        sessionToken: part('SessionToken'),
      },
    });
    storage.config.systemClockOffset = world.cloud.clock.offset();
    world.cloud.runner.planDeliveries('analyze', 'lost');
    await world.plant('A'.repeat(22), await photo('skin-clear'));
    const reading = storage.send(new GetObjectCommand({ Bucket: world.cloud.bucket, Key: 'A'.repeat(22) }));
    await expect(reading).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await world.pass(250_000);
    await world.sweep();
    expect(await world.keys()).toEqual([]);
  });
});

describe('the privacy officer', () => {
  it('confirms a report of a minor, and nothing is left of the account (CAL-7)', async () => {
    const email = 'minor@example.com';
    const client = await signIn(email);
    await client.sendMessage('other', 'I am twelve.');
    const accountId = await find(email);
    await client.reportMinor({ email, text: 'A pupil of mine.' });
    const minors = await staff('minors', ...as('ada', 'minor-reported'));
    expect(minors.stdout).toContain(accountId);
    const confirmed = await staff('confirm-minor', accountId, ...as('ada', 'minor-reported'));
    expect(confirmed).toMatchObject({ code: 0, stdout: expect.stringContaining('erasure') });
    for (let pass = 0; pass < 2; pass += 1) {
      await world.cloud.runner.invoke('upkeep', { task: 'erasures' });
      await world.pass(20 * 60_000);
    }
    for (const table of ['accounts', 'communications', 'purchases', 'consents'] as const) {
      const left = JSON.stringify(await world.cloud.database.items(table));
      expect(left, table).not.toContain(accountId);
      expect(left, table).not.toContain(email);
    }
  });

  it('needs a second person to answer an authority, and the audit shows it first (CAL-14)', async () => {
    const email = 'wanted@example.com';
    await signIn(email);
    const accountId = await find(email);
    const court = (name: string) => as(name, 'authority-request');
    const opened = await staff(
      'authority-open',
      accountId,
      'District court, 12 Ds 34/26',
      'C-77/26',
      'personal',
      ...court('ada'),
    );
    const { requestId } = z.object({ requestId: z.string() }).parse(JSON.parse(opened.stdout));
    expect(await staff('authority-answer', requestId, ...court('ada'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('second-person-needed'),
    });
    const answered = await staff('authority-answer', requestId, ...court('bob'));
    expect(answered.stdout).toContain(email);
    expect(answered.stdout).not.toContain('pi_');
    const since = new Date(world.cloud.clock.now()).toISOString().slice(0, 10);
    const audit = await staff('audit', '--since', since, ...as('cleo', 'regular-audit'));
    const { anomalies } = z
      .object({ anomalies: z.array(z.object({ kind: z.string(), staff: z.string() })) })
      .parse(JSON.parse(audit.stdout));
    expect(anomalies.slice(0, 2)).toEqual([
      { kind: 'refused', staff: 'ada' },
      { kind: 'authority-answered', staff: 'bob' },
    ]);
    const before = ['--since', '2020-01-01', '--until', '2020-01-02'];
    const none = await staff('audit', ...before, ...as('cleo', 'regular-audit'));
    expect(JSON.parse(none.stdout)).toEqual({ anomalies: [], rows: [], leftOut: 0 });
    expect(await staff('usage', ...before, ...as('pia', 'product-review'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--until takes a day, YYYY-MM-DD, for audit alone.'),
    });
  });
});

describe('counts of use', () => {
  it('are printed as a table and a plot once the day is over, and never under ten', async () => {
    const client = createClient({ baseUrl: world.cloud.apiUrl, getToken: () => undefined });
    const day = new Date(world.cloud.clock.now()).toISOString().slice(0, 10);
    for (let at = 0; at < 23; at += 1) await client.usage('app-opened');
    for (let at = 0; at < 9; at += 1) await client.usage('erasure-opened');
    const today = await command('bin/usage.ts', '--since', day, '--as', 'pia');
    expect(today.stdout).toContain('nothing was counted ten times');
    await world.pass(dayMs + hourMs);
    const printed = await command('bin/usage.ts', '--since', day, '--as', 'pia');
    expect(printed.stdout).toMatch(new RegExp(`${day}.*20`));
    expect(printed.stdout).toContain(`${day}  ████████████████████████████████████████ 20`);
    expect(printed.stdout).not.toContain('erasure-opened');
  });
});

it('functions printed nothing of anybody, whoever asked', () => {
  const canaries = ['seen@example.com', 'minor@example.com', 'I am twelve.', 'District court', 'C-77/26'].map(
    (value) => ({ what: value, value }),
  );
  expect(world.printed.length).toBeGreaterThan(20);
  expect(leaksIn(world.printed, canaries)).toEqual([]);
});
