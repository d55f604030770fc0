/**
 * The export against a raw listing of every table, for somebody who has one of everything: each stored item that holds one of
 * the person's identifiers, or of something that does, is in the export, or of a kind of which the export says why it is not.
 */
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportPageSchema, ticketSchema, type ExportPage } from '../../core/contract.ts';
import { parsePolicy } from '../../core/policy.ts';
import { keepingOf, type StoredItem } from '../../core/retention.ts';
import { isOpen } from '../../core/scan.ts';
import { tables, type TableName } from '../../core/tables.ts';
import { createAudienceStore } from '../../lambdas/adapters/dynamodb/audience-store.ts';
import { tellPolicy } from '../../lambdas/upkeep/tell-policy.ts';
import { calmara } from '../../policies/calmara.ts';
import { aLease, outcomes } from '../contract/given.ts';
import { givenEverything, identifiers, requestBy } from '../erasure/given.ts';
import { sendAll } from '../money/given.ts';
import { givenPeople, join, ticket, type Member, type PeopleWorld } from '../people/given.ts';
import { openOffice, type Office } from './staff.ts';

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

/** A scan in each state that can be in a history. */
async function scanInEveryState(member: Member): Promise<void> {
  const { scans } = world.ports;
  for (const outcome of [...Object.values(outcomes), undefined]) {
    if (outcome?.state === 'erased') continue;
    const { scan } = ticketSchema.parse(await (await ticket(world, member)).json());
    const now = world.clock.now();
    expect(await scans.claim(scan.id, aLease({ leaseUntil: now + 40_000 }), now)).toBe('claimed');
    const from = await scans.find(scan.id);
    if (from === undefined || !isOpen(from)) throw new Error('given: no open scan');
    if (outcome !== undefined) await scans.settle({ from, outcome, endedAt: now });
  }
}

/** What others did: told of a policy, reported, looked at, asked after by an authority, given their money back. */
async function aboutThem(member: Member): Promise<void> {
  const { email, accountId } = member;
  const { accounts, mailer, clock, log } = world.ports;
  const news = {
    version: '1.1',
    effectiveFrom: '2026-12-01',
    asksAgain: false,
    changes: { en: 'A word.', de: 'Ein Wort.' },
  };
  const policy = parsePolicy({ ...calmara, versions: [...calmara.versions, news] });
  const audience = createAudienceStore(world.documents, world.names);
  await tellPolicy({ audience, accounts, mailer, clock, log, policy }, () => true);
  const ada = { category: 'privacy-officer', staff: 'ada' } as const;
  const court = { reason: 'authority-request', note: 'A court order, looked at by counsel.' };
  const order = { authority: 'A court, 12/34', counselReference: 'C-1/26', classes: ['personal'] };
  await office.ask(ada, { ...court, action: 'authority-open', accountId, ...order });
  const kim = { category: 'support', staff: 'kim' } as const;
  await office.ask(kim, {
    action: 'account',
    reason: 'person-asked',
    note: 'Asked on the phone.',
    accountId,
  });
  const lou = { category: 'billing', staff: 'lou' } as const;
  const paid = (await world.ports.purchases.list(accountId)).find(({ amount }) => amount !== undefined);
  const paymentIntentId = paid?.paymentIntentId ?? '';
  const refund = { action: 'refund', reason: 'person-asked', note: 'Asked on the phone.', accountId };
  expect(await office.ask(lou, { ...refund, paymentIntentId })).toMatchObject({ ok: true });
  await sendAll(world, paymentIntentId);
  // What the person reported with the same address, about somebody else and about nobody.
  const other = await join(world);
  await world.call('POST', '/v1/reports/minor', { body: { email: other.email, contact: email } });
  await world.call('POST', '/v1/reports/security', { body: { text: 'A weakness.', contact: email } });
}

async function givenOneOfEverything(): Promise<Member> {
  const member = await givenEverything(world);
  await requestBy(world, member, '/v1/me/messages');
  await requestBy(world, member, '/v1/me/history');
  world.clock.advance(1);
  const { token } = member;
  await world.call('POST', '/v1/messages', { token, body: { topic: 'question', text: 'Once more?' } });
  await world.call('POST', '/v1/feedback', {
    token,
    body: { survey: 'after-scan', version: 1, answers: { clear: 3 } },
  });
  await scanInEveryState(member);
  await aboutThem(member);
  return member;
}

async function exportOf({ token }: Member): Promise<readonly ExportPage[]> {
  const pages: ExportPage[] = [];
  let after: string | undefined;
  do {
    const query = after === undefined ? '' : `?after=${after}`;
    const answer = await world.call('GET', `/v1/me/export${query}`, { token });
    const page = exportPageSchema.parse(await answer.json());
    pages.push(page);
    after = page.next;
  } while (after !== undefined);
  return pages;
}

async function stored(name: TableName): Promise<readonly StoredItem[]> {
  const { Items = [], LastEvaluatedKey: more } = await world.documents.send(
    new ScanCommand({ TableName: world.names[name], ConsistentRead: true }),
  );
  if (more !== undefined) throw new Error('given: more than a page');
  return Items;
}

const plain = (item: StoredItem): string =>
  JSON.stringify(item, (_name, value: unknown) => (value instanceof Set ? [...value] : value));

/** By its key; a row of the audit, whose key is its writer's, by when it was written. */
function markOf(table: string, item: Readonly<Record<string, unknown>>): string {
  const { partitionKey, sortKey } = tables.find(({ name }) => name === table) ?? {};
  const names = table === 'audit' ? ['at', 'action'] : [partitionKey?.name, sortKey?.name];
  const values = names.flatMap((name) => (name === undefined ? [] : [item[name]]));
  return [
    table,
    ...values.map((value) => (typeof value === 'number' ? new Date(value).toISOString() : value)),
  ].join(' ');
}

it('everything that is stored about a person is in the export, or a reason is named', async () => {
  const member = await givenOneOfEverything();
  const pages = await exportOf(member);
  const exported = pages.flatMap(({ items }) => items);
  const marks = new Set(exported.map(({ table, item }) => markOf(table, item)));
  const named = new Set(pages[0]?.notShown.map(({ table, kind }) => `${table} ${kind}`));
  const ids = await identifiers(world, member);
  const missing: string[] = [];
  const reasoned: string[] = [];
  const found: string[] = [];
  for (const { name } of tables) {
    for (const item of await stored(name)) {
      if (!ids.some((id) => plain(item).includes(id))) continue;
      const kind = `${name} ${keepingOf(calmara, name, item)?.kind.kind}`;
      found.push(kind);
      if (marks.has(markOf(name, item))) continue;
      (named.has(kind) ? reasoned : missing).push(kind);
    }
  }
  expect(missing).toEqual([]);
  // There was one of everything.
  expect([...new Set(found)].toSorted()).toEqual([
    'accounts account',
    'accounts day',
    'accounts request',
    'accounts session',
    'audit audit',
    'audit authority',
    'communications feedback',
    'communications message',
    'communications minor',
    'communications security',
    'consents act',
    'consents consent',
    'erasures erasing',
    'erasures history-erased',
    'erasures messages-erased',
    'identities address',
    'identities code',
    'identities codes',
    'identities limit',
    'identities suppressed',
    'purchases purchase',
    'scans scan',
  ]);
  const states = exported.flatMap(({ table, item }) => (table === 'scans' ? [item['state']] : []));
  expect(new Set(states)).toEqual(
    new Set(['claimed', 'completed', 'expired', 'failed', 'inconclusive', 'rejected']),
  );
  // A reason serves what it names, and hides nothing that could be shown.
  expect([...new Set(reasoned)].toSorted()).toEqual([
    'audit authority',
    'communications minor',
    'communications security',
    'erasures erasing',
    'erasures history-erased',
    'erasures messages-erased',
  ]);
  expect(
    exported.filter(({ table, kind }) => table === 'identities' && kind === 'limit').length,
  ).toBeGreaterThan(3);
});
