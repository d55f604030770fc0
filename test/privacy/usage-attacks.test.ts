/**
 * Attacks on counts of use (CAL-9), each by its name: what somebody of the staff, or whoever reads what is stored and logged,
 * can try in order to learn what one person did. Each must learn nothing.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tables } from '../../core/tables.ts';
import { usageEvents, type UsageEvent, type UsageReport } from '../../core/usage.ts';
import type { Log } from '../../lambdas/runtime/log.ts';
import { bodyOf, givenPeople, join, ticket, type PeopleWorld } from '../people/given.ts';
import { openOffice, type Office } from './staff.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let world: PeopleWorld;
let office: Office;
const lines: string[] = [];
const log: Log = {
  info: (event, fields) => void lines.push(JSON.stringify([world.clock.now(), event, fields])),
  warn: (event, fields) => void lines.push(JSON.stringify([world.clock.now(), event, fields])),
  error: (event, _error, fields) => void lines.push(JSON.stringify([world.clock.now(), event, fields])),
};

beforeAll(async () => {
  world = await givenPeople({ log });
  office = await openOffice(world);
});
afterAll(async () => {
  await office.close();
  await world.close();
});
/** Each test begins with a day on which nothing was counted. */
beforeEach(() => {
  const next = Math.ceil((world.clock.now() + 2 * dayMs) / dayMs) * dayMs;
  world.clock.advance(next - world.clock.now());
});

const today = (): string => new Date(world.clock.now()).toISOString().slice(0, 10);

async function use(event: UsageEvent, times = 1): Promise<void> {
  for (let at = 0; at < times; at += 1) {
    const answer = await world.call('POST', '/v1/usage', { body: { event } });
    if (answer.status !== 204) throw new Error(`given: ${answer.status}`);
  }
}

/** What product staff are shown. */
async function report(since: string): Promise<UsageReport> {
  const request = { action: 'usage', reason: 'product-review', note: 'An attack that must fail.', since };
  const answer = await office.ask({ category: 'product', staff: 'mallory' }, request);
  if (!answer.ok) throw new Error(`given: ${answer.code}`);
  return answer.answer as UsageReport; // oxlint-disable-line typescript/no-unsafe-type-assertion -- what the function answers to `usage`
}

describe('the difference of two reports', () => {
  it('made before and after somebody did something is nothing', async () => {
    const since = today();
    // One more would be another ten.
    await use('result-seen', 29);
    const before = await report(since);
    await use('result-seen');
    expect(await report(since)).toEqual(before);
    // Once the day is over, both are in it, and no report of it will ever be another.
    world.clock.advance(dayMs + hourMs);
    const first = await report(since);
    expect(first.totals).toEqual({ 'result-seen': 30 });
    for (let hour = 0; hour < 30; hour += 1) {
      world.clock.advance(hourMs);
      expect((await report(since)).days[0]).toEqual(first.days[0]);
    }
  });

  it('from two days on is a day that is shown, never one that is not', async () => {
    const since = today();
    await use('joined', 30);
    world.clock.advance(dayMs);
    const second = today();
    await use('joined', 3);
    world.clock.advance(dayMs);
    const third = today();
    await use('joined', 40);
    world.clock.advance(2 * dayMs);
    const [all, later, last] = [await report(since), await report(second), await report(third)];
    // Of the second day nothing is in any sum, so no difference of sums has it.
    expect([all.totals.joined, later.totals.joined, last.totals.joined]).toEqual([70, 40, 40]);
  });

  it('of two events is never fewer than ten, so nobody stands out who did one and not the other', async () => {
    const since = today();
    await use('photo-sent', 24);
    await use('result-seen', 23);
    world.clock.advance(2 * dayMs);
    const { totals } = await report(since);
    expect(totals).toEqual({ 'photo-sent': 20, 'result-seen': 20 });
  });
});

describe('the timing of a lone event', () => {
  it('is in no report, whenever it is asked for', async () => {
    const since = today();
    const seen: unknown[] = [];
    for (let hour = 0; hour < 72; hour += 1) {
      if (hour === 7) await use('erasure-opened');
      world.clock.advance(hourMs);
      seen.push((await report(since)).totals);
    }
    expect(seen.every((totals) => JSON.stringify(totals) === '{}')).toBe(true);
  });

  it('is in no line of the log: a count that was taken leaves none', async () => {
    lines.length = 0;
    await use('erasure-opened');
    expect(lines).toEqual([]);
    // One that was refused leaves one, without the event.
    await world.call('POST', '/v1/usage', { body: { event: 'who-am-i' } });
    expect(lines.join()).toContain('count-use');
    expect(lines.join()).not.toMatch(/who-am-i|erasure/);
  });

  it('is in nothing that is stored: an item of use has a day and counters, whatever the hour', async () => {
    world.clock.advance(3 * hourMs + 1_234);
    await use('erasure-opened');
    const items = (await world.database.items('usage')).filter((item) =>
      JSON.stringify(item).includes(`used#${today()}`),
    );
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      expect(Object.keys(item).every((name) => name === 'item' || name.startsWith('used-'))).toBe(true);
      expect(item['item']?.['S']).toMatch(/^used#\d{4}-\d\d-\d\d#\d$/);
    }
    const moment = String(world.clock.now()).slice(0, 8);
    expect(JSON.stringify(items)).not.toContain(moment);
    expect(JSON.stringify(items)).not.toContain(new Date(world.clock.now()).toISOString().slice(0, 13));
  });
});

describe('the join with scans, accounts or logs', () => {
  it('finds no attribute and no value of use in any other table, and none of theirs in use', async () => {
    const member = await join(world);
    const scan = await bodyOf(await ticket(world, member));
    await use('photo-sent');
    const use0 = await world.database.items('usage');
    const values = use0.flatMap((item) => Object.values(item).map((value) => JSON.stringify(value)));
    for (const { name } of tables.filter((table) => table.name !== 'usage')) {
      for (const item of await world.database.items(name)) {
        const text = JSON.stringify(item);
        expect(Object.keys(item).filter((attribute) => attribute.startsWith('used-'))).toEqual([]);
        expect(values.filter((value) => value.includes('used#') && text.includes(value))).toEqual([]);
      }
    }
    const text = JSON.stringify(use0);
    for (const id of [member.accountId, member.email, JSON.stringify(scan['scan'])]) {
      expect(text).not.toContain(id);
    }
  });

  it('finds no line that a token, a cookie or an address of the same request left', async () => {
    const member = await join(world);
    lines.length = 0;
    await world.call('POST', '/v1/usage', {
      body: { event: 'result-seen' },
      token: member.token,
      headers: { cookie: 'refresh=abc', 'x-forwarded-for': '203.0.113.9' },
      source: '203.0.113.9',
    });
    expect(lines).toEqual([]);
    const before = await world.database.items('identities');
    await use('result-seen');
    // No counter of the source either: nothing is limited by who asks, because nobody looks who does.
    expect(await world.database.items('identities')).toEqual(before);
  });

  it('stores the same for everybody: two people’s events are one counter', async () => {
    const before = JSON.stringify(await world.database.items('usage'));
    for (const source of ['198.51.100.1', '198.51.100.2']) {
      const { token } = await join(world);
      for (let at = 0; at < 4; at += 1) {
        await world.call('POST', '/v1/usage', { body: { event: 'joined' }, token, source });
      }
    }
    const items = await world.database.items('usage');
    const ofDay = items.filter((item) => JSON.stringify(item).includes(`used#${today()}`));
    const sum = ofDay.reduce((all, item) => all + Number(item['used-joined']?.['N'] ?? 0), 0);
    expect(sum).toBe(8);
    expect(JSON.stringify(items)).not.toBe(before);
  });
});

it('a report is days that are over and their sums, in tens, and nothing else: no exact count is in it', async () => {
  const since = today();
  await use('joined', 37);
  await use('photo-sent', 13);
  await use('export-opened', 7);
  world.clock.advance(2 * dayMs);
  const counts = { joined: 30, 'photo-sent': 10 };
  const { days, ...rest } = await report(since);
  expect(days[0]).toEqual({ day: since, counts });
  expect(days.slice(1).every((row) => JSON.stringify(row.counts) === '{}')).toBe(true);
  expect(rest).toEqual({ since, until: days.at(-1)?.day, totals: counts });
});

it('a report names events of the closed list and nothing else', async () => {
  const since = today();
  for (const event of usageEvents) await use(event, 10);
  world.clock.advance(2 * dayMs);
  const { days } = await report(since);
  expect(Object.keys(days[0]?.counts ?? {}).toSorted()).toEqual([...usageEvents].toSorted());
});
