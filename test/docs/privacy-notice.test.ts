/** The privacy notice says everything that the policy file says; that it is fresh, document.test.ts sees. */
import { expect, it } from 'vitest';
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

it('is, as JSON, a policy that parses', () => {
  const data: unknown = JSON.parse(renderNoticeData(calmara));
  expect(data).toMatchObject({ version: '1.0', effectiveFrom: '2026-11-01' });
  const { version: _version, effectiveFrom: _from, ...policy } = policySchema.loose().parse(data);
  expect(policySchema.parse(policy)).toEqual(calmara);
});
