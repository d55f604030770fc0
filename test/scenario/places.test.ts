/**
 * Where what a person gives ends up: one person does everything that there is to do, as the app does it; then every
 * stored item and every request that left the system is read, and each thing of theirs is found in the places that the
 * policy names for it and in no other (CAL-13, ONE-6).
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../client/client.ts';
import { createSession } from '../../client/session.ts';
import { tables } from '../../core/tables.ts';
import { calmara } from '../../policies/calmara.ts';
import { sha256 } from '../contract/given.ts';
import { leaksIn } from './leaks.ts';
import { photo, startWorld, type World } from './world.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

const email = 'whose.places@masked-mail.example';
const source = '203.0.113.77';
const device = 'A-browser-that-nobody-else-has/7.31';
const said = {
  scanName: 'My left knee in May',
  message: 'How do I hold the telephone?',
  survey: 'Bigger letters, please.',
  report: 'I found a weakness of yours.',
  contact: 'a-reporter@elsewhere.example',
  answer: 'A hand away from the skin.',
};

let world: World;
/** Everything of the person, by what it is. */
const theirs = new Map<string, string>();
beforeAll(async () => {
  world = await startWorld({ trustForwarded: true });
  await live();
});
afterAll(() => world.cloud.close());

/** From the first code to the last withdrawal; what is made on the way is noted. */
async function live(): Promise<void> {
  const { cloud } = world;
  const tokens: string[] = [];
  const spying: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    const url = input instanceof Request ? input.url : input.toString();
    if (url.startsWith(cloud.apiUrl)) {
      headers.set('x-forwarded-for', source);
      headers.set('user-agent', device);
    }
    const answer = await fetch(input, { ...init, headers });
    if (/\/sessions\/(?:verify|refresh)$/.test(url)) {
      const text = await answer.clone().text();
      tokens.push(
        // A refresh token is the session's name and what proves it: the proof is the secret.
        ...[...text.matchAll(/"(?:access|refresh)Token":"(?:[^"]+\.)?([^".]+)"/g)].map(
          ([, last = '']) => last,
        ),
      );
    }
    return answer;
  };
  const baseUrl = cloud.apiUrl;
  const session = createSession({ baseUrl, fetch: spying });
  const client = createClient({ baseUrl, fetch: spying, getToken: session.getToken });
  const { challenge } = await session.requestCode(email, { language: 'en' });
  const code = /\d{8}/.exec(cloud.outbox.lastTo(email)?.subject ?? '')?.[0] ?? '';
  await session.verifyCode({ email, challenge, code });
  const policy = await client.policy();
  await client.affirmAdulthood({ version: policy.adulthood.version, language: 'en' });
  await client.acceptPolicy({ version: policy.version, language: 'en' });
  for (const { purpose, version } of policy.consents)
    await client.giveConsent(purpose, { version, language: 'en' });
  const { id: messageId } = await client.sendMessage('question', said.message);
  await client.sendFeedback({ survey: 'after-scan', version: 1, answers: { better: said.survey } });
  await client.reportSecurity({ text: said.report, contact: said.contact });
  const { url } = await client.openCheckout('pack-20');
  const pressed = await fetch(url, {
    method: 'POST',
    headers: { origin: new URL(url).origin },
    body: new URLSearchParams({ way: 'pays' }),
    redirect: 'manual',
  });
  expect(pressed.status).toBe(303);
  await cloud.stripe.deliveries.idle();
  const bought = (await client.purchases()).purchases.find(({ plan }) => plan === 'pack-20');
  await client.paymentReceipt(bought?.id ?? '');
  const bytes = Uint8Array.from(await photo('skin-blob'));
  const scan = await client.scanPhoto({ bytes, contentType: 'image/jpeg' }, { name: said.scanName });
  expect(scan.state).toBe('completed');
  const accountId = accountOf((await session.getToken({ renew: false })) ?? '');
  await staff('answer', accountId, messageId, said.answer);
  await client.withdrawConsent('image-processing');
  await cloud.runner.invoke('upkeep', { task: 'reconcile' });
  await cloud.runner.invoke('upkeep', { task: 'policy' });
  await world.pass(60_000);
  note('address', email);
  note('source', source);
  note('device', device);
  note('code', code);
  note('challenge', challenge);
  note('account', accountId);
  note('scan', scan.id);
  note('payment', bought?.id ?? '');
  note('band', scan.band ?? '');
  note('digest', sha256(bytes));
  for (const [at, token] of tokens.entries()) note(`token ${at}`, token);
  for (const [what, value] of Object.entries(said)) note(what, value);
}

function note(what: string, value: string): void {
  expect(value.length, what).toBeGreaterThan(6);
  theirs.set(what, value);
}

function accountOf(token: string): string {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return typeof claims === 'object' && claims !== null && 'sub' in claims ? String(claims.sub) : '';
}

/** Support, by their command. */
async function staff(...args: readonly string[]): Promise<void> {
  const why = ['--as', 'kim', '--reason', 'message-waiting', '--note', 'The person asked us for an answer.'];
  await run(process.execPath, ['bin/staff.ts', ...args, ...why, '--api', world.cloud.apiUrl], { cwd: root });
}

/** `what: places` for everything of the person that is in any of the places. */
function found(
  places: readonly (readonly [place: string, text: string])[],
): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...theirs].flatMap(([what, value]) => {
      const hits = places
        .filter(([, text]) => leaksIn([text], [{ what, value }]).some((leak) => leak.what === what))
        .map(([place]) => place);
      return hits.length === 0 ? [] : [[what, [...new Set(hits)].sort()]];
    }),
  );
}

it('every stored item holds what its class is for, and nothing else of a person', async () => {
  const { documents, names } = world.cloud;
  const places: [string, string][] = [];
  for (const { name } of tables) {
    const { Items = [] } = await documents.send(new ScanCommand({ TableName: names[name] }));
    for (const item of Items) {
      for (const [attribute, value] of Object.entries(item)) {
        places.push([`${name}.${attribute}`, JSON.stringify(value)]);
      }
    }
  }
  expect(found(places)).toEqual({
    address: ['accounts.email'],
    account: [
      'accounts.accountId',
      'audit.accountId',
      'communications.accountId',
      'consents.accountId',
      'identities.accountId',
      'purchases.accountId',
      'scans.accountId',
    ],
    // A retry of the ticket finds its scan for a day.
    scan: ['accounts.scanId', 'scans.scanId'],
    challenge: ['identities.identity'],
    payment: ['purchases.paymentIntentId'],
    band: ['scans.band'],
    scanName: ['scans.name'],
    message: ['communications.text'],
    survey: ['communications.answers'],
    report: ['communications.text'],
    contact: ['communications.contact'],
    answer: ['communications.answer'],
  });
  const fields = new Set(
    calmara.dataClasses.flatMap((one) => one.fields.map((field) => `${one.table}.${field.name}`)),
  );
  expect(
    places.map(([place]) => place).filter((place) => !fields.has(place) && !place.includes('.lived')),
  ).toEqual([]);
});

it('everything that leaves to Stripe names the plan, the address for the receipt and a random id', () => {
  const places = world.cloud.stripe.requests.flatMap(({ method, path, headers, body }) => {
    const { authorization: _key, ...rest } = headers;
    return [
      [`path of ${method}`, path] as const,
      ...Object.entries(rest).map(([name, value]) => [`header ${name}`, value] as const),
      ...[...new URLSearchParams(body)].map(([name, value]) => [name, value] as const),
    ];
  });
  expect(found(places)).toEqual({
    address: ['customer_email'],
    account: ['metadata[account]', 'payment_intent_data[metadata][account]'],
    payment: ['path of GET', 'path of POST'],
  });
});

it('every mail holds what it is about, and its reader’s address alone', () => {
  const places = world.cloud.outbox
    .mails()
    .flatMap((mail) => Object.entries(mail).map(([part, value]) => [part, String(value)] as const));
  expect(found(places)).toEqual({
    address: ['to'],
    code: ['html', 'subject', 'text'],
    message: ['html', 'text'],
    answer: ['html', 'text'],
  });
});

it('storage is told a random id, and how the photo is to be checked', () => {
  const places = world.observed.flatMap((seen) =>
    seen.source === 'storage'
      ? Object.entries(seen).map(([name, value]) => [name, String(value)] as const)
      : [],
  );
  expect(found(places)).toEqual({ scan: ['key'] });
});

it('an account’s item has the state of all of it, and nothing that was not said', async () => {
  const { documents, names } = world.cloud;
  const Key = { accountId: theirs.get('account'), item: 'account' };
  const { Item } = await documents.send(new GetCommand({ TableName: names.accounts, Key }));
  expect(Object.keys(Item ?? {}).toSorted()).toEqual([
    'accountId',
    'adultAffirmedAt',
    'email',
    'item',
    'language',
    'layout',
    'openedAt',
    'policyAcceptedAt',
    'policyTold',
    'policyVersion',
    'state',
  ]);
});
