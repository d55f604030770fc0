/** What a person sees of what is held about them: every item that is stored, with why and until when; and who looked. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type Client } from '../../client/client.ts';
import { assembleExport } from '../../client/assemble-export.ts';
import { anomaliesOf } from '../../core/audit.ts';
import type { ExportPage } from '../../core/contract.ts';
import { itemKey, tables } from '../../core/tables.ts';
import { usageEvents } from '../../core/usage.ts';
import { createAuditLog } from '../../lambdas/adapters/dynamodb/audit-log.ts';
import { createUsageStore } from '../../lambdas/adapters/dynamodb/usage-store.ts';
import { calmara } from '../../policies/calmara.ts';
import { bodyOf, codeOf, givenPeople, join, ticket, type Member, type PeopleWorld } from '../people/given.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await givenPeople();
});
afterAll(() => world.close());

/** The typed client over the API in this process. */
function clientOf({ token }: Pick<Member, 'token'>): Client {
  return createClient({
    baseUrl: 'http://api.example',
    getToken: () => token,
    fetch: async (url, init = {}) => {
      const { pathname, search } = new URL(url instanceof Request ? url.url : url);
      return world.call(init.method ?? 'GET', `${pathname}${search}`, {
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(typeof init.body === 'string' ? { body: init.body } : {}),
      });
    },
  });
}

async function pagesOf(member: Member): Promise<readonly ExportPage[]> {
  return Array.fromAsync(clientOf(member).exportPages());
}

/** Somebody with something in every table that is about people. */
async function givenLife(): Promise<Member> {
  const member = await join(world);
  const { token, accountId } = member;
  await ticket(world, member);
  for (const text of ['How <b>do</b> I hold it?', 'And & now?']) {
    world.clock.advance(1);
    await world.call('POST', '/v1/messages', { token, body: { topic: 'question', text } });
  }
  const answers = { clear: 4, better: 'The light.' };
  await world.call('POST', '/v1/feedback', { token, body: { survey: 'after-scan', version: 1, answers } });
  await createAuditLog(world.documents, world.names).record({
    auditId: 'an-audit-id',
    at: world.clock.now(),
    staff: 'kim.l',
    category: 'support',
    action: 'messages',
    reason: 'message-waiting',
    note: 'Answering what waits in the inbox.',
    accountId,
  });
  return member;
}

/** Everything that is stored and names the account or a hash of what is the person's. */
async function storedOf({ accountId, email }: Member): Promise<readonly (readonly [string, string])[]> {
  const hashes = [
    world.ports.keyedHash('address', email),
    world.ports.keyedHash('account', accountId),
    accountId,
  ];
  const found: (readonly [string, string])[] = [];
  for (const { name } of tables) {
    for (const item of await world.database.items(name)) {
      const text = JSON.stringify(item);
      if (hashes.some((hash) => text.includes(hash))) found.push([name, text]);
    }
  }
  return found;
}

describe('the export', () => {
  it('holds every item that is stored about the person', async () => {
    const member = await givenLife();
    const items = (await pagesOf(member)).flatMap((page) => page.items);
    const stored = await storedOf(member);
    const counts = (names: readonly string[]) =>
      Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
    expect(counts(items.map(({ table }) => table))).toEqual(counts(stored.map(([table]) => table)));
    expect(new Set(items.map(({ table }) => table))).toEqual(
      new Set(['accounts', 'identities', 'scans', 'purchases', 'consents', 'communications', 'audit']),
    );
  });

  it('says of each item its class, purpose, source and end, as the policy has them', async () => {
    const member = await givenLife();
    for (const one of (await pagesOf(member)).flatMap((page) => page.items)) {
      const ofClass = calmara.dataClasses.find(({ table }) => table === one.table);
      expect(ofClass).toMatchObject({ dataClass: one.dataClass, purpose: one.purpose });
      const kind = ofClass?.kinds.find(({ kind: name }) => name === one.kind);
      expect(kind).toMatchObject({ why: one.keptBecause, source: one.source });
      expect(one.endsWith).toBe((kind?.retention ?? ofClass?.retention)?.until);
      const timed = one.endsWith === 'days-after-writing' || one.endsWith === 'session-ends';
      expect(one.keptUntil !== undefined, `${one.table} ${one.kind}`).toBe(timed);
    }
  });

  it('shows moments as instants, and what the person wrote as they wrote it', async () => {
    const member = await givenLife();
    const items = (await pagesOf(member)).flatMap((page) => page.items);
    const message = items.find(({ kind }) => kind === 'message');
    expect(message?.item).toMatchObject({ topic: 'question', text: 'How <b>do</b> I hold it?' });
    expect(message?.item['at']).toMatch(/^2026-11-21T14:\d\d:\d\d\.\d{3}Z$/);
    const feedback = items.find(({ kind }) => kind === 'feedback');
    expect(feedback?.item['answers']).toEqual({ clear: 4, better: 'The light.' });
  });

  it('withholds what is somebody else’s: who of the staff it was, and who reported', async () => {
    const member = await givenLife();
    const report = { text: 'I know this child.', contact: 'neighbour@example.com', at: world.clock.now() };
    const Item = { accountId: member.accountId, item: itemKey.minor(report.at, 'a-report'), ...report };
    await world.documents.send(new PutCommand({ TableName: world.names.communications, Item }));
    const text = JSON.stringify(await pagesOf(member));
    for (const other of ['kim.l', 'waits in the inbox', 'neighbour', 'this child']) {
      expect(text).not.toContain(other);
    }
    expect(text).toContain('"kind":"minor"');
    expect(text).toContain('"kind":"audit"');
  });

  it('comes in pages that hold each item once, however many there are', async () => {
    const member = await join(world);
    for (let at = 0; at < 120; at += 1) {
      const Item = {
        accountId: member.accountId,
        item: itemKey.message(world.clock.now() + at, `m${at}`),
        topic: 'other',
        text: `number ${at}`,
        at,
      };
      await world.documents.send(new PutCommand({ TableName: world.names.communications, Item }));
    }
    const pages = await pagesOf(member);
    expect(pages.length).toBeGreaterThan(5);
    for (const { items } of pages) expect(items.length).toBeLessThanOrEqual(100);
    const texts = pages.flatMap(({ items }) =>
      items.flatMap(({ kind, item }) => (kind === 'message' ? [item['text']] : [])),
    );
    expect([texts.length, new Set(texts).size]).toEqual([120, 120]);
  });

  it('shows nothing of anybody else, whoever’s cursor it is', async () => {
    const [member, other] = [await givenLife(), await givenLife()];
    const [first] = await pagesOf(other);
    const answer = await world.call('GET', `/v1/me/export?after=${first?.next}`, { token: member.token });
    expect(answer.status).toBe(200);
    const all = `${JSON.stringify(await pagesOf(member))}${await answer.text()}`;
    expect(all).not.toContain(other.accountId);
    expect(all).not.toContain(other.email);
  });

  it.each(['x', Buffer.from('[]').toString('base64url'), Buffer.from('[-1]').toString('base64url')])(
    'rejects %s, which is no cursor of it',
    async (after) => {
      const { token } = await join(world);
      for (const path of ['export', 'access-log']) {
        const answer = await world.call('GET', `/v1/me/${path}?after=${after}`, { token });
        expect([answer.status, await codeOf(answer)]).toEqual([400, 'invalid-request']);
      }
    },
  );
});

describe('the assembled file', () => {
  it('is one JSON of every page and one HTML that shows each value as text', async () => {
    const member = await givenLife();
    const pages = await pagesOf(member);
    const { json, html } = assembleExport(pages);
    const whole: unknown = JSON.parse(json);
    expect(whole).toMatchObject({ items: pages.flatMap(({ items }) => items) });
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('How &lt;b&gt;do&lt;/b&gt; I hold it?');
    expect(html).not.toMatch(/<script|<img|<link|https?:\/\/| on\w+=/);
    for (const { item } of pages.flatMap(({ items }) => items)) {
      for (const name of Object.keys(item)) expect(html).toContain(`title="${name}">`);
    }
    expect(html).toContain(member.email);
  });

  it('speaks German where it is asked to', async () => {
    const { html } = assembleExport(await pagesOf(await givenLife()), { language: 'de' });
    expect(html).toContain('<html lang="de">');
    expect(html).toContain('Alles, was Calmara über mich hat');
    expect(html).toContain('Eine Nachricht von dir, mit Antwort.');
    expect(html).toContain('<dt>Aufbewahrt</dt><dd>bis du dein Konto löschst</dd>');
    expect(html).toMatch(/<dt>Aufbewahrt<\/dt><dd>bis \d+\. (?:November|Dezember) 2026 um/);
    expect(html).toContain('<th scope="row" title="topic">Worum es geht</th><td>eine Frage</td>');
    expect(html).toContain('<td>hat deine Nachrichten gelesen</td>');
    expect(html).toMatch(/title="openedAt">Eröffnet<\/th><td>21\. November 2026 um 1\d:\d\d:\d\d UTC</);
    expect(html).toContain('Wie klar das Ergebnis war, von 1 bis 5: 4');
    expect(html).toContain('Niemand weiß, dass du es warst.');
  });

  it('has no name of a field and no word of a list in it as they are stored, in either language', async () => {
    const pages = await pagesOf(await givenLife());
    for (const language of ['en', 'de']) {
      const { html } = assembleExport(pages, { language });
      const shown = [...html.matchAll(/<th scope="row" title="(\w+)">([^<]*)<\/th><td>([^<]*)<\/td>/g)];
      expect(shown.length).toBeGreaterThan(60);
      expect(shown.filter(([, name, label]) => name === label)).toEqual([]);
      // Ids and check values are what they are; of the rest none is a word of the code, or an instant.
      const words = shown.filter(([, , , value = '']) =>
        /^[a-z]+(?:-[a-z]+)+$|^\d{4}-\d\d-\d\dT/.test(value),
      );
      expect(words.map(([, name, , value]) => [name, value])).toEqual([]);
    }
  });

  it('leaves what a person wrote as it is, though it be a word of the code', async () => {
    const member = await join(world);
    for (const text of ['policy', 'constructor', '2026-11-21T14:00:00.000Z']) {
      world.clock.advance(1);
      const body = { topic: 'other', text };
      await world.call('POST', '/v1/messages', { token: member.token, body });
    }
    const { html } = assembleExport(await pagesOf(member), { language: 'de' });
    for (const text of ['policy', 'constructor', '2026-11-21T14:00:00.000Z']) {
      expect(html).toContain(`<th scope="row" title="text">Text</th><td>${text}</td>`);
    }
  });

  it('rejects no pages, and pages of which the last is missing', async () => {
    const [first] = await pagesOf(await givenLife());
    if (first === undefined) throw new Error('given: a page');
    expect(() => assembleExport([])).toThrow(RangeError);
    expect(() => assembleExport([first])).toThrow(RangeError);
  });
});

describe('the log of who looked', () => {
  it('says when, in which role, what, why and of which classes; never who (CAL-12)', async () => {
    const member = await givenLife();
    const { entries, next } = await clientOf(member).accessLog();
    expect(next).toBeUndefined();
    expect(entries).toEqual([
      {
        at: expect.stringMatching(/Z$/),
        category: 'support',
        action: 'messages',
        reason: 'message-waiting',
        dataClasses: ['communications'],
      },
    ]);
  });

  it('holds a row from before reasons were a list, without its words; so do the audit and the export', async () => {
    const member = await join(world);
    const at = world.clock.now();
    const day = new Date(at).toISOString().slice(0, 10);
    // Written out, as the code before wrote it: this must not follow the code.
    const Item = {
      day,
      item: `${new Date(at).toISOString()}#an-old-row`,
      layout: 2,
      at,
      staff: 'kim.l',
      category: 'support',
      action: 'messages',
      reason: 'She wrote that nothing arrives.',
      accountId: member.accountId,
      removeAfter: Math.ceil(at / 1000) + 86_400,
    };
    await world.documents.send(new PutCommand({ TableName: world.names.audit, Item }));
    const { entries } = await clientOf(member).accessLog();
    expect(entries).toMatchObject([{ action: 'messages', reason: 'own-words' }]);
    const rows = await createAuditLog(world.documents, world.names).rowsOf(day);
    expect(rows.find(({ auditId }) => auditId === 'an-old-row')).toMatchObject({
      reason: 'own-words',
      note: 'She wrote that nothing arrives.',
    });
    expect(JSON.stringify([entries, await pagesOf(member)])).not.toContain('nothing arrives');
  });

  it('holds a row of words that no list has any more; the audit shows them as they are, and first', async () => {
    const member = await join(world);
    const at = world.clock.now();
    const day = new Date(at).toISOString().slice(0, 10);
    const Item = {
      day,
      item: `${new Date(at).toISOString()}#a-row-of-old`,
      layout: 3,
      at,
      staff: 'kim.l',
      category: 'editor',
      action: 'read-diary',
      reason: 'curious',
      note: 'A row of a code that is gone.',
      accountId: member.accountId,
      refused: 'not-today',
      removeAfter: Math.ceil(at / 1000) + 86_400,
    };
    await world.documents.send(new PutCommand({ TableName: world.names.audit, Item }));
    const { entries } = await clientOf(member).accessLog();
    const instant = new Date(at).toISOString();
    expect(entries).toEqual([
      { at: instant, category: 'unlisted', action: 'unlisted', reason: 'own-words', dataClasses: [] },
    ]);
    const exported = (await pagesOf(member)).flatMap(({ items }) => items);
    expect(exported.find(({ kind }) => kind === 'audit')?.item).toMatchObject({ action: 'read-diary' });
    const rows = await createAuditLog(world.documents, world.names).rowsOf(day);
    const old = rows.find(({ auditId }) => auditId === 'a-row-of-old');
    expect(old).toMatchObject({ category: 'editor', action: 'read-diary', reason: 'curious' });
    expect(anomaliesOf(rows)).toContainEqual({ kind: 'unlisted', staff: 'kim.l', day, count: 1 });
  });

  it('is paged, newest first', async () => {
    const member = await join(world);
    const audit = createAuditLog(world.documents, world.names);
    for (let at = 0; at < 60; at += 1) {
      await audit.record({
        auditId: `id-${at}`,
        at: world.clock.now() + at,
        staff: 'kim.l',
        category: 'support',
        action: 'account',
        reason: 'person-asked',
        note: 'The person asks where a mail is.',
        accountId: member.accountId,
      });
    }
    const first = await clientOf(member).accessLog();
    const second = await clientOf(member).accessLog(first.next);
    const moments = [...first.entries, ...second.entries].map(({ at }) => at);
    expect(moments).toHaveLength(60);
    expect(moments).toEqual(moments.toSorted().toReversed());
    expect(second.next).toBeUndefined();
  });
});

describe('counting use', () => {
  it('adds one to the day’s counter of the event, and stores nothing else (CAL-9)', async () => {
    const before = await world.database.items('usage');
    expect(before).toEqual([]);
    const member = await join(world);
    for (const event of ['app-opened', 'app-opened', 'result-seen'] as const)
      await clientOf(member).usage(event);
    const items = await world.database.items('usage');
    const attributes = new Set(items.flatMap((item) => Object.keys(item)));
    expect([...attributes].toSorted()).toEqual(['item', 'used-app-opened', 'used-result-seen']);
    const text = JSON.stringify(items);
    for (const trace of [member.accountId, member.email, '192.0.2.', '14:0'])
      expect(text).not.toContain(trace);
    const [day] = await createUsageStore(world.documents, world.names).read(['2026-11-21']);
    expect(day?.counts).toEqual(
      new Map([
        ['app-opened', 2],
        ['result-seen', 1],
      ]),
    );
  });

  it('needs no token, and answers the same with one, with garbage, and with a cookie', async () => {
    const { token } = await join(world);
    for (const headers of [
      {},
      { authorization: `Bearer ${token}` },
      { authorization: 'x' },
      { cookie: 'a=b' },
    ]) {
      const answer = await world.call('POST', '/v1/usage', { body: { event: 'app-opened' }, headers });
      expect([answer.status, await answer.text(), answer.headers.get('set-cookie')]).toEqual([204, '', null]);
    }
  });

  it.each<[string, unknown]>([
    ['an event that is not of the list', { event: 'person-looked-sad' }],
    ['an id beside it', { event: usageEvents[0], accountId: 'x' }],
    ['a moment beside it', { event: usageEvents[0], at: 1 }],
    ['nothing', {}],
  ])('rejects %s', async (_what, body) => {
    const answer = await world.call('POST', '/v1/usage', { body });
    expect([answer.status, (await bodyOf(answer))['code']]).toEqual([400, 'invalid-request']);
  });
});
