/** docs/privacy/: each promise names tests that exist; record, map and notice say what the policy says. (Fresh: document.test.ts.) */
import { describe, expect, it } from 'vitest';
import { renderMap } from '../../docs/privacy-map.ts';
import { promiseLines, renderPromises } from '../../docs/privacy-promises.ts';
import { renderRecord } from '../../docs/privacy-record.ts';
import { renderNotice } from '../../docs/privacy-notice.ts';
import { settingsOf } from '../../lib/environments.ts';
import { calmara } from '../../policies/calmara.ts';
import { readText } from './pages.ts';

describe.each(promiseLines)('$id', ({ tests }) => {
  it('names tests that exist, by their titles', () => {
    expect(tests.length).toBeGreaterThan(0);
    for (const [file, title] of tests) {
      const source = readText(file);
      const isThere = ['it', 'test']
        .flatMap((call) => [`${call}('${title}'`, `${call}("${title}"`])
        .some((called) => source.split('\n').some((line) => line.trimStart().startsWith(called)));
      expect(isThere, `${file}: ${title}`).toBe(true);
    }
  });
});

it('every promise of the product has a line, and its id stands in docs/promises.md', () => {
  expect(promiseLines.map(({ id }) => id)).toEqual(Array.from({ length: 18 }, (_, at) => `CAL-${at + 1}`));
  const page = readText('docs/promises.md');
  for (const { id } of promiseLines) expect(page).toContain(`| ${id} |`);
  const rendered = renderPromises(calmara.product.name);
  for (const { promise, mechanism } of promiseLines) {
    expect(rendered).toContain(promise);
    expect(rendered).toContain(mechanism);
  }
});

it('the record names every kind of item with why, whom it is from and until when, and every recipient', () => {
  const record = renderRecord(calmara, settingsOf('production'));
  for (const { kinds, purpose } of calmara.dataClasses) {
    expect(record).toContain(purpose.en);
    for (const { kind, why, source } of kinds)
      expect(record).toContain(`| ${kind} | ${why.en} | ${source} |`);
  }
  for (const { name, gets, where } of calmara.providers) {
    expect(record).toContain(`| ${name} |`);
    expect(record).toContain(gets.en);
    expect(record).toContain(where.en);
  }
});

it('the notice says which kinds of items are in no export, and why', () => {
  const notice = renderNotice(calmara);
  const kinds = calmara.dataClasses.flatMap(({ table, kinds: ofTable }) =>
    ofTable.map((kind) => ({ table, ...kind })),
  );
  const absent = kinds.filter(({ notShown }) => notShown !== undefined);
  expect(absent.length).toBeGreaterThan(5);
  for (const { table, kind, notShown } of absent) {
    expect(notice).toContain(`- \`${table}\`, ${kind}: ${notShown?.en}`);
  }
});

it('the record names the controller, the representative and whom to ask, or says of each that it is missing', () => {
  const controller = {
    name: 'Example Ltd',
    address: '1 Example Road, Dublin',
    representative: 'Somebody, Berlin',
  };
  const contacts = { privacy: 'mailto:privacy@example.com' };
  const record = renderRecord(calmara, { controller, contacts });
  expect(record).toContain('| Controller | Example Ltd, 1 Example Road, Dublin |');
  expect(record).toContain('| Representative in the EU | Somebody, Berlin |');
  expect(record).toContain('| Privacy officer | mailto:privacy@example.com |');
  expect(record).toContain('| Security problems | missing: ');
  expect(renderRecord(calmara, { contacts: {} })).toContain('| Controller | missing: ');
});

it('the record has what Art. 30(1) asks for of each activity', () => {
  const record = renderRecord(calmara, settingsOf('production'));
  for (const { table } of calmara.dataClasses) {
    const [, activity = ''] = record.split(`: \`${table}\`\n`);
    const [section = ''] = activity.split('\n## ');
    for (const row of ['Purpose', 'Ground', 'Data subjects', 'Categories of data', 'Read by', 'Erasure']) {
      expect(section, `${table}: ${row}`).toMatch(new RegExp(`\\| ${row} \\| .{5,} \\|`));
    }
  }
  for (const { en } of calmara.security) expect(record).toContain(`- ${en}`);
  for (const heading of ['Recipients, and transfers to other countries', 'Security of processing']) {
    expect(record).toContain(`## ${heading}`);
  }
});

it('record and notice say what others keep, and until when', () => {
  const pages = [renderRecord(calmara, settingsOf('production')), renderNotice(calmara)];
  for (const page of pages) {
    for (const { who, what, until } of calmara.keptElsewhere) {
      expect(page).toContain(`| ${who.en} | ${what.en} | ${until.en} |`);
    }
  }
});

it('the map shows every table and kind, and a line for each reader who is a person', () => {
  const map = renderMap(calmara);
  for (const { table, kinds } of calmara.dataClasses) {
    expect(map).toContain(`: ${table}</text>`);
    for (const { kind } of kinds) expect(map).toContain(`>${kind}: `);
  }
  const people = new Set(['person', 'support', 'billing', 'product', 'privacy-officer', 'on-call']);
  const reading = calmara.dataClasses.flatMap(({ readers }) =>
    readers.filter((reader) => people.has(reader)),
  );
  expect(map.match(/class="line out"/g)).toHaveLength(reading.length);
  expect(map).not.toMatch(/<script|href=/);
});

it('has no reader who would sell or advertise (CAL-17)', () => {
  const readers = new Set(calmara.dataClasses.flatMap(({ readers: ofClass }) => ofClass));
  expect([...readers].toSorted()).toEqual([
    'analyze',
    'api',
    'billing',
    'on-call',
    'person',
    'privacy-officer',
    'product',
    'support',
    'sweep',
    'upkeep',
  ]);
  const purposes = calmara.dataClasses.map(({ purpose }) => purpose.en).join(' ');
  expect(purposes).not.toMatch(/market|advert|sell|sold|profil/i);
});
