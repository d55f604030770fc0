/** The product runs from its packages alone, and asks its tables for exactly what its roles allow. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { askStaff } from '../../bin/staff/ask.ts';
import { disclosableClasses, type StaffRequest } from '../../core/staff.ts';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { packageFunction } from '../../lib/package.ts';
import { tableRights } from '../../lib/rights.ts';
import { returnEvent } from '../../local/outbox.ts';
import { fixtures } from '../fixtures/index.ts';
import { photo } from '../scenario/stage.ts';
import { startPackagedCloud, type PackagedCloud } from './packaged-cloud.ts';

const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';

/** Everything that people do, once, each with the answer that it must have. */
async function bePeople({ apiUrl, outbox, invoke, stripe }: PackagedCloud): Promise<void> {
  const email = 'somebody@example.com';
  let token: string | undefined;
  async function call(
    method: string,
    path: string,
    status: number,
    body?: unknown,
    key?: string,
  ): Promise<Answer> {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status, `${method} ${path}`).toBe(status);
    return status === 204 ? {} : answer.parse(await response.json());
  }
  const { challenge } = await call('POST', '/v1/sessions', 202, { email });
  const code = /\d{8}/.exec(outbox.lastTo(email)?.subject ?? '')?.[0];
  const signedIn = await call('POST', '/v1/sessions/verify', 200, { email, challenge, code });
  token = signedIn.accessToken;
  await call('POST', '/v1/sessions/refresh', 200, { refreshToken: signedIn.refreshToken });
  const act = { version: 1, language: 'en' };
  await call('PUT', '/v1/me/adulthood', 200, act);
  await call('PUT', '/v1/me/consents/image-processing', 200, act);
  await call('DELETE', '/v1/me/consents/image-processing', 200);
  await call('PATCH', '/v1/me', 200, { language: 'de' });
  const message = await call('POST', '/v1/messages', 201, { topic: 'question', text: 'How?' });
  const { sub: accountId = '' } = decodeJwt(token ?? '');
  await workAsStaff(apiUrl, { accountId, email, messageId: message.id ?? '' });
  let page = await call('GET', '/v1/me/export', 200);
  while (page.next !== undefined) page = await call('GET', `/v1/me/export?after=${page.next}`, 200);
  await call('GET', '/v1/me/access-log', 200);
  await call('POST', '/v1/usage', 204, { event: 'app-opened' });
  await invoke('bounces', returnEvent(email, 'Bounce'));
  await call('DELETE', `/v1/messages/${message.id}`, 204);
  const { url = '' } = await call('POST', '/v1/checkout', 201, { plan: 'pack-20' }, 'a-key-for-one-pack');
  const sessionId = url.slice(url.lastIndexOf('/') + 1);
  stripe.books.pay(sessionId, 'pays');
  await stripe.deliveries.idle();
  const payment = stripe.books.findSession(sessionId).payment_intent ?? '';
  await call('GET', '/v1/purchases', 200);
  await call('GET', `/v1/purchases/${payment}/receipt`, 200);
  // The first event of it is set aside, and the second taken.
  stripe.fail({ matches: /^GET \/v1\/payment_intents/, times: 2, effect: 'refuse' });
  stripe.books.refund(payment, 100);
  await stripe.deliveries.idle();
  await call('GET', '/v1/sessions', 200);
  await call('DELETE', '/v1/sessions', 204);
  token = undefined;
  await call('POST', '/v1/reports/minor', 202, { email });
  await decideAboutMinor(apiUrl, accountId);
}

/** Everything that staff do, once, each in its role; and what is reported as a minor's is given back, and erased. */
async function workAsStaff(
  apiUrl: string,
  person: { readonly accountId: string; readonly email: string; readonly messageId: string },
): Promise<void> {
  const { accountId, email, messageId } = person;
  const note = 'Trying out the packages.';
  const ask = async (staff: string, request: StaffRequest): Promise<unknown> => {
    const answered = await askStaff({ target: { kind: 'local', apiUrl }, staff }, request, {});
    if (!answered.ok) throw new Error(`${request.action}: ${answered.code}`);
    return answered.answer;
  };
  const support = { reason: 'person-asked', note } as const;
  await ask('kim', { ...support, action: 'find', email });
  await ask('kim', { ...support, action: 'inbox' });
  await ask('kim', { ...support, action: 'answer', accountId, messageId, text: 'So.' });
  await ask('lou', { ...support, action: 'transactions', accountId });
  // There is no such payment; that there is none has to be asked.
  const refund = { ...support, action: 'refund', accountId, paymentIntentId: 'pi_none' } as const;
  await expect(ask('lou', refund)).rejects.toThrow('refund: not-found');
  const court = { reason: 'authority-request', note } as const;
  const opened = z.object({ requestId: z.string() }).parse(
    await ask('ada', {
      ...court,
      action: 'authority-open',
      accountId,
      authority: 'A court, 12/34',
      counselReference: 'C-1/26',
      classes: [...disclosableClasses],
    }),
  );
  await ask('bob', { ...court, action: 'authority-answer', requestId: opened.requestId });
  // A report from two days ago has been looked at.
  const since = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  await ask('pia', { reason: 'product-review', note, action: 'usage', since });
  await ask('ada', { reason: 'regular-audit', note, action: 'audit', since });
  await ask('ole', { reason: 'incident', note, action: 'operations' });
}

/** The reports of a minor: one was wrong, and one is confirmed, twice. */
async function decideAboutMinor(apiUrl: string, accountId: string): Promise<void> {
  const request = { reason: 'minor-reported', note: 'Trying out the packages.', accountId } as const;
  const asker = { target: { kind: 'local', apiUrl }, staff: 'ada' } as const;
  for (const action of ['reject-minor', 'confirm-minor', 'confirm-minor'] as const) {
    expect(await askStaff(asker, { ...request, action }, {}), action).toMatchObject({ ok: true });
  }
}

/** What is over its time, in tables where nothing else of a day is. */
async function giveWhatIsDue({ documents, names }: PackagedCloud): Promise<void> {
  for (const [table, key] of [
    ['audit', { day: '2020-01-01', item: '2020-01-01T00:00:00.000Z#old' }],
    ['erasures', { erasure: 'work#old' }],
    ['operations', { item: 'dwell#2020-01-01#0' }],
  ] as const) {
    await documents.send(new PutCommand({ TableName: names[table], Item: { ...key, removeAfter: 1 } }));
  }
}

/** Books that differ in every way that the upkeep looks at, and somebody who was not told of the policy. */
async function keepUp(cloud: PackagedCloud): Promise<void> {
  const { documents, names, stripe } = cloud;
  stripe.deliveries.set({ hold: true });
  const [bought] = stripe.books.all('payment_intent');
  stripe.books.refund(bought?.id ?? '');
  const person = await cloud.person();
  const ended = await person.ticket(await photo('skin-blob'));
  await cloud.passDeadline(ended.scan.id);
  await cloud.sweep();
  await person.ticket(await photo('skin-blob'));
  const metadata = { product: 'calmara', account: person.accountId, plan: 'pack-20', scans: '20' };
  stripe.books.seed({ id: 'pi_that_nobody_told', amount: 499, currency: 'eur', metadata });
  const Key = { accountId: person.accountId, paymentIntentId: 'pi_first' };
  await documents.send(
    new UpdateCommand({
      TableName: names.purchases,
      Key,
      UpdateExpression: 'ADD scansUsed :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );
  await documents.send(
    new UpdateCommand({
      TableName: names.accounts,
      Key: { accountId: person.accountId, item: 'account' },
      UpdateExpression: 'SET email = :email, policyTold = :older REMOVE policyVersion',
      ExpressionAttributeValues: { ':email': 'told@example.com', ':older': '0.9' },
    }),
  );
  expect(await cloud.upkeep()).toMatchObject({ payments: 2 });
  await cloud.invoke('upkeep', { task: 'policy' });
  // Then everything of that person goes, with a message and a scan that ended.
  await person.call('POST', '/v1/messages', { body: { topic: 'question', text: 'Am I gone?' } });
  const gone = await person.client.eraseMe();
  await cloud.invoke('upkeep', { task: 'erasures' });
  await cloud.invoke('upkeep', { task: 'replay' });
  await giveWhatIsDue(cloud);
  await cloud.invoke('upkeep', { task: 'retention' });
  expect(await person.client.erasure(gone.erasure.reference)).toMatchObject({
    erasure: { state: 'erasing' },
  });
}

const answer = z.looseObject({
  challenge: z.string().optional(),
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  id: z.string().optional(),
  url: z.string().optional(),
  next: z.string().optional(),
});
type Answer = z.infer<typeof answer>;

describe.runIf(process.platform === 'linux')(
  'the product, run from its packages in emptied environments,',
  () => {
    let root: string;
    let cloud: PackagedCloud;
    beforeAll(async () => {
      // Outside the repository: nothing resolves from its node_modules.
      root = await mkdtemp(join(tmpdir(), 'onceover-packaged-'));
      const dirs: Record<FunctionName, string> = {
        analyze: '',
        sweep: '',
        api: '',
        staff: '',
        bounces: '',
        upkeep: '',
      };
      for (const definition of functions) {
        dirs[definition.name] = await packageFunction(definition, architecture, join(root, definition.name));
      }
      cloud = await startPackagedCloud(dirs);
    });
    afterAll(async () => {
      await cloud.close();
      await rm(root, { recursive: true, force: true });
    });

    it.each([
      ['JPEG', 'skin-blob'],
      ['HEIC', 'heic'],
    ] as const)('looks at a %s, keeps the result, and the photo is gone', async (_format, name) => {
      const person = await cloud.person();
      const scan = await person.client.scanPhoto({
        bytes: Uint8Array.from(await photo(name)),
        contentType: fixtures[name].contentType,
      });
      expect(scan, cloud.printed.join('\n')).toMatchObject({
        ...fixtures[name].expected,
        deletion: { verified: true },
      });
      expect(cloud.objects()).toEqual([]);
    });

    it('asks its tables for what the roles allow, for all of it and for nothing else', async () => {
      const person = await cloud.person();
      const bytes = await photo('skin-blob');
      const done = await person.ticket(bytes, 'a-key-that-comes-twice');
      await person.ticket(bytes, 'a-key-that-comes-twice');
      await cloud.put(done, bytes);
      await cloud.idle();
      await person.client.renameScan(done.scan.id, 'left arm');
      for await (const page of person.client.history()) expect(page).toHaveLength(1);
      await person.client.deleteScan(done.scan.id);
      const open = await person.ticket(bytes);
      await person.client.deleteScan(open.scan.id);
      const withdrawn = await cloud.person();
      await withdrawn.ticket(bytes);
      await withdrawn.call('DELETE', '/v1/me/consents/image-processing');
      const late = await person.ticket(bytes);
      await cloud.passDeadline(late.scan.id);
      await cloud.sweep();
      const poor = await cloud.person();
      const orphan = await poor.ticket(bytes);
      await poor.dropPurchase();
      await cloud.passDeadline(orphan.scan.id);
      await cloud.sweep();
      expect((await cloud.stranger('GET', '/v1/status')).status).toBe(200);
      await bePeople(cloud);
      await keepUp(cloud);

      const allowed = functions.flatMap(({ name }) =>
        tableRights[name].flatMap(({ table, actions }) =>
          actions.map((action) => `${name} ${action} ${table}`),
        ),
      );
      expect([...cloud.accesses].sort()).toEqual([...new Set(allowed)].sort());
    });
  },
);
