/** The privacy notice says everything that the policy file says; that it is fresh, document.test.ts sees. */
import { expect, it } from 'vitest';
import { renderGermanNotice } from '../../docs/privacy-notice-german.ts';
import { renderNotice, renderNoticeData } from '../../docs/privacy-notice.ts';
import { policySchema } from '../../core/policy.ts';
import { calmara } from '../../policies/calmara.ts';
import { readText } from './pages.ts';

const notice = renderNotice(calmara);

it('is the committed page', () => {
  expect(readText('docs/privacy/calmara.md')).toBe(notice);
});

it('names every stored field with its reason, every class with its erasure', () => {
  for (const { fields, erasure, purpose } of calmara.dataClasses) {
    expect(notice).toContain(erasure);
    expect(notice).toContain(purpose.en);
    for (const { name, why } of fields) expect(notice).toContain(`| \`${name}\` | ${why} |`);
  }
});

it('shows every text that a person is asked about, word for word, in every language', () => {
  const asked = [calmara.adulthood.text, ...calmara.consents.map(({ text }) => text)];
  for (const text of asked) {
    for (const language of calmara.languages) expect(notice).toContain(text[language]);
  }
});

it('is there in German, with every text of the policy that has one, and none in English', () => {
  const german = renderGermanNotice(calmara);
  expect(readText('docs/privacy/calmara.de.md')).toBe(german);
  const { versions, consents, notices, providers, keptElsewhere, security, dataClasses } = calmara;
  const texts = [
    calmara.summary,
    calmara.adulthood.text,
    ...versions.map(({ changes }) => changes),
    ...consents.flatMap(({ title, text }) => [title, text]),
    ...notices.map(({ text }) => text),
    ...providers.flatMap(({ gets, where }) => [gets, where]),
    ...keptElsewhere.flatMap(({ who, what, until, why }) => [who, what, until, why]),
    ...security,
    ...dataClasses.map(({ purpose }) => purpose),
    ...dataClasses.flatMap(({ kinds }) => kinds.map(({ why }) => why)),
    ...dataClasses.flatMap(({ kinds }) =>
      kinds.flatMap(({ notShown }) => (notShown === undefined ? [] : [notShown])),
    ),
  ];
  for (const text of texts) {
    expect(german).toContain(text['de']);
  }
  const english = texts.map(({ en }) => en).filter((en) => !texts.some((text) => text['de'] === en));
  expect(english.filter((en) => german.includes(en))).toEqual([]);
  for (const { table } of dataClasses) expect(german).toContain(`: \`${table}\``);
});

it('names by itself each thing that is in no export, before it says why', () => {
  const texts = calmara.dataClasses.flatMap(({ kinds }) =>
    kinds.flatMap(({ notShown }) => (notShown === undefined ? [] : [notShown])),
  );
  for (const language of calmara.languages) {
    const named = texts.map((text) => /^([^.:]+): \S/.exec(text[language] ?? '')?.[1]);
    expect(named).not.toContain(undefined);
    expect(new Set(named).size).toBe(texts.length);
  }
});

it('is, as JSON, a policy that parses', () => {
  const data: unknown = JSON.parse(renderNoticeData(calmara));
  expect(data).toMatchObject({ version: '1.0', effectiveFrom: '2026-11-01' });
  const { version: _version, effectiveFrom: _from, ...policy } = policySchema.loose().parse(data);
  expect(policySchema.parse(policy)).toEqual(calmara);
});
