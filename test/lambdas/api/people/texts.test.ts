/**
 * Every text that somebody was ever asked about can be found by the digest that evidence of the act holds: the file keeps
 * all of them, and a text that changes without a number of its own is refused here.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { adulthoodAsked, consentAsked, policyAsked } from '../../../../lambdas/api/people/join.ts';
import { policySchema } from '../../../../core/policy.ts';
import { calmara } from '../../../../policies/calmara.ts';

const file = new URL('../../../../policies/calmara.texts.json', import.meta.url);
const kept = z
  .record(
    z.string().regex(/^[0-9a-f]{64}$/),
    z.strictObject({ text: z.string(), version: z.string(), language: z.string(), shown: z.string() }),
  )
  .parse(JSON.parse(readFileSync(file, 'utf8')));

const asked = [
  adulthoodAsked(calmara),
  policyAsked(calmara),
  ...calmara.consents.map(({ purpose }) => consentAsked(calmara, purpose)),
].flatMap(({ text, version, shown }) =>
  calmara.languages.map((language) => ({ text, version, language, shown: shown(language) })),
);

/** Worked out here once more: nobody who reads evidence has our code. */
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

it.each(asked)('$text, version $version, $language: is kept under its digest', (one) => {
  expect(kept[digestOf(one.shown)]).toEqual(one);
});

it.each([
  ['what is kept and why', { kinds: 'why' }],
  ['until when', { retention: { until: 'days-after-writing', days: 12_345 } }],
  ['how it is erased', { erasure: 'never' }],
  ['who reads it', { readers: ['person', 'product'] }],
])('the policy’s text is another one when it says otherwise %s', (_what, change) => {
  const [first, ...others] = calmara.dataClasses;
  if (first === undefined) throw new Error('given: a class');
  const why = { en: 'Another reason.', de: 'Ein anderer Grund.' };
  const kinds = first.kinds.map(({ retention: _own, ...kind }, at) =>
    'kinds' in change && at === 0 ? { ...kind, why } : kind,
  );
  const changed = policySchema.parse({
    ...calmara,
    dataClasses: [{ ...first, ...change, kinds }, ...others],
  });
  for (const language of calmara.languages) {
    expect(policyAsked(changed).shown(language)).not.toBe(policyAsked(calmara).shown(language));
  }
});

it('an act about the policy is proved by the text in the language in which it was told', () => {
  const { shown } = policyAsked(calmara);
  for (const language of calmara.languages) {
    expect(shown(language)).toContain(calmara.summary[language]);
    for (const { gets } of calmara.providers) expect(shown(language)).toContain(gets[language]);
    for (const { kinds } of calmara.dataClasses) {
      for (const { why } of kinds) expect(shown(language)).toContain(why[language]);
    }
  }
});

it('each kept text is what its digest says, and no number stands for two', () => {
  const all = Object.entries(kept);
  expect(all.filter(([digest, { shown }]) => digestOf(shown) !== digest)).toEqual([]);
  const names = all.map(([, { text, version, language }]) => `${text} ${version} ${language}`);
  expect(names.toSorted()).toEqual([...new Set(names)].sort());
});
